using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Resources;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Subnets;

/// <summary>Subnets as the API knows them.</summary>
internal static class SubnetResource
{
    private static readonly Check Ipv6Mode = Checks.OrNull(Checks.OneOf("dhcpv6-stateful", "dhcpv6-stateless", "slaac"));

    private static readonly Check Pools = Checks.List(Checks.Object(("start", true, Checks.Ip), ("end", true, Checks.Ip)));

    public static readonly Resource<SubnetRecord> Declared = new()
    {
        Name = "subnet",
        Collection = "subnets",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("created_at"), Attribute.ReadOnly("updated_at"), Attribute.ReadOnly("revision_number"),
            Attribute.ReadOnly("router:external"),
            new Attribute("name", Checks.Text()).Or("\"\""),
            new Attribute("description", Checks.Text()).Or("\"\""),
            new Attribute("network_id", Checks.Uuid).Fixed().Must(),
            new Attribute("ip_version", Checks.Integer(4, 6)).Fixed(),
            new Attribute("cidr", Checks.OrNull(CidrShape)).Fixed(),
            new Attribute("prefixlen", Checks.Integer(0)).Fixed(),
            new Attribute("subnetpool_id", Checks.OrNull(Checks.Uuid)).Fixed(),
            new Attribute("use_default_subnetpool", Checks.Flag).Fixed().Or("false"),
            new Attribute("gateway_ip", Checks.OrNull(Checks.Ip)),
            new Attribute("allocation_pools", Checks.OrNull(Pools)),
            new Attribute("dns_nameservers", Checks.OrNull(Checks.DistinctList(Checks.Ip))),
            new Attribute("host_routes", Checks.OrNull(Checks.Routes)),
            new Attribute("enable_dhcp", Checks.Flag).Or("true"),
            new Attribute("ipv6_ra_mode", Ipv6Mode).Fixed(),
            new Attribute("ipv6_address_mode", Ipv6Mode).Fixed(),
            new Attribute("service_types", Checks.List(ServiceType)).Or("[]"),
            new Attribute("dns_publish_fixed_ip", Checks.Flag).Or("false"),
            Attribute.Tags,
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = SubnetStore.Columns,
            From = "subnets s",
            Id = "s.id",
            Filters = NetworkFilters.For("s").Exact("s", "name", "network_id", "cidr", "gateway_ip", "ipv6_ra_mode", "ipv6_address_mode", "subnetpool_id")
                .With("ip_version", new Filter.Whole("s.ip_version"))
                .With("enable_dhcp", new Filter.Flag("s.enable_dhcp"))
                .With("dns_publish_fixed_ip", new Filter.Flag("s.dns_publish_fixed_ip"))
                .With("service_types", new Filter.Exact("s.service_types"))
                .With("router:external", new Filter.Custom((values, _) => new Store.Sql().Add(
                    $"(SELECT n.external FROM networks n WHERE n.id = s.network_id) = {NetworkFilters.Truth("router:external", values[^1])}")))
                .With("shared", new Filter.Custom((values, request) =>
                {
                    var shared = Networks.NetworkStore.SharedTo("network", "s.network_id", request.Caller.ProjectId);
                    return NetworkFilters.Truth("shared", values[^1]) ? shared : new Store.Sql().Add($"NOT {shared}");
                })),
            SortKeys = NetworkFilters.SortKeys("s", "name", "cidr", "gateway_ip", "network_id", "ipv6_ra_mode", "ipv6_address_mode")
                .AndBy("s", "enable_dhcp", "ip_version", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = SubnetStore.Visible,
        Listed = SubnetStore.Listed,
        Read = SubnetStore.Read,
        Complete = (tx, caller, subnets) =>
        {
            var shared = RbacStore.SharedAmong(tx, "network", [.. subnets.Select(s => s.NetworkId).Distinct()], caller.ProjectId);
            return [.. SubnetStore.Complete(tx, subnets).Select(s => s with { NetworkShared = shared.Contains(s.NetworkId) })];
        },
        Id = s => s.Id,
        Revision = s => s.Revision,
        Target = Target,
        Write = Write,
        NotFound = NetworkFault.SubnetNotFound,
    };

    // A prefix with host bits set is taken and cleared, as the real service does for subnets.
    private static string? CidrShape(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && IpNumber.TryCidr(value.GetString(), out _, out _)
            ? null
            : $"'{Checks.Show(value)}' is not a valid IP subnet";

    private static string? ServiceType(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            && (text.StartsWith("compute:", StringComparison.Ordinal) || text.StartsWith("network:", StringComparison.Ordinal)) && !text.Contains(' ')
            ? null
            : $"Invalid service type '{Checks.Show(value)}': it must be a device owner such as compute:nova or network:floatingip";

    /// <summary>A visible subnet is readable: the row's own visibility already asked about network, sharing and externals.</summary>
    private static PolicyTarget Target(SubnetRecord s)
    {
        var target = PolicyTarget.OwnedBy(s.ProjectId);
        target["network:project_id"] = s.NetworkProjectId;
        target["network:tenant_id"] = s.NetworkProjectId;
        target["router:external"] = PolicyTarget.Flag(s.NetworkExternal);
        target["shared"] = PolicyTarget.Flag(s.NetworkShared);
        return target;
    }

    private static void Write(Shown shown, SubnetRecord s) => shown
        .Text("id", s.Id).Text("name", s.Name).Project(s.ProjectId).Text("network_id", s.NetworkId).Number("ip_version", s.IpVersion)
        .Text("subnetpool_id", s.SubnetPoolId).Flag("enable_dhcp", s.EnableDhcp).Text("ipv6_ra_mode", s.Ipv6RaMode)
        .Text("ipv6_address_mode", s.Ipv6AddressMode).Text("gateway_ip", s.Gateway?.ToString()).Text("cidr", s.Cidr.ToString())
        .Items("allocation_pools", s.Pools, (json, pool) =>
        {
            json.WriteStartObject();
            json.WriteString("start", IpNumber.ToAddress(pool.First, s.IpVersion).ToString());
            json.WriteString("end", IpNumber.ToAddress(pool.Last, s.IpVersion).ToString());
            json.WriteEndObject();
        })
        .Items("host_routes", s.HostRoutes, WriteRoute)
        .Texts("dns_nameservers", s.DnsNameservers).Texts("service_types", s.ServiceTypes)
        .Flag("dns_publish_fixed_ip", s.DnsPublishFixedIp).Flag("router:external", s.NetworkExternal)
        .Standard(s.Description, s.Tags, s.CreatedAt, s.UpdatedAt, s.Revision);

    public static void WriteRoute(Utf8JsonWriter json, HostRoute route)
    {
        json.WriteStartObject();
        json.WriteString("destination", route.Destination);
        json.WriteString("nexthop", route.NextHop);
        json.WriteEndObject();
    }
}
