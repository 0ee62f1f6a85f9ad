ALTER TABLE volume_backups ADD COLUMN parent_id TEXT;
CREATE INDEX volume_backups_parent ON volume_backups (parent_id);
