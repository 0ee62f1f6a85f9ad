-- Lists begin with the newest, and of two made at once with the larger id: with the id in the index no page is sorted.
CREATE INDEX servers_project_order ON servers (project_id, deleted, created_at, id);
DROP INDEX servers_project;
CREATE INDEX servers_order ON servers (deleted, created_at, id);
DROP INDEX servers_created;
