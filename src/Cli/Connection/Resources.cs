namespace Cumulet.Cli.Connection;

/// <summary>Every kind of thing that commands find by name or id.</summary>
static class Resources
{
    public static readonly Resource Server = new(ServiceType.Compute, "/servers", "server", "servers", "server")
    {
        Details = "/servers/detail", ByName = "?name=^{0}$",
    };

    public static readonly Resource Flavor = new(ServiceType.Compute, "/flavors", "flavor", "flavors", "flavor")
    {
        Details = "/flavors/detail", ByName = "?is_public=None", ListHasIds = true,
    };

    /// <summary>The same, where the words of an error are those of the flavor commands.</summary>
    public static readonly Resource FlavorItself = Flavor with { Noun = "Flavor", SaysFoundFor = true };

    public static readonly Resource Keypair = new(ServiceType.Compute, "/os-keypairs", "keypair", "keypairs", "keypair");

    public static readonly Resource Image = new(ServiceType.Image, "/images", "", "images", "Image");

    public static readonly Resource Volume = new(ServiceType.Volume, "/volumes", "volume", "volumes", "volume")
    {
        Details = "/volumes/detail",
    };

    public static readonly Resource Snapshot = new(ServiceType.Volume, "/snapshots", "snapshot", "snapshots", "snapshot")
    {
        Details = "/snapshots/detail",
    };

    public static readonly Resource VolumeType = new(ServiceType.Volume, "/types", "volume_type", "volume_types", "volumetype")
    {
        ByName = "?is_public=None",
    };

    public static readonly Resource Backup = new(ServiceType.Volume, "/backups", "backup", "backups", "volumebackup")
    {
        Details = "/backups/detail",
    };

    /// <summary>All transfers; only one that leaves the snapshots behind is made at the newer address, /volume-transfers.</summary>
    public static readonly Resource VolumeTransfer =
        new(ServiceType.Volume, "/os-volume-transfer", "transfer", "transfers", "volumetransfer")
        {
            Details = "/os-volume-transfer/detail",
        };

    public static readonly Resource Qos = new(ServiceType.Volume, "/qos-specs", "qos_specs", "qos_specs", "qosspecs");

    public static readonly Resource VolumeGroup = new(ServiceType.Volume, "/groups", "group", "groups", "group")
    {
        Details = "/groups/detail",
    };

    public static readonly Resource VolumeGroupSnapshot =
        new(ServiceType.Volume, "/group_snapshots", "group_snapshot", "group_snapshots", "groupsnapshot")
        {
            Details = "/group_snapshots/detail",
        };

    public static readonly Resource VolumeGroupType = new(ServiceType.Volume, "/group_types", "group_type", "group_types", "grouptype")
    {
        ByName = "?is_public=None",
    };

    public static readonly Resource Network = new(ServiceType.Network, "/networks", "network", "networks", "Network");

    public static readonly Resource Port = new(ServiceType.Network, "/ports", "port", "ports", "Port");

    public static readonly Resource SecurityGroup =
        new(ServiceType.Network, "/security-groups", "security_group", "security_groups", "SecurityGroup");

    public static readonly Resource Subnet = new(ServiceType.Network, "/subnets", "subnet", "subnets", "Subnet");

    public static readonly Resource SubnetPool = new(ServiceType.Network, "/subnetpools", "subnetpool", "subnetpools", "SubnetPool");

    public static readonly Resource Router = new(ServiceType.Network, "/routers", "router", "routers", "Router");

    public static readonly Resource FloatingIp = new(ServiceType.Network, "/floatingips", "floatingip", "floatingips", "FloatingIP")
    {
        NameField = "floating_ip_address", ByName = "?floating_ip_address={0}",
    };

    public static readonly Resource SecurityGroupRule =
        new(ServiceType.Network, "/security-group-rules", "security_group_rule", "security_group_rules", "SecurityGroupRule")
        {
            NameField = "id", ByName = "?id={0}",
        };

    public static readonly Resource AddressGroup = new(ServiceType.Network, "/address-groups", "address_group", "address_groups", "AddressGroup");

    public static readonly Resource Agent = new(ServiceType.Network, "/agents", "agent", "agents", "Agent") { NameField = "id", ByName = "?id={0}" };

    public static readonly Resource AddressScope = new(ServiceType.Network, "/address-scopes", "address_scope", "address_scopes", "AddressScope");

    public static readonly Resource QosPolicy = new(ServiceType.Network, "/qos/policies", "policy", "policies", "QoSPolicy");

    public static readonly Resource Rbac = new(ServiceType.Network, "/rbac-policies", "rbac_policy", "rbac_policies", "RBACPolicy")
    {
        NameField = "id", ByName = "?id={0}",
    };

