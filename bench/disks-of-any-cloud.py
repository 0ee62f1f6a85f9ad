#!/usr/bin/python3
"""disks-of-any-cloud.py - how long disk operations take on an OpenStack cloud, over its APIs.

It takes everything from the OS_* variables and speaks plain HTTP, so that Cumulet and another cloud are measured alike:
M_IMAGE, M_FLAVOR and M_NET name the image, flavor and network (guest, m1.nano, private); RUNS the runs of each (5).
Each figure is from the request until the status that a client waits for, asked every 20 ms; medians.
"""
import http.client
import json
import os
import statistics
import time
from urllib.parse import urlparse

RUNS = int(os.environ.get('RUNS', '5'))
MIB = int(os.environ.get('M_UPLOAD_MIB', '256'))


class Api:
    """One service: a connection per request, as the slowest of the servers closes them anyway."""
    def __init__(self, url, headers=None):
        self.url, self.headers = urlparse(url.rstrip('/')), headers or {}

    def __call__(self, method, path, body=None, raw=None):
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=600)
        headers, data = dict(self.headers), raw
        if body is not None:
            data, headers['Content-Type'] = json.dumps(body), 'application/json'
        elif raw is not None:
            headers['Content-Type'] = 'application/octet-stream'
        connection.request(method, self.url.path + path, data, headers)
        answer = connection.getresponse()
        if answer.getheader('Content-Type', '').startswith('application/octet-stream'):
            while answer.read(1 << 20):
                pass
            return answer.status, None
        text = answer.read()
        if answer.status >= 400 and answer.status != 404:
            raise SystemExit(f'{method} {path}: {answer.status} {text.decode()}')
        # Glance's 404 is a page of HTML.
        return answer.status, json.loads(text) if 'json' in answer.getheader('Content-Type', '') and text else None


def log_in():
    e = os.environ
    domain = {'name': e.get('OS_USER_DOMAIN_NAME', 'Default')}
    body = {'auth': {'identity': {'methods': ['password'], 'password': {'user': {
        'name': e['OS_USERNAME'], 'domain': domain, 'password': e['OS_PASSWORD']}}},
        'scope': {'project': {'name': e['OS_PROJECT_NAME'], 'domain': domain}}}}
    url = urlparse(e['OS_AUTH_URL'].rstrip('/'))
    connection = http.client.HTTPConnection(url.hostname, url.port)
    connection.request('POST', url.path + '/auth/tokens', json.dumps(body), {'Content-Type': 'application/json'})
    answer = connection.getresponse()
    catalog = json.loads(answer.read())['token']['catalog']
    token = answer.getheader('X-Subject-Token')
    urls = {s['type']: x['url'] for s in catalog for x in s['endpoints'] if x['interface'] == 'public'}
    return lambda *types: Api(next(urls[t] for t in types if t in urls), {'X-Auth-Token': token})


service = log_in()
images, volumes, servers, networks = service('image'), service('volumev3', 'block-storage'), service('compute'), service('network')
figures = {}


def timed(what, begin, done):
    """Runs `begin`, which gives an id, until `done(id)`."""
    started = time.perf_counter()
    made = begin()
    while not done(made):
        time.sleep(0.02)
    figures.setdefault(what, []).append(time.perf_counter() - started)
    return made


def reaches(api, path, key, status):
    def done(made):
        _, body = api('GET', f'{path}/{made}')
        now = body[key]['status'] if key else body['status']
        if now.lower().startswith('error') or now == 'killed':
            raise SystemExit(f'{path}/{made} is {now}')
        return now == status
    return done


def gone(api, path, made):
    api('DELETE', f'{path}/{made}')
    while True:
        status, body = api('GET', f'{path}/{made}')
        if status == 404 or body and body.get('status') == 'deleted':
            return
        time.sleep(0.05)


def named(api, path, key, name):
    return next(x['id'] for x in api('GET', path)[1][key] if x['name'] == name)


image = named(images, '/v2/images', 'images', os.environ.get('M_IMAGE', 'guest'))
flavor = named(servers, '/flavors', 'flavors', os.environ.get('M_FLAVOR', 'm1.nano'))
network = named(networks, '/v2.0/networks', 'networks', os.environ.get('M_NET', 'private'))


def volume(**how):
    return lambda: volumes('POST', '/volumes', {'volume': {'name': 'm', 'size': 1, **how}})[1]['volume']['id']


def snapshot_of(made):
    return lambda: volumes('POST', '/snapshots', {'snapshot': {'name': 'm', 'volume_id': made}})[1]['snapshot']['id']


def one_of_each():
    available = reaches(volumes, '/volumes', 'volume', 'available')
    first = timed('volume from image', volume(imageRef=image), available)
    second = timed('volume from volume', volume(source_volid=first), available)
    snapshot = timed('snapshot of a volume', snapshot_of(first), reaches(volumes, '/snapshots', 'snapshot', 'available'))
    third = timed('volume from snapshot', volume(snapshot_id=snapshot), available)
    for path, made in (('/volumes', third), ('/snapshots', snapshot), ('/volumes', second), ('/volumes', first)):
        timed('one of them deleted', lambda: gone(volumes, path, made), lambda _: True)


def upload():
    made = images('POST', '/v2/images', {'name': 'm', 'disk_format': 'raw', 'container_format': 'bare'})[1]['id']
    data = os.urandom(1 << 20) * MIB
    timed(f'upload of {MIB} MiB', lambda: images('PUT', f'/v2/images/{made}/file', raw=data) and made, reaches(images, '/v2/images', '', 'active'))
    timed(f'download of {MIB} MiB', lambda: images('GET', f'/v2/images/{made}/file'), lambda _: True)
    gone(images, '/v2/images', made)


def create_image(server):
    def begin():
        servers('POST', f'/servers/{server}/action', {'createImage': {'name': 'createImage'}})
        return named(images, '/v2/images', 'images', 'createImage')
    made = timed('createImage of a running server', begin, reaches(images, '/v2/images', '', 'active'))
    while servers('GET', f'/servers/{server}')[1]['server']['OS-EXT-STS:task_state']:
        time.sleep(0.05)
    gone(images, '/v2/images', made)


for _ in range(RUNS):
    one_of_each()
for _ in range(RUNS):
    upload()
server = servers('POST', '/servers', {'server': {'name': 'm', 'flavorRef': flavor, 'imageRef': image, 'networks': [{'uuid': network}]}})[1]['server']['id']
while not reaches(servers, '/servers', 'server', 'ACTIVE')(server):
    time.sleep(0.2)
time.sleep(float(os.environ.get('M_BOOT', '30')))
for _ in range(RUNS):
    create_image(server)
gone(servers, '/servers', server)
for what, seconds in figures.items():
    print(f'{what:34} median {statistics.median(seconds):8.3f} s  min {min(seconds):8.3f}  max {max(seconds):8.3f}  n={len(seconds)}')
