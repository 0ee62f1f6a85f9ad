-- A key is kept as long as somebody holds it or a layer is encrypted with it; "wrapped" opens with the master key in the state
-- folder only.
CREATE TABLE encryption_keys (
    id TEXT PRIMARY KEY,
    bits BIGINT NOT NULL,
    wrapped TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE encryption_key_holders (
    kind TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    PRIMARY KEY (kind, holder_id)
);
CREATE INDEX encryption_key_holders_key ON encryption_key_holders (key_id);
ALTER TABLE layers ADD COLUMN key_id TEXT;
CREATE INDEX layers_key ON layers (key_id);
