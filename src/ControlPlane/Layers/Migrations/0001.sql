CREATE TABLE layers (
    id TEXT PRIMARY KEY,
    parent_id TEXT,
    format TEXT NOT NULL,
    virtual_size BIGINT NOT NULL,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX layers_parent ON layers (parent_id);
CREATE INDEX layers_state ON layers (state);
CREATE TABLE layer_references (
    kind TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    layer_id TEXT NOT NULL,
    PRIMARY KEY (kind, holder_id)
);
CREATE INDEX layer_references_layer ON layer_references (layer_id);
