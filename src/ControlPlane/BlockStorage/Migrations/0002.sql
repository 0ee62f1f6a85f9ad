ALTER TABLE volumes ADD COLUMN group_id TEXT;
ALTER TABLE volumes ADD COLUMN growing_to_gib BIGINT;
ALTER TABLE snapshots ADD COLUMN group_snapshot_id TEXT;
ALTER TABLE volume_attachments ADD COLUMN by_compute BIGINT NOT NULL DEFAULT 0;
CREATE INDEX volumes_group ON volumes (group_id);
CREATE INDEX volumes_type ON volumes (volume_type_id);
CREATE INDEX volumes_name ON volumes (name);
CREATE INDEX snapshots_created ON snapshots (created_at, id);
CREATE INDEX snapshots_group ON snapshots (group_snapshot_id);
CREATE TABLE volume_admin_metadata (
    volume_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (volume_id, name)
);
CREATE TABLE volume_services (
    binary_name TEXT PRIMARY KEY,
    uuid TEXT NOT NULL,
    disabled BIGINT NOT NULL,
    disabled_reason TEXT,
    frozen BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE default_volume_types (
    project_id TEXT PRIMARY KEY,
    volume_type_id TEXT NOT NULL
);
CREATE TABLE volume_type_encryption (
    volume_type_id TEXT PRIMARY KEY,
    encryption_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    cipher TEXT,
    key_size BIGINT,
    control_location TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
CREATE TABLE qos_specs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    consumer TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE qos_specs_values (
    qos_specs_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (qos_specs_id, name)
);
CREATE TABLE volume_transfers (
    id TEXT PRIMARY KEY,
    volume_id TEXT NOT NULL UNIQUE,
    name TEXT,
    salt BYTES NOT NULL,
    key_hash BYTES NOT NULL,
    source_project_id TEXT NOT NULL,
    no_snapshots BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX volume_transfers_project ON volume_transfers (source_project_id, created_at, id);
CREATE TABLE volume_messages (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT,
    event_id TEXT NOT NULL,
    user_message TEXT NOT NULL,
    level TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    guaranteed_until BIGINT NOT NULL
);
CREATE INDEX volume_messages_project ON volume_messages (project_id, created_at, id);
CREATE TABLE group_types (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    is_public BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE group_type_specs (
    group_type_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (group_type_id, name)
);
CREATE TABLE volume_groups (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT,
    description TEXT,
    group_type_id TEXT NOT NULL,
    availability_zone TEXT NOT NULL,
    status TEXT NOT NULL,
    group_snapshot_id TEXT,
    source_group_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX volume_groups_project ON volume_groups (project_id, created_at, id);
CREATE TABLE volume_group_volume_types (
    group_id TEXT NOT NULL,
    volume_type_id TEXT NOT NULL,
    PRIMARY KEY (group_id, volume_type_id)
);
CREATE TABLE group_snapshots (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT,
    description TEXT,
    group_type_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX group_snapshots_project ON group_snapshots (project_id, created_at, id);
CREATE INDEX group_snapshots_group ON group_snapshots (group_id);
CREATE TABLE volume_backups (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    volume_id TEXT NOT NULL,
    snapshot_id TEXT,
    parent_id TEXT,
    name TEXT,
    description TEXT,
    container TEXT,
    availability_zone TEXT,
    size_gib BIGINT NOT NULL,
    status TEXT NOT NULL,
    fail_reason TEXT,
    layer_id TEXT NOT NULL,
    data_timestamp BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
CREATE INDEX volume_backups_project ON volume_backups (project_id, created_at, id);
CREATE INDEX volume_backups_volume ON volume_backups (volume_id);
CREATE TABLE volume_backup_metadata (
    backup_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (backup_id, name)
);
