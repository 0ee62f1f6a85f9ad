-- What os-unmanage has left in the pool: a volume's disk, or with volume_id a snapshot of that volume.
CREATE TABLE unmanaged_disks (
    name TEXT PRIMARY KEY,
    volume_id TEXT,
    size_gib BIGINT NOT NULL,
    multiattach BIGINT NOT NULL
);
CREATE INDEX unmanaged_disks_volume ON unmanaged_disks (volume_id);
