ALTER TABLE volumes ADD COLUMN encryption_key_id TEXT;
ALTER TABLE volume_backups ADD COLUMN encryption_key_id TEXT;
-- The type of the volume that was backed up: what a restored one has, when the volume itself has gone.
ALTER TABLE volume_backups ADD COLUMN volume_type_id TEXT;
