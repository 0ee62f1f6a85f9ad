-- Servers. The flavor is copied into the row: what it becomes later does not change servers that exist (Nova's rule).
-- vcpus, ram_mib … stand beside the copy because capacity and quota are counted from them. A deleted server keeps its row
-- (deleted = 1) for changes-since and for administrators.
CREATE TABLE servers (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    hostname TEXT NOT NULL,
    description TEXT,
    flavor_id TEXT NOT NULL,
    flavor TEXT NOT NULL,
    vcpus BIGINT NOT NULL,
    ram_mib BIGINT NOT NULL,
    disk_gib BIGINT NOT NULL,
    image_id TEXT,
    image TEXT NOT NULL,
    vm_state TEXT NOT NULL,
    task_state TEXT,
    power_state BIGINT NOT NULL,
    progress BIGINT NOT NULL,
    host TEXT,
    node TEXT,
    zone TEXT,
    pinned_zone TEXT,
    wanted_host TEXT,
    wanted_node TEXT,
    config_drive TEXT NOT NULL,
    user_data TEXT,
    personality TEXT,
    key_name TEXT,
    key_type TEXT,
    key_data TEXT,
    access_ip_v4 TEXT,
    access_ip_v6 TEXT,
    disk_config TEXT NOT NULL,
    launch_index BIGINT NOT NULL,
    reservation_id TEXT NOT NULL,
    root_device TEXT,
    locked BIGINT NOT NULL,
    locked_by TEXT,
    locked_reason TEXT,
    hints TEXT NOT NULL,
    security_groups TEXT NOT NULL,
    vm_handle TEXT,
    generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    launched_at BIGINT,
    terminated_at BIGINT,
    deleted BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX servers_number ON servers (number);
CREATE INDEX servers_project ON servers (project_id, deleted, created_at);
CREATE INDEX servers_created ON servers (deleted, created_at);
CREATE INDEX servers_updated ON servers (updated_at);
CREATE INDEX servers_host ON servers (host, deleted);
CREATE INDEX servers_name ON servers (name);
CREATE INDEX servers_user ON servers (user_id, deleted);
CREATE INDEX servers_image ON servers (image_id);
CREATE INDEX servers_flavor ON servers (flavor_id);
CREATE INDEX servers_reservation ON servers (reservation_id);
CREATE INDEX servers_vm_state ON servers (vm_state, deleted);

CREATE TABLE server_metadata (
    server_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (server_id, name)
);

CREATE TABLE server_tags (
    server_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (server_id, tag)
);
CREATE INDEX server_tags_tag ON server_tags (tag);

CREATE TABLE server_faults (
    server_id TEXT NOT NULL,
    code BIGINT NOT NULL,
    message TEXT NOT NULL,
    details TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX server_faults_server ON server_faults (server_id, created_at);

-- The order in which the guest sees its network cards; the ports themselves are Networking's.
CREATE TABLE server_nics (
    server_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    port_id TEXT NOT NULL,
    PRIMARY KEY (server_id, port_id)
);

CREATE TABLE server_block_devices (
    id TEXT PRIMARY KEY,
    server_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    role TEXT NOT NULL,
    source TEXT NOT NULL,
    destination TEXT NOT NULL,
    boot_index BIGINT,
    delete_on_termination BIGINT NOT NULL,
    device_name TEXT,
    image_id TEXT,
    snapshot_id TEXT,
    volume_id TEXT,
    volume_type TEXT,
    attachment_id TEXT,
    layer_id TEXT,
    size_gib BIGINT,
    size_mib BIGINT,
    disk_bus TEXT,
    device_type TEXT,
    guest_format TEXT,
    tag TEXT,
    read_only BIGINT NOT NULL,
    attached BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX server_block_devices_server ON server_block_devices (server_id, position);
CREATE INDEX server_block_devices_volume ON server_block_devices (volume_id);

CREATE TABLE server_actions (
    id TEXT PRIMARY KEY,
    server_id TEXT NOT NULL,
    action TEXT NOT NULL,
    request_id TEXT NOT NULL,
    project_id TEXT,
    user_id TEXT,
    message TEXT,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX server_actions_request ON server_actions (server_id, request_id);
CREATE INDEX server_actions_started ON server_actions (server_id, started_at);

CREATE TABLE server_action_events (
    id TEXT PRIMARY KEY,
    action_id TEXT NOT NULL,
    event TEXT NOT NULL,
    host TEXT,
    result TEXT,
    details TEXT,
    started_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX server_action_events_action ON server_action_events (action_id, started_at);
