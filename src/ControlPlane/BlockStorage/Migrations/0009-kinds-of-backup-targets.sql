ALTER TABLE volume_backups ADD COLUMN service TEXT;
UPDATE volume_backups SET service = 'cinder.backup.drivers.posix.PosixBackupDriver' WHERE service_metadata IS NOT NULL;
