#!/usr/bin/python3
"""Writes a clouds.yaml with the names that the python client's functional tests use, from the OS_* variables."""
import json
import os

auth = {'auth_url': os.environ['OS_AUTH_URL'], 'username': os.environ['OS_USERNAME'], 'password': os.environ['OS_PASSWORD'],
        'user_domain_name': os.environ.get('OS_USER_DOMAIN_NAME', 'Default')}
project = {'project_name': os.environ['OS_PROJECT_NAME'], 'project_domain_name': os.environ.get('OS_PROJECT_DOMAIN_NAME', 'Default')}
rest = {'region_name': os.environ.get('OS_REGION_NAME', 'RegionOne'), 'identity_api_version': '3'}
# JSON is YAML.
print(json.dumps({'clouds': {
    'devstack-admin': {'auth': auth | project, **rest},
    'devstack': {'auth': auth | project, **rest},
    'devstack-system-admin': {'auth': auth | {'system_scope': 'all'}, **rest},
}}, indent=1))
