ALTER TABLE volume_backups ADD COLUMN service_metadata TEXT;
ALTER TABLE volume_backups ADD COLUMN object_count BIGINT NOT NULL DEFAULT 0;