    /// <summary>Trunks are found in the words of neutron's own client.</summary>
    public static readonly Resource Trunk = new(ServiceType.Network, "/trunks", "trunk", "trunks", "Trunk")
    {
        NoneWords = "Unable to find trunk with name or id '{0}'",
    };

    public static readonly Resource Segment = new(ServiceType.Network, "/segments", "segment", "segments", "Segment");

    public static readonly Resource SegmentRange =
        new(ServiceType.Network, "/network_segment_ranges", "network_segment_range", "network_segment_ranges", "NetworkSegmentRange");

    public static readonly Resource Meter = new(ServiceType.Network, "/metering/metering-labels", "metering_label", "metering_labels", "MeteringLabel");

    public static readonly Resource MeterRule =
        new(ServiceType.Network, "/metering/metering-label-rules", "metering_label_rule", "metering_label_rules", "MeteringLabelRule")
        {
            NameField = "id", ByName = "?id={0}",
        };

    public static readonly Resource NetworkFlavor = new(ServiceType.Network, "/flavors", "flavor", "flavors", "Flavor");

    public static readonly Resource ServiceProfile = new(ServiceType.Network, "/service_profiles", "service_profile", "service_profiles", "ServiceProfile")
    {
        NameField = "id", ByName = "?id={0}",
    };

    public static readonly Resource LocalIp = new(ServiceType.Network, "/local_ips", "local_ip", "local_ips", "LocalIP");

    /// <summary>Below its local IP.</summary>
    public static readonly Resource LocalIpAssociation =
        new(ServiceType.Network, "/port_associations", "port_association", "port_associations", "LocalIPAssociation")
        {
            IdField = "fixed_port_id", NameField = "fixed_port_id", ByName = "?fixed_port_id={0}",
        };

    /// <summary>Below its router.</summary>
    public static readonly Resource ConntrackHelper =
        new(ServiceType.Network, "/conntrack_helpers", "conntrack_helper", "conntrack_helpers", "ConntrackHelper") { NameField = "id", ByName = "?id={0}" };

    public static readonly Resource IpAvailability =
        new(ServiceType.Network, "/network-ip-availabilities", "network_ip_availability", "network_ip_availabilities", "NetworkIPAvailability")
        {
            IdField = "network_id", NameField = "network_name", ByName = "?network_name={0}",
        };

    /// <summary>Below the floating IP that it belongs to.</summary>
    public static readonly Resource PortForwarding =
        new(ServiceType.Network, "/port_forwardings", "port_forwarding", "port_forwardings", "PortForwarding") { NameField = "id", ByName = "?id={0}" };

    public static readonly Resource Project = new(ServiceType.Identity, "/projects", "project", "projects", "project");

    public static readonly Resource User = new(ServiceType.Identity, "/users", "user", "users", "user");

    public static readonly Resource Domain = new(ServiceType.Identity, "/domains", "domain", "domains", "domain");

    public static readonly Resource Group = new(ServiceType.Identity, "/groups", "group", "groups", "group");

    public static readonly Resource Role = new(ServiceType.Identity, "/roles", "role", "roles", "role");

    public static readonly Resource Service = new(ServiceType.Identity, "/services", "service", "services", "service");

    public static readonly Resource Endpoint = new(ServiceType.Identity, "/endpoints", "endpoint", "endpoints", "endpoint");

    public static readonly Resource Region = new(ServiceType.Identity, "/regions", "region", "regions", "region");

    public static readonly Resource Credential = new(ServiceType.Identity, "/credentials", "credential", "credentials", "credential");

    public static readonly Resource EndpointGroup =
        new(ServiceType.Identity, "/OS-EP-FILTER/endpoint_groups", "endpoint_group", "endpoint_groups", "endpointgroup");

    public static readonly Resource Limit = new(ServiceType.Identity, "/limits", "limit", "limits", "limit");

    public static readonly Resource RegisteredLimit =
        new(ServiceType.Identity, "/registered_limits", "registered_limit", "registered_limits", "registeredlimit");

    public static readonly Resource Policy = new(ServiceType.Identity, "/policies", "policy", "policies", "policy");

    public static readonly Resource Trust = new(ServiceType.Identity, "/OS-TRUST/trusts", "trust", "trusts", "trust");

    public static readonly Resource ApplicationCredential =
        new(ServiceType.Identity, "/application_credentials", "application_credential", "application_credentials", "applicationcredential");

    public static readonly Resource Aggregate = new(ServiceType.Compute, "/os-aggregates", "aggregate", "aggregates", "Aggregate")
    {
        ByName = "", ListHasIds = true, SaysFoundFor = true,
    };

    public static readonly Resource ServerGroup =
        new(ServiceType.Compute, "/os-server-groups", "server_group", "server_groups", "ServerGroup") { ByName = "", SaysFoundFor = true };

    public static readonly Resource ComputeService = new(ServiceType.Compute, "/os-services", "service", "services", "service");
}
