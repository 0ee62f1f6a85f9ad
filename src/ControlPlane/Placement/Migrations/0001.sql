-- Providers of the cloud's own hosts have rows too (is_host): their uuid is that of the hypervisor; what they have and what
-- servers take is derived from Compute's rows and stands in none of these tables.
CREATE TABLE placement_providers (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    parent_id TEXT,
    generation BIGINT NOT NULL,
    is_host BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX placement_providers_name ON placement_providers (name);
CREATE UNIQUE INDEX placement_providers_number ON placement_providers (number);
CREATE INDEX placement_providers_parent ON placement_providers (parent_id);

CREATE TABLE placement_inventories (
    provider_id TEXT NOT NULL,
    resource_class TEXT NOT NULL,
    total BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    min_unit BIGINT NOT NULL,
    max_unit BIGINT NOT NULL,
    step_size BIGINT NOT NULL,
    allocation_ratio DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (provider_id, resource_class)
);

CREATE TABLE placement_resource_classes (
    name TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE placement_traits (
    name TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE placement_provider_traits (
    provider_id TEXT NOT NULL,
    trait TEXT NOT NULL,
    PRIMARY KEY (provider_id, trait)
);

CREATE TABLE placement_provider_aggregates (
    provider_id TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    PRIMARY KEY (provider_id, aggregate_id)
);

CREATE TABLE placement_consumers (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    consumer_type TEXT,
    generation BIGINT NOT NULL
);
CREATE INDEX placement_consumers_project ON placement_consumers (project_id, user_id);

CREATE TABLE placement_allocations (
    consumer_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    resource_class TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (consumer_id, provider_id, resource_class)
);
CREATE INDEX placement_allocations_provider ON placement_allocations (provider_id);
