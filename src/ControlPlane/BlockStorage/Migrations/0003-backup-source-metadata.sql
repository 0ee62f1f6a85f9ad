-- The metadata of the volume as they were when the backup was made: a restored volume has them, whatever became of the first.
CREATE TABLE volume_backup_source_metadata (
    backup_id TEXT NOT NULL,
    kind TEXT NOT NULL, -- the table they are from and go back to
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (backup_id, kind, name)
);
