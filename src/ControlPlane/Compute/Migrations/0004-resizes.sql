-- A resized server until its owner confirms or reverts: what it was before.
CREATE TABLE server_resizes (
    server_id TEXT PRIMARY KEY,
    old_flavor TEXT NOT NULL,
    old_vm_state TEXT NOT NULL
);
