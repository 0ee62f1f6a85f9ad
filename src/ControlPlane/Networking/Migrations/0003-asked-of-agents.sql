-- Networks that an administrator put on the DHCP agent; others come to it with their first subnet.
CREATE TABLE networks_asked_of_agents (
    network_id TEXT PRIMARY KEY REFERENCES networks (id) ON DELETE CASCADE
);
