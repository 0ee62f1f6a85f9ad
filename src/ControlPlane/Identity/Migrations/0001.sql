-- Domains are projects with is_domain = 1, as in the Identity API; extra holds the members that clients add freely.
CREATE TABLE identity_projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    domain_id TEXT,
    parent_id TEXT,
    is_domain BIGINT NOT NULL,
    enabled BIGINT NOT NULL,
    description TEXT NOT NULL,
    options TEXT NOT NULL,
    extra TEXT NOT NULL
);
CREATE UNIQUE INDEX identity_projects_name ON identity_projects (domain_id, name);
CREATE INDEX identity_projects_plain_name ON identity_projects (name);
CREATE INDEX identity_projects_parent ON identity_projects (parent_id);

CREATE TABLE identity_project_tags (
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (project_id, name)
);

CREATE TABLE identity_users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    domain_id TEXT NOT NULL,
    default_project_id TEXT,
    enabled BIGINT NOT NULL,
    options TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_active_at BIGINT,
    failed_attempts BIGINT NOT NULL,
    failed_at BIGINT
);
CREATE UNIQUE INDEX identity_users_name ON identity_users (domain_id, name);

-- The newest row of a user is the password in force; older ones are kept only as far as the history rule needs them.
CREATE TABLE identity_passwords (
    user_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    hash TEXT NOT NULL,
    expires_at BIGINT,
    self_service BIGINT NOT NULL,
    PRIMARY KEY (user_id, created_at)
);

CREATE TABLE identity_groups (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    domain_id TEXT NOT NULL,
    description TEXT NOT NULL,
    extra TEXT NOT NULL
);
CREATE UNIQUE INDEX identity_groups_name ON identity_groups (domain_id, name);

CREATE TABLE identity_memberships (
    user_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    PRIMARY KEY (user_id, group_id)
);
CREATE INDEX identity_memberships_group ON identity_memberships (group_id);

CREATE TABLE identity_roles (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    domain_id TEXT,
    description TEXT,
    options TEXT NOT NULL,
    extra TEXT NOT NULL
);
CREATE INDEX identity_roles_name ON identity_roles (name);

CREATE TABLE identity_implied_roles (
    prior_id TEXT NOT NULL,
    implied_id TEXT NOT NULL,
    PRIMARY KEY (prior_id, implied_id)
);

-- The kinds keep a user and a group, or a project and a domain, apart even if their ids were equal.
CREATE TABLE identity_assignments (
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    inherited BIGINT NOT NULL,
    PRIMARY KEY (actor_kind, actor_id, target_kind, target_id, role_id, inherited)
);
CREATE INDEX identity_assignments_target ON identity_assignments (target_kind, target_id);
CREATE INDEX identity_assignments_role ON identity_assignments (role_id);

CREATE TABLE identity_regions (
    id TEXT PRIMARY KEY,
    parent_region_id TEXT,
    description TEXT NOT NULL,
    extra TEXT NOT NULL
);

CREATE TABLE identity_services (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    extra TEXT NOT NULL
);

CREATE TABLE identity_endpoints (
    id TEXT PRIMARY KEY,
    service_id TEXT NOT NULL,
    region_id TEXT,
    interface TEXT NOT NULL,
    url TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    extra TEXT NOT NULL
);
CREATE INDEX identity_endpoints_service ON identity_endpoints (service_id);
CREATE INDEX identity_endpoints_region ON identity_endpoints (region_id);

-- A token issued at or before issued_before that the kind and subject match does not count any more.
CREATE TABLE identity_revocations (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    issued_before BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_revocations_subject ON identity_revocations (kind, subject);
CREATE INDEX identity_revocations_expiry ON identity_revocations (expires_at);
