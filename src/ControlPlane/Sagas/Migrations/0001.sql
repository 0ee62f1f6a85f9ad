CREATE TABLE sagas (
    id TEXT PRIMARY KEY,
    seq BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    lane TEXT NOT NULL,
    request_id TEXT NOT NULL,
    state TEXT NOT NULL,
    step BIGINT NOT NULL,
    direction TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    cause TEXT,
    outcome TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX sagas_open ON sagas (outcome, seq);
CREATE INDEX sagas_lane ON sagas (lane, outcome);
