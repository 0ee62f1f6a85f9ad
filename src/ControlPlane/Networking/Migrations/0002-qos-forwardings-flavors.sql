CREATE TABLE qos_policies (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    is_default BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX qos_policies_project ON qos_policies (project_id);

-- Of every kind of rule: amount is its rate (kbit/s, thousands of packets a second) or the DSCP mark.
CREATE TABLE qos_rules (
    id TEXT PRIMARY KEY,
    policy_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    burst BIGINT,
    direction TEXT
);
CREATE INDEX qos_rules_policy ON qos_rules (policy_id);

ALTER TABLE floating_ips ADD COLUMN qos_policy_id TEXT;
CREATE INDEX ports_qos ON ports (qos_policy_id);
CREATE INDEX networks_qos ON networks (qos_policy_id);
CREATE INDEX floating_ips_qos ON floating_ips (qos_policy_id);

ALTER TABLE routers ADD COLUMN flavor_id TEXT;

CREATE TABLE network_flavors (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    service_type TEXT NOT NULL,
    enabled BIGINT NOT NULL
);

CREATE TABLE network_service_profiles (
    id TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    driver TEXT NOT NULL,
    metainfo TEXT NOT NULL,
    enabled BIGINT NOT NULL
);

CREATE TABLE network_flavor_profiles (
    flavor_id TEXT NOT NULL,
    profile_id TEXT NOT NULL,
    PRIMARY KEY (flavor_id, profile_id)
);

-- Networks and routers that were taken from their agent: they are not carried until they are given to it again.
CREATE TABLE network_unscheduled (
    kind TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    PRIMARY KEY (kind, resource_id)
);

CREATE TABLE default_security_group_rules (
    id TEXT PRIMARY KEY,
    direction TEXT NOT NULL,
    ethertype TEXT NOT NULL,
    protocol TEXT,
    port_range_min BIGINT,
    port_range_max BIGINT,
    remote_ip_prefix TEXT,
    remote_group_id TEXT,
    remote_address_group_id TEXT,
    description TEXT NOT NULL,
    used_in_default_sg BIGINT NOT NULL,
    used_in_non_default_sg BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
-- What every cloud begins with: members of a project's default group reach each other, members of any group everyone.
INSERT INTO default_security_group_rules VALUES
    ('0d5b6f4e-3a0c-4e0e-9d1a-6a1f8f2c1b01', 'ingress', 'IPv4', NULL, NULL, NULL, NULL, 'PARENT', NULL, '', 1, 0, 1),
    ('0d5b6f4e-3a0c-4e0e-9d1a-6a1f8f2c1b02', 'egress', 'IPv4', NULL, NULL, NULL, NULL, NULL, NULL, '', 1, 1, 2),
    ('0d5b6f4e-3a0c-4e0e-9d1a-6a1f8f2c1b03', 'ingress', 'IPv6', NULL, NULL, NULL, NULL, 'PARENT', NULL, '', 1, 0, 3),
    ('0d5b6f4e-3a0c-4e0e-9d1a-6a1f8f2c1b04', 'egress', 'IPv6', NULL, NULL, NULL, NULL, NULL, NULL, '', 1, 1, 4);

CREATE TABLE auto_allocated_topologies (
    project_id TEXT PRIMARY KEY,
    network_id TEXT NOT NULL,
    router_id TEXT
);
