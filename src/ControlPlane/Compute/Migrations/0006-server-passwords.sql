-- What a guest has told the metadata service its password is: encrypted by the guest with its owner's key, opaque to the cloud.
CREATE TABLE server_passwords (
    server_id TEXT PRIMARY KEY,
    password TEXT NOT NULL
);
