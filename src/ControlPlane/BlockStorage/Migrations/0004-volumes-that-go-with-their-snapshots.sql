-- The server that such a volume was to go with has gone; it goes with the last of its snapshots.
ALTER TABLE volumes ADD COLUMN goes_with_snapshots BIGINT NOT NULL DEFAULT 0;
