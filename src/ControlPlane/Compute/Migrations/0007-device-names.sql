-- The name of a disk inside QEMU, where it does not follow from the volume: a volume that has been swapped for another.
ALTER TABLE server_block_devices ADD COLUMN device_id TEXT;
