-- The host that a server goes back to when its migration is reverted; null where it only changed its flavor.
ALTER TABLE server_returns ADD COLUMN old_host TEXT;
