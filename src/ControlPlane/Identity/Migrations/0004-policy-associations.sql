-- A policy given to an endpoint, to a service, or to a service in a region: what is not named is empty, so that the key holds.
CREATE TABLE identity_policy_associations (
    policy_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    region_id TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, service_id, region_id)
);
CREATE INDEX identity_policy_associations_policy ON identity_policy_associations (policy_id);
