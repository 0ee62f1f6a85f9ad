CREATE TABLE metadef_namespaces (
    id TEXT PRIMARY KEY,
    namespace TEXT NOT NULL UNIQUE,
    display_name TEXT,
    description TEXT,
    visibility TEXT NOT NULL,
    protected BIGINT NOT NULL,
    owner TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX metadef_namespaces_created ON metadef_namespaces (created_at, namespace);
CREATE INDEX metadef_namespaces_owner ON metadef_namespaces (owner);

CREATE TABLE metadef_definitions (
    namespace_id TEXT NOT NULL REFERENCES metadef_namespaces (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (namespace_id, kind, name)
);
CREATE INDEX metadef_definitions_name ON metadef_definitions (kind, name);

CREATE TABLE metadef_resource_types (
    name TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);
INSERT INTO metadef_resource_types (name, created_at) VALUES
    ('OS::Glance::Image', 1409249584000000),
    ('OS::Cinder::Volume', 1409249584000000),
    ('OS::Nova::Flavor', 1409249584000000),
    ('OS::Nova::Aggregate', 1409249584000000),
    ('OS::Nova::Server', 1409249584000000);
