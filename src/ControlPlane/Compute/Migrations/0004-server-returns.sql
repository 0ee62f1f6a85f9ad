-- What a server needs to come back from a state it rests in: VERIFY_RESIZE (flavor, vm_state and disks as they were),
-- SHELVED_OFFLOADED (the image that holds its root). The row goes when it came back, or is deleted.
CREATE TABLE server_returns (
    server_id TEXT PRIMARY KEY,
    old_vm_state TEXT NOT NULL,
    old_flavor TEXT,
    shelved_image_id TEXT
);
