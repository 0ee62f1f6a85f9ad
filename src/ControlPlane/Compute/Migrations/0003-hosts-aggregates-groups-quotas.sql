-- The services that Nova's API shows: one nova-compute for each host of this cloud, scheduler and conductor once. They all are
-- this process; the rows keep what administrators set on them.
CREATE TABLE compute_services (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    host TEXT NOT NULL,
    kind TEXT NOT NULL,
    disabled BIGINT NOT NULL,
    disabled_reason TEXT,
    forced_down BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX compute_services_number ON compute_services (number);
CREATE UNIQUE INDEX compute_services_host ON compute_services (host, kind);

-- The hypervisor of a host, and its resource provider in Placement: the id is the same for both.
CREATE TABLE compute_nodes (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    host TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX compute_nodes_number ON compute_nodes (number);
CREATE UNIQUE INDEX compute_nodes_host ON compute_nodes (host);

CREATE TABLE aggregates (
    number BIGINT PRIMARY KEY,
    uuid TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
CREATE UNIQUE INDEX aggregates_name ON aggregates (name);
CREATE UNIQUE INDEX aggregates_uuid ON aggregates (uuid);

CREATE TABLE aggregate_hosts (
    aggregate BIGINT NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (aggregate, host)
);
CREATE INDEX aggregate_hosts_host ON aggregate_hosts (host);

-- A zone is no more than the metadata 'availability_zone' of an aggregate.
CREATE TABLE aggregate_metadata (
    aggregate BIGINT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (aggregate, name)
);

CREATE TABLE server_groups (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    policy TEXT NOT NULL,
    max_server_per_host BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX server_groups_number ON server_groups (number);
CREATE INDEX server_groups_project ON server_groups (project_id, number);

CREATE TABLE server_group_members (
    server_id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL
);
CREATE INDEX server_group_members_group ON server_group_members (group_id);

-- Only what an administrator set: the cloud's own limits are in the program. An empty user_id stands for the whole project.
CREATE TABLE compute_quotas (
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    hard_limit BIGINT NOT NULL,
    PRIMARY KEY (project_id, user_id, resource)
);

CREATE TABLE compute_quota_classes (
    class TEXT NOT NULL,
    resource TEXT NOT NULL,
    hard_limit BIGINT NOT NULL,
    PRIMARY KEY (class, resource)
);

-- A server's way from one host or flavor to another.
CREATE TABLE server_migrations (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    server_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    source_host TEXT,
    target_host TEXT,
    old_flavor TEXT NOT NULL,
    new_flavor TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX server_migrations_number ON server_migrations (number);
CREATE INDEX server_migrations_created ON server_migrations (created_at, id);
CREATE INDEX server_migrations_server ON server_migrations (server_id);
