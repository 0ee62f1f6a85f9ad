-- An application credential with a list of access rules, even an empty one, may do only what the rules name.
ALTER TABLE identity_application_credentials ADD COLUMN has_rules BIGINT NOT NULL DEFAULT 0;
