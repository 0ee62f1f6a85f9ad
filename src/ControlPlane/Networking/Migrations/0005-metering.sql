CREATE TABLE metering_labels (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    shared BIGINT NOT NULL
);
CREATE INDEX metering_labels_project ON metering_labels (project_id);

CREATE TABLE metering_label_rules (
    id TEXT PRIMARY KEY,
    label_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    remote_ip_prefix TEXT,
    source_ip_prefix TEXT,
    destination_ip_prefix TEXT,
    excluded BIGINT NOT NULL
);
CREATE INDEX metering_label_rules_label ON metering_label_rules (label_id);
