#!/usr/bin/python3
"""Writes one suite's results into the page of all suites; the others keep what the page says of them.

usage: write_page.py PAGE SUITE GUESTS SECONDS RESULTS.TSV…

GUESTS is real or fake; several files are a suite that was run in pieces, and a test's last result counts.
"""
import collections
import datetime
import importlib.metadata
import os
import re
import sys

TITLES = {
    'interop': 'interoperability guidelines 2020.06 and 2022.11', 'smoke': "tempest's smoke tests",
    'scenarios': 'ten modules of tempest.scenario',
    'identity': 'tempest.api.identity', 'image': 'tempest.api.image', 'network': 'tempest.api.network',
    'client': "the python client's functional tests, by Cumulet's `openstack`", 'stock': 'the same, by the python client',
    'volume': 'tempest.api.volume', 'compute': 'tempest.api.compute', 'scenario': 'tempest.scenario',
}
HEAD = """# Conformance

OpenStack's own integration tests, unmodified. `tests/Conformance/run SUITE…` starts a cloud, runs the tests and writes this page;
`tests/Conformance/client-tests [-s]` does so with the functional tests of the python client.
Every feature the cloud means to have is switched on in [tempest.conf.in](../tests/Conformance/tempest.conf.in): a test that is skipped
is listed with its reason, as a failed one is. Guests are real ones under QEMU, asked over SSH; where it says fake, nothing boots
(`-f`), and what only a guest can answer is skipped. Suites that have not been run whole have no line.

| suite | guests | passed | failed | skipped | seconds | version | date |
|---|---|---:|---:|---:|---:|---|---|
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


def section(suite, guests, seconds, results):
    last = {}
    for path in results:
        with open(path, encoding='utf-8') as lines:
            last |= {row[2]: row for row in (line.rstrip('\n').split('\t') for line in lines) if row[0] != 'status'}
    rows = list(last.values())
    count = {s: sum(r[0] == s for r in rows) for s in ('passed', 'failed', 'skipped')}
    line = '| `%s`: %s | %s | %d | %d | %d | %s | %s | %s |\n' % (
        suite, TITLES[suite], guests, count['passed'], count['failed'], count['skipped'], seconds,
        importlib.metadata.version('python-openstackclient' if suite in ('client', 'stock') else 'tempest'), datetime.datetime.now(datetime.timezone.utc).date())
    text = ''
    failed = sorted((r[2], r[3]) for r in rows if r[0] == 'failed')
    if failed:
        text += '\nFailed:\n\n' + ''.join('- `%s`: %s\n' % (test.removeprefix('openstackclient.tests.functional.'), reason(why)) for test, why in failed)
    skipped = [(reason(r[3]), r[2]) for r in rows if r[0] == 'skipped']
    if skipped:
        text += '\n| skipped because | tests | where |\n|---|---:|---|\n' + ''.join(by_reason(skipped))
    return line, text


def by_reason(skipped):
    """A line for each reason: how many tests, and their classes, or the test where it is one."""
    groups = collections.defaultdict(list)
    for why, test in skipped:
        groups[why].append(re.sub(r'^(tempest\.(api\.\w+\.)?|openstackclient\.tests\.functional\.)', '', test))
    for why, tests in sorted(groups.items()):
        where = tests if len(tests) == 1 else sorted({test.rsplit('.', 1)[0].rsplit('.', 1)[1] for test in tests})
        yield '| %s | %d | %s |\n' % (why, len(tests), ', '.join('`%s`' % x for x in where))


def reason(text):
    text = re.sub(r'^setUpClass: ', '', re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', '…', text))
    text = re.sub(r'\s*\[[^\]]*\]?', '', text)
    return re.sub(r'[|<>*_`]', ' ', text)[:200].strip() or 'no reason given'


page, suite, guests, seconds, results = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:]
found = sections(page)
found[suite] = section(suite, guests, seconds, results)
ordered = [s for s in TITLES if s in found]
with open(page, 'w', encoding='utf-8') as out:
    out.write(HEAD + ''.join(found[s][0] for s in ordered))
    for s in ordered:
        if found[s][1]:
            out.write('\n## %s\n%s' % (s, found[s][1].rstrip('\n') + '\n'))
