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

    public static readonly Resource Backup = new(ServiceType.Volume, "/backups", "backup", "backups", "volumebackup") { Details = "/backups/detail" };

    /// <summary>All transfers; only one that leaves the snapshots behind is made at the newer address, /volume-transfers.</summary>
    public static readonly Resource VolumeTransfer =
        new(ServiceType.Volume, "/os-volume-transfer", "transfer", "transfers", "volumetransfer") { Details = "/os-volume-transfer/detail" };

    public static readonly Resource Qos = new(ServiceType.Volume, "/qos-specs", "qos_specs", "qos_specs", "qosspecs");

    public static readonly Resource VolumeGroup = new(ServiceType.Volume, "/groups", "group", "groups", "group") { Details = "/groups/detail" };

    public static readonly Resource VolumeGroupSnapshot =
        new(ServiceType.Volume, "/group_snapshots", "group_snapshot", "group_snapshots", "groupsnapshot") { Details = "/group_snapshots/detail" };

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
