CREATE INDEX volume_backups_parent ON volume_backups (parent_id);
