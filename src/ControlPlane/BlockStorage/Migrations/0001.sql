CREATE TABLE volume_types (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    is_public BIGINT NOT NULL,
    qos_specs_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
CREATE TABLE volume_type_extra_specs (
    volume_type_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (volume_type_id, name)
);
CREATE TABLE volume_type_access (
    volume_type_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    PRIMARY KEY (volume_type_id, project_id)
);
CREATE TABLE volumes (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT,
    description TEXT,
    size_gib BIGINT NOT NULL,
    status TEXT NOT NULL,
    previous_status TEXT,
    bootable BIGINT NOT NULL,
    multiattach BIGINT NOT NULL,
    readonly BIGINT NOT NULL,
    volume_type_id TEXT NOT NULL,
    availability_zone TEXT NOT NULL,
    host TEXT NOT NULL,
    source_volume_id TEXT,
    snapshot_id TEXT,
    image_id TEXT,
    layer_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
CREATE INDEX volumes_project ON volumes (project_id, created_at, id);
CREATE INDEX volumes_created ON volumes (created_at, id);
CREATE INDEX volumes_status ON volumes (status);
CREATE TABLE volume_metadata (
    volume_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (volume_id, name)
);
CREATE TABLE volume_image_metadata (
    volume_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (volume_id, name)
);
CREATE TABLE snapshots (
    id TEXT PRIMARY KEY,
    volume_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT,
    description TEXT,
    size_gib BIGINT NOT NULL,
    status TEXT NOT NULL,
    progress TEXT NOT NULL,
    layer_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
CREATE INDEX snapshots_project ON snapshots (project_id, created_at, id);
CREATE INDEX snapshots_volume ON snapshots (volume_id);
CREATE TABLE snapshot_metadata (
    snapshot_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, name)
);
CREATE TABLE volume_attachments (
    id TEXT PRIMARY KEY,
    volume_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    server_id TEXT,
    host TEXT,
    mountpoint TEXT,
    mode TEXT NOT NULL,
    status TEXT NOT NULL,
    connector TEXT,
    attached_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX volume_attachments_volume ON volume_attachments (volume_id);
CREATE INDEX volume_attachments_server ON volume_attachments (server_id);
CREATE TABLE volume_quotas (
    project_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    hard_limit BIGINT NOT NULL,
    PRIMARY KEY (project_id, resource)
);
