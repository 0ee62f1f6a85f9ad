"""Tell a fresh stestr repository how long tests take, so that it shares them out well among its workers.

usage: seed_times.py WORKSPACE SECONDS.TXT SELECTED.TXT
"""
import os
import re
import sys

from stestr.repository import file
from stestr import utils

workspace, seconds, selected = sys.argv[1:4]
with open(seconds, encoding='utf-8') as lines:
    rules = [(re.compile(pattern), value) for pattern, value in (x.split() for x in lines if x.strip() and not x.startswith('#'))]
times = file.my_dbm.open(os.path.join(workspace, '.stestr', 'times.dbm'), 'c')
try:
    with open(selected, encoding='utf-8') as lines:
        for test in (x.strip() for x in lines):
            times[utils.cleanup_test_name(test)] = next(value for pattern, value in rules if pattern.search(test))
finally:
    times.close()
