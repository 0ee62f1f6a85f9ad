CREATE TABLE identity_application_credentials (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    description TEXT,
    secret_hash TEXT NOT NULL,
    unrestricted BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE UNIQUE INDEX identity_application_credentials_name ON identity_application_credentials (user_id, name);

CREATE TABLE identity_application_credential_roles (
    credential_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    PRIMARY KEY (credential_id, role_id)
);

CREATE TABLE identity_access_rules (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    service TEXT NOT NULL,
    path TEXT NOT NULL,
    method TEXT NOT NULL
);
CREATE INDEX identity_access_rules_user ON identity_access_rules (user_id);

CREATE TABLE identity_application_credential_rules (
    credential_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    PRIMARY KEY (credential_id, rule_id)
);

CREATE TABLE identity_credentials (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    project_id TEXT,
    type TEXT NOT NULL,
    blob TEXT NOT NULL,
    extra TEXT NOT NULL
);
CREATE INDEX identity_credentials_user ON identity_credentials (user_id, type);

CREATE TABLE identity_trusts (
    id TEXT PRIMARY KEY,
    trustor_user_id TEXT NOT NULL,
    trustee_user_id TEXT NOT NULL,
    project_id TEXT,
    impersonation BIGINT NOT NULL,
    expires_at BIGINT,
    remaining_uses BIGINT,
    deleted_at BIGINT,
    redelegated_trust_id TEXT,
    redelegation_count BIGINT,
    extra TEXT NOT NULL
);
CREATE INDEX identity_trusts_trustor ON identity_trusts (trustor_user_id);
CREATE INDEX identity_trusts_trustee ON identity_trusts (trustee_user_id);

CREATE TABLE identity_trust_roles (
    trust_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    PRIMARY KEY (trust_id, role_id)
);

CREATE TABLE identity_policies (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    blob TEXT NOT NULL,
    extra TEXT NOT NULL
);

CREATE TABLE identity_registered_limits (
    id TEXT PRIMARY KEY,
    service_id TEXT NOT NULL,
    region_id TEXT,
    resource_name TEXT NOT NULL,
    default_limit BIGINT NOT NULL,
    description TEXT
);

CREATE TABLE identity_limits (
    id TEXT PRIMARY KEY,
    service_id TEXT NOT NULL,
    region_id TEXT,
    resource_name TEXT NOT NULL,
    resource_limit BIGINT NOT NULL,
    project_id TEXT,
    domain_id TEXT,
    description TEXT
);
CREATE INDEX identity_limits_project ON identity_limits (project_id);
CREATE INDEX identity_limits_domain ON identity_limits (domain_id);

CREATE TABLE identity_project_endpoints (
    project_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    PRIMARY KEY (project_id, endpoint_id)
);

CREATE TABLE identity_endpoint_groups (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    filters TEXT NOT NULL
);

CREATE TABLE identity_project_endpoint_groups (
    project_id TEXT NOT NULL,
    endpoint_group_id TEXT NOT NULL,
    PRIMARY KEY (project_id, endpoint_group_id)
);

CREATE TABLE identity_domain_config (
    domain_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    option_name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (domain_id, group_name, option_name)
);

CREATE TABLE identity_consumers (
    id TEXT PRIMARY KEY,
    description TEXT,
    secret TEXT NOT NULL,
    extra TEXT NOT NULL
);
