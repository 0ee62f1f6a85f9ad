-- What servers are made from. "number" is the order of making: Nova's own row id, which clients may sort by.
CREATE TABLE flavors (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    ram_mib BIGINT NOT NULL,
    vcpus BIGINT NOT NULL,
    disk_gib BIGINT NOT NULL,
    ephemeral_gib BIGINT NOT NULL,
    swap_mib BIGINT NOT NULL,
    rxtx_factor DOUBLE PRECISION NOT NULL,
    is_public BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    description TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
CREATE UNIQUE INDEX flavors_name ON flavors (name);
CREATE UNIQUE INDEX flavors_number ON flavors (number);
CREATE INDEX flavors_public ON flavors (is_public, id);

CREATE TABLE flavor_extra_specs (
    flavor_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (flavor_id, name)
);

CREATE TABLE flavor_access (
    flavor_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    PRIMARY KEY (flavor_id, project_id)
);
CREATE INDEX flavor_access_project ON flavor_access (project_id);

-- Public keys only: a private key that was made for a caller is in the answer and nowhere else.
CREATE TABLE keypairs (
    number BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    public_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, name)
);
CREATE UNIQUE INDEX keypairs_number ON keypairs (number);
