#!/usr/bin/python3
"""Runs modules of openstackclient.tests.functional and writes results.tsv and the summary.

usage: client_tests.py FOLDER [MODULE…]      all modules of the versions that a cloud of today has, unless some are named
"""
import ast
import os
import pkgutil
import re
import sys
import time
import unittest

import openstackclient.tests.functional as functional

# What today's clouds have no more, and object storage, which is another project.
GONE = ('identity.v2.', 'image.v1.', 'volume.v1.', 'object.')


def modules():
    found = pkgutil.walk_packages(functional.__path__, functional.__name__ + '.')
    names = [m.name for m in found if m.name.rsplit('.', 1)[1].startswith('test_')]
    return [n for n in names if not n[len(functional.__name__) + 1:].startswith(GONE)]


def told(error):
    """What an exception says, without the traceback that testtools makes part of it; of a command that failed what it said."""
    command = re.search(r"'openstack (?:--os-cloud=\S+ )?(.*?)' returned", str(error), re.S)
    if command:
        said = str(error).rsplit('stderr:', 1)[-1].strip()
        return '%s: %s' % (command.group(1), ast.literal_eval(said).decode() if said.startswith("b") else said)
    lines = str(error).strip().split('\n')
    frames = [i for i, line in enumerate(lines) if line.startswith('  ')]
    return ' '.join(lines[frames[-1] + 1 if frames else 0:])


class Rows(unittest.TestResult):
    """A row for each test; of one that fails in its body and in its clean-up the first counts."""
    def __init__(self):
        super().__init__()
        self.rows = {}

    def startTest(self, test):
        super().startTest(test)
        self.started = time.time()

    def row(self, status, test, reason=''):
        reason = ' '.join(reason.split())
        self.rows.setdefault(test.id(), (status, time.time() - getattr(self, 'started', time.time()), test.id(), reason))
        if status == 'failed':
            print('FAILED %s\n       %s' % (test.id(), reason[:300]), flush=True)

    def addSuccess(self, test):
        self.row('passed', test)

    def addSkip(self, test, reason):
        self.row('skipped', test, reason)

    def addError(self, test, error):
        self.row('failed', test, told(error[1]))

    addFailure = addError


folder, chosen = sys.argv[1], sys.argv[2:]
result = Rows()
names = ['%s.%s' % (functional.__name__, m) for m in chosen] or modules()
unittest.defaultTestLoader.loadTestsFromNames(names).run(result)
with open(os.path.join(folder, 'results.tsv'), 'w', encoding='utf-8') as out:
    out.write('status\tseconds\ttest\treason\n')
    for status, seconds, test, reason in result.rows.values():
        out.write('%s\t%.2f\t%s\t%s\n' % (status, seconds, test, reason[:500]))
count = {s: sum(row[0] == s for row in result.rows.values()) for s in ('passed', 'failed', 'skipped')}
with open(os.path.join(folder, 'summary'), 'w', encoding='utf-8') as out:
    out.write('%(passed)d passed, %(failed)d failed, %(skipped)d skipped\n' % count)
sys.exit(1 if count['failed'] else 0)
