#!/usr/bin/python3
"""Writes one suite's results into the page of all suites; the others keep what the page says of them.

usage: write_page.py PAGE SUITE RESULTS.TSV SECONDS
"""
import datetime
import importlib.metadata
import os
import re
import sys

TITLES = {
    'interop': 'interoperability guidelines 2020.06 and 2022.11', 'smoke': "tempest's smoke tests",
    'compute': 'tempest.api.compute', 'identity': 'tempest.api.identity', 'image': 'tempest.api.image',
    'network': 'tempest.api.network', 'volume': 'tempest.api.volume', 'scenario': 'tempest.scenario',
}
HEAD = """# Conformance

OpenStack's own integration tests, unmodified, against a cloud with real guests. `tests/Conformance/run SUITE…` starts the cloud,
runs the tests and writes this page. Every feature the cloud means to have is switched on in
[tempest.conf.in](../tests/Conformance/tempest.conf.in): a test that is skipped is listed with its reason, as a failed one is.

| suite | passed | failed | skipped | seconds | tempest | date |
|---|---:|---:|---:|---:|---|---|
"""


def sections(page):
    """The page's parts by suite: the line of the table and the lists of what did not pass."""
    found = {}
    if os.path.exists(page):
        text = open(page, encoding='utf-8').read()
        lists = {m.group(1): m.group(2) for m in re.finditer(r'^## (\w+)\n(.*?)(?=^## |\Z)', text, re.M | re.S)}
        for line in re.findall(r'^\| `\w+`.*\n', text, re.M):
            suite = re.match(r'\| `(\w+)`', line).group(1)
            found[suite] = (line, lists.get(suite, ''))
    return found


def section(suite, results, seconds):
    with open(results, encoding='utf-8') as lines:
        rows = [line.rstrip('\n').split('\t') for line in lines][1:]
    count = {s: sum(r[0] == s for r in rows) for s in ('passed', 'failed', 'skipped')}
    line = '| `%s`: %s | %d | %d | %d | %s | %s | %s |\n' % (
        suite, TITLES[suite], count['passed'], count['failed'], count['skipped'], seconds,
        importlib.metadata.version('tempest'), datetime.datetime.now(datetime.timezone.utc).date())
    text = ''
    for status in ('failed', 'skipped'):
        tests = [r for r in rows if r[0] == status]
        if tests:
            text += '\n%s:\n\n' % status.capitalize()
            text += ''.join('- `%s`: %s\n' % (r[2], reason(r[3])) for r in sorted(tests, key=lambda r: r[2]))
    return line, text


def reason(text):
    return re.sub(r'[|<>*_`]', ' ', re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', '…', text))[:200].strip() or 'no reason given'


page, suite, results, seconds = sys.argv[1:5]
found = sections(page)
found[suite] = section(suite, results, seconds)
ordered = [s for s in TITLES if s in found]
with open(page, 'w', encoding='utf-8') as out:
    out.write(HEAD + ''.join(found[s][0] for s in ordered))
    for s in ordered:
        if found[s][1]:
            out.write('\n## %s\n%s' % (s, found[s][1].rstrip('\n') + '\n'))
