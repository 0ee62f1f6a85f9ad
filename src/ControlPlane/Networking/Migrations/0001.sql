-- Every resource carries its own description, revision and times; tags and sharing are tables of their own.
CREATE TABLE networks (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    admin_state_up BIGINT NOT NULL,
    external BIGINT NOT NULL,
    is_default BIGINT NOT NULL,
    mtu BIGINT NOT NULL,
    port_security_enabled BIGINT NOT NULL,
    network_type TEXT NOT NULL,
    physical_network TEXT,
    segmentation_id BIGINT,
    dns_domain TEXT NOT NULL,
    availability_zone_hints TEXT NOT NULL,
    qos_policy_id TEXT,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX networks_project ON networks (project_id);
CREATE INDEX networks_name ON networks (name);

CREATE TABLE network_rbac (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    UNIQUE (object_type, object_id, action, target)
);
CREATE INDEX network_rbac_target ON network_rbac (object_type, action, target);

CREATE TABLE network_tags (
    resource_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (resource_id, tag)
);

CREATE TABLE subnets (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    network_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    ip_version BIGINT NOT NULL,
    cidr TEXT NOT NULL,
    gateway_ip TEXT,
    enable_dhcp BIGINT NOT NULL,
    ipv6_ra_mode TEXT,
    ipv6_address_mode TEXT,
    dns_nameservers TEXT NOT NULL,
    host_routes TEXT NOT NULL,
    service_types TEXT NOT NULL,
    subnetpool_id TEXT,
    dns_publish_fixed_ip BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX subnets_network ON subnets (network_id);
CREATE INDEX subnets_project ON subnets (project_id);
CREATE INDEX subnets_name ON subnets (name);

-- Addresses also as 32 hexadecimal digits (IPv4 in the lowest 32 bits): their order as text is their order as numbers.
CREATE TABLE allocation_pools (
    subnet_id TEXT NOT NULL,
    first_key TEXT NOT NULL,
    last_key TEXT NOT NULL,
    PRIMARY KEY (subnet_id, first_key)
);

CREATE TABLE ports (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    network_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    mac_address TEXT NOT NULL,
    admin_state_up BIGINT NOT NULL,
    status TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_owner TEXT NOT NULL,
    host TEXT NOT NULL,
    vnic_type TEXT NOT NULL,
    binding_profile TEXT NOT NULL,
    port_security_enabled BIGINT NOT NULL,
    dns_name TEXT NOT NULL,
    dns_domain TEXT NOT NULL,
    allowed_address_pairs TEXT NOT NULL,
    made_for_server BIGINT NOT NULL,
    server_tag TEXT,
    qos_policy_id TEXT,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (network_id, mac_address)
);
CREATE INDEX ports_project ON ports (project_id);
CREATE INDEX ports_device ON ports (device_id);
CREATE INDEX ports_owner ON ports (device_owner);
CREATE INDEX ports_mac ON ports (mac_address);
CREATE INDEX ports_name ON ports (name);

CREATE TABLE ip_allocations (
    subnet_id TEXT NOT NULL,
    ip_key TEXT NOT NULL,
    ip_address TEXT NOT NULL,
    network_id TEXT NOT NULL,
    port_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (subnet_id, ip_key)
);
CREATE INDEX ip_allocations_port ON ip_allocations (port_id);
CREATE INDEX ip_allocations_address ON ip_allocations (ip_address);
CREATE INDEX ip_allocations_network ON ip_allocations (network_id);

CREATE TABLE port_dhcp_options (
    port_id TEXT NOT NULL,
    name TEXT NOT NULL,
    ip_version BIGINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (port_id, name, ip_version)
);

CREATE TABLE security_groups (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    stateful BIGINT NOT NULL,
    is_default BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX security_groups_project ON security_groups (project_id, is_default);
CREATE INDEX security_groups_name ON security_groups (name);

CREATE TABLE security_group_rules (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    security_group_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    ethertype TEXT NOT NULL,
    protocol TEXT,
    port_range_min BIGINT,
    port_range_max BIGINT,
    remote_ip_prefix TEXT,
    remote_group_id TEXT,
    remote_address_group_id TEXT,
    description TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX security_group_rules_group ON security_group_rules (security_group_id);
CREATE INDEX security_group_rules_remote ON security_group_rules (remote_group_id);
CREATE INDEX security_group_rules_project ON security_group_rules (project_id);

CREATE TABLE port_security_groups (
    port_id TEXT NOT NULL,
    security_group_id TEXT NOT NULL,
    PRIMARY KEY (port_id, security_group_id)
);
CREATE INDEX port_security_groups_group ON port_security_groups (security_group_id);

CREATE TABLE routers (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    admin_state_up BIGINT NOT NULL,
    gateway_port_id TEXT,
    enable_snat BIGINT NOT NULL,
    routes TEXT NOT NULL,
    availability_zone_hints TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX routers_project ON routers (project_id);
CREATE INDEX routers_name ON routers (name);

CREATE TABLE floating_ips (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    description TEXT NOT NULL,
    floating_ip_address TEXT NOT NULL,
    floating_network_id TEXT NOT NULL,
    floating_port_id TEXT NOT NULL,
    fixed_port_id TEXT,
    fixed_ip_address TEXT,
    router_id TEXT,
    status TEXT NOT NULL,
    dns_name TEXT NOT NULL,
    dns_domain TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX floating_ips_project ON floating_ips (project_id);
CREATE INDEX floating_ips_fixed_port ON floating_ips (fixed_port_id);
CREATE INDEX floating_ips_router ON floating_ips (router_id);
CREATE INDEX floating_ips_network ON floating_ips (floating_network_id);
CREATE INDEX floating_ips_address ON floating_ips (floating_ip_address);
CREATE INDEX floating_ips_floating_port ON floating_ips (floating_port_id);

CREATE TABLE port_forwardings (
    id TEXT PRIMARY KEY,
    floatingip_id TEXT NOT NULL,
    internal_port_id TEXT NOT NULL,
    internal_ip_address TEXT NOT NULL,
    internal_port BIGINT NOT NULL,
    external_port BIGINT NOT NULL,
    protocol TEXT NOT NULL,
    description TEXT NOT NULL,
    UNIQUE (floatingip_id, external_port, protocol)
);
CREATE INDEX port_forwardings_port ON port_forwardings (internal_port_id);

CREATE TABLE network_quotas (
    project_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    hard_limit BIGINT NOT NULL,
    PRIMARY KEY (project_id, resource)
);

CREATE TABLE address_scopes (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    ip_version BIGINT NOT NULL
);
CREATE INDEX address_scopes_project ON address_scopes (project_id);

CREATE TABLE subnetpools (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    ip_version BIGINT NOT NULL,
    prefixes TEXT NOT NULL,
    default_prefixlen BIGINT NOT NULL,
    min_prefixlen BIGINT NOT NULL,
    max_prefixlen BIGINT NOT NULL,
    default_quota BIGINT,
    address_scope_id TEXT,
    is_default BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX subnetpools_project ON subnetpools (project_id);

CREATE TABLE address_groups (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    addresses TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX address_groups_project ON address_groups (project_id);

CREATE TABLE network_agents (
    id TEXT PRIMARY KEY,
    agent_type TEXT NOT NULL,
    host TEXT NOT NULL,
    description TEXT NOT NULL,
    admin_state_up BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    UNIQUE (agent_type, host)
);
