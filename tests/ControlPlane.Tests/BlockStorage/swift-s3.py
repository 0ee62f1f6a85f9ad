"""OpenStack Swift with its S3 API in one process: proxy, account, container and object server on one directory.

usage: python3 swift-s3.py FOLDER PORT       its access key is test:tester, its secret key the first line of its standard input

What Swift has in a machine's /etc/swift is made in FOLDER; of the servers' daemons (replicators, auditors, expirers) none
is run. Port 0 takes a free one. It says "ready PORT" and ends when its standard input does.
"""
import logging
import os
import sys

folder, port = sys.argv[1], int(sys.argv[2])
secret = sys.stdin.readline().strip()
os.makedirs(f'{folder}/disk', exist_ok=True)
with open(f'{folder}/swift.conf', 'w') as conf:
    conf.write('[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = only\ndefault = yes\n')

from swift.common import utils
utils.eventlet_monkey_patch()
utils.set_swift_dir(folder)
from swift.common.storage_policy import reload_storage_policies
reload_storage_policies()

import eventlet
import eventlet.tpool
import eventlet.wsgi
from swift.account.server import app_factory as account
from swift.common.middleware import catch_errors, gatekeeper, listing_formats, tempauth
from swift.common.middleware.s3api import s3api
from swift.common.ring import RingBuilder
from swift.container.server import app_factory as container
from swift.obj.server import app_factory as objects
from swift.proxy.server import app_factory as proxy


class Cache:
    """Takes memcached's place: what tempauth and the proxy remember."""
    def __init__(self, app):
        self.app, self.kept = app, {}

    def __call__(self, env, start_response):
        env['swift.cache'] = self
        return self.app(env, start_response)

    def get(self, key, *_, **__):
        return self.kept.get(key)

    def set(self, key, value, *_, **__):
        self.kept[key] = value

    def delete(self, key, *_, **__):
        self.kept.pop(key, None)


class Quiet(logging.Handler):
    def emit(self, record):
        pass


def serve(listener, app):
    return eventlet.spawn(eventlet.wsgi.server, listener, app, log=logging.getLogger('wsgi'), log_output=False, keepalive=60)


logging.getLogger().addHandler(Quiet())
# Where a whole cloud is one process, a disk that stalls stalls all of it. With the patience of servers apart (half a second to
# connect, a second for the list of a container), an object would be stored and not listed, for there is no updater to mend that.
patience = {'conn_timeout': '30', 'node_timeout': '30', 'container_update_timeout': '30', 'error_suppression_limit': '1000000'}
common = {'swift_dir': folder, 'devices': folder, 'mount_check': 'false', 'log_address': f'{folder}/no-log', 'fallocate_reserve': '0',
          **patience}
for name, server in (('account', account), ('container', container), ('object', objects)):
    listener = eventlet.listen(('127.0.0.1', 0))
    ring = RingBuilder(part_power=4, replicas=1, min_part_hours=1)
    ring.add_dev({'region': 1, 'zone': 1, 'weight': 1, 'ip': '127.0.0.1', 'port': listener.getsockname()[1], 'device': 'disk'})
    ring.rebalance()
    ring.get_ring().save(f'{folder}/{name}.ring.gz')
    serve(listener, server(dict(common)))

app = proxy(dict(common, __name__='proxy', __file__=f'{folder}/swift.conf', account_autocreate='true'))
app = tempauth.filter_factory(common, user_test_tester=f'{secret} .admin')(app)
app = s3api.filter_factory(common, location='us-east-1', s3_acl='false')(app)
app = listing_formats.filter_factory(common)(app)
app = gatekeeper.filter_factory(common)(Cache(app))
app = catch_errors.filter_factory(common)(app)
front = eventlet.listen(('127.0.0.1', port), reuse_port=False)
serve(front, app)
print('ready', front.getsockname()[1], flush=True)
eventlet.tpool.execute(sys.stdin.read)
os._exit(0)
