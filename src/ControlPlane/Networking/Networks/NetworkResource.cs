using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Networks;

/// <summary>Networks as the API knows them.</summary>
internal static class NetworkResource
{
    public const string Zone = "nova";

    public static readonly Resource<NetworkRecord> Declared = new()
    {
        Name = "network",
        Collection = "networks",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("status"), Attribute.ReadOnly("subnets"), Attribute.ReadOnly("created_at"),
            Attribute.ReadOnly("updated_at"), Attribute.ReadOnly("revision_number"), Attribute.ReadOnly("availability_zones"),
            Attribute.ReadOnly("ipv4_address_scope"), Attribute.ReadOnly("ipv6_address_scope"), Attribute.ReadOnly("l2_adjacency"),
            new Attribute("name", Checks.Text()).Or("\"\""),
            new Attribute("description", Checks.Text()).Or("\"\""),
            new Attribute("admin_state_up", Checks.Flag).Or("true"),
            new Attribute("shared", Checks.Flag).Or("false"),
            new Attribute("router:external", Checks.Flag).Or("false"),
            new Attribute("is_default", Checks.Flag).Or("false"),
            new Attribute("mtu", Checks.Integer(0)).Or("0"),
            new Attribute("port_security_enabled", Checks.Flag).Or("true"),
            new Attribute("provider:network_type", Checks.OrNull(Checks.Text(32))),
            new Attribute("provider:physical_network", Checks.OrNull(Checks.Text(64))),
            new Attribute("provider:segmentation_id", Checks.OrNull(Checks.Integer())),
            Qos.QosUse.Attribute,
            new Attribute("availability_zone_hints", Checks.List(Checks.Text())).Fixed(),
            new Attribute("dns_domain", Checks.OrNull(Checks.Text())).Or("\"\""),
            Attribute.Tags,
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = NetworkStore.Columns,
            From = "networks n",
            Id = "n.id",
            Filters = NetworkFilters.For("n").Exact("n", "name", "dns_domain")
                .With("admin_state_up", new Filter.Flag("n.admin_state_up"))
                .With("router:external", new Filter.Flag("n.external"))
                .With("is_default", new Filter.Flag("n.is_default"))
                .With("mtu", new Filter.Whole("n.mtu"))
                .With("port_security_enabled", new Filter.Flag("n.port_security_enabled"))
                .With("status", new Filter.Exact("'ACTIVE'"))
                .With("shared", NetworkFilters.SharedWithCaller("network", "n.id"))
                .With("provider:network_type", new Filter.Exact("n.network_type"))
                .With("provider:physical_network", new Filter.Exact("n.physical_network"))
                .With("provider:segmentation_id", new Filter.Whole("n.segmentation_id")),
            SortKeys = NetworkFilters.SortKeys("n", "name").AndBy("n", "admin_state_up", "mtu", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = NetworkStore.Visible,
        Read = NetworkStore.Read,
        Complete = NetworkStore.Complete,
        Id = n => n.Id,
        Revision = n => n.Revision,
        Target = Target,
        Write = Write,
        NotFound = NetworkFault.NetworkNotFound,
    };

    public static PolicyTarget Target(NetworkRecord n)
    {
        var target = PolicyTarget.OwnedBy(n.ProjectId);
        target["shared"] = PolicyTarget.Flag(n.Shared);
        target["router:external"] = PolicyTarget.Flag(n.External);
        return target;
    }

    private static void Write(Shown shown, NetworkRecord n)
    {
        shown.Text("id", n.Id).Text("name", n.Name).Project(n.ProjectId).Flag("admin_state_up", n.AdminStateUp)
            .Number("mtu", n.Mtu).Text("status", "ACTIVE").Texts("subnets", n.SubnetIds).Flag("shared", n.Shared)
            .Texts("availability_zone_hints", n.AvailabilityZoneHints)
            .Texts("availability_zones", n.SubnetIds.Count > 0 ? [Zone] : [])
            .Text("ipv4_address_scope", n.AddressScope4).Text("ipv6_address_scope", n.AddressScope6)
            .Flag("router:external", n.External).Flag("port_security_enabled", n.PortSecurityEnabled)
            .Text("dns_domain", n.DnsDomain).Text("qos_policy_id", n.QosPolicyId);
        if (n.External) shown.Flag("is_default", n.IsDefault);
        shown.Text("provider:network_type", n.NetworkType).Text("provider:physical_network", n.PhysicalNetwork)
            .Number("provider:segmentation_id", n.SegmentationId)
            .Standard(n.Description, n.Tags, n.CreatedAt, n.UpdatedAt, n.Revision);
    }
}
