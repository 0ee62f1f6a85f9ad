using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Subnets;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Routers;

/// <summary>Routers as the API knows them.</summary>
internal static class RouterResource
{
    private static readonly Check Gateway = Checks.Object(
        ("network_id", true, Checks.Uuid), ("enable_snat", false, Checks.Flag),
        ("external_fixed_ips", false, Checks.OrNull(Checks.List(Checks.Object(
            ("ip_address", false, Checks.Ip), ("subnet_id", false, Checks.OrNull(Checks.Uuid)))))));

    private static readonly Check GatewayInfo = Checks.OrNull(value =>
        value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 0 ? null : Gateway(value));

    public static readonly Resource<RouterRecord> Declared = new()
    {
        Name = "router",
        Collection = "routers",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("status"), Attribute.ReadOnly("created_at"), Attribute.ReadOnly("updated_at"),
            Attribute.ReadOnly("revision_number"), Attribute.ReadOnly("availability_zones"),
            new Attribute("name", Checks.Text()).Or("\"\""),
            new Attribute("description", Checks.Text()).Or("\"\""),
            new Attribute("admin_state_up", Checks.Flag).Or("true"),
            new Attribute("external_gateway_info", GatewayInfo).Or("null"),
            new Attribute("routes", Checks.OrNull(Checks.Routes)).UpdateOnly(),
            new Attribute("distributed", Checks.Flag),
            new Attribute("ha", Checks.Flag),
            new Attribute("flavor_id", Checks.OrNull(Checks.Uuid)).Fixed().Or("null"),
            new Attribute("availability_zone_hints", Checks.List(Checks.Text())).Fixed(),
            Attribute.Tags,
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = RouterStore.Columns,
            From = "routers t",
            Id = "t.id",
            Filters = NetworkFilters.For("t").Exact("t", "name")
                .With("admin_state_up", new Filter.Flag("t.admin_state_up"))
                .With("distributed", new Filter.Flag("t.distributed"))
                .With("ha", new Filter.Flag("0"))
                .With("status", new Filter.Exact("'ACTIVE'"))
                .With("external_gateway_info", new Filter.Custom((values, _) => NetworkOf(values))),
            SortKeys = NetworkFilters.SortKeys("t", "name").AndBy("t", "admin_state_up", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = RouterStore.Visible,
        Read = RouterStore.Read,
        Complete = (tx, _, routers) => RouterStore.Complete(tx, routers),
        Id = r => r.Id,
        Revision = r => r.Revision,
        Target = r => PolicyTarget.OwnedBy(r.ProjectId),
        Write = Write,
        NotFound = NetworkFault.RouterNotFound,
    };

    // external_gateway_info=network_id=X
    private static Store.Sql? NetworkOf(IReadOnlyList<string> values)
    {
        var networks = values.Select(v => v.Split('=', 2)).Where(p => p is ["network_id", _]).Select(p => p[1]).ToList();
        return networks.Count == 0 ? null : new Store.Sql().Add(
            $"EXISTS (SELECT 1 FROM ports p WHERE p.id = t.gateway_port_id AND p.network_id IN {networks})");
    }

    private static void Write(Shown shown, RouterRecord r) => shown
        .Text("id", r.Id).Text("name", r.Name).Project(r.ProjectId).Flag("admin_state_up", r.AdminStateUp).Text("status", "ACTIVE")
        .Value("external_gateway_info", json => WriteGateway(json, r))
        .Texts("availability_zone_hints", r.AvailabilityZoneHints).Texts("availability_zones", [NetworkResource.Zone])
        .Items("routes", r.Routes, SubnetResource.WriteRoute).Text("flavor_id", r.FlavorId)
        .Flag("distributed", r.Distributed).Flag("ha", false)
        .Standard(r.Description, r.Tags, r.CreatedAt, r.UpdatedAt, r.Revision);

    private static void WriteGateway(Utf8JsonWriter json, RouterRecord r)
    {
        if (r.ExternalNetworkId is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteString("network_id", r.ExternalNetworkId);
        json.WriteStartArray("external_fixed_ips");
        foreach (var address in r.ExternalFixedIps) PortResource.WriteFixedIp(json, address);
        json.WriteEndArray();
        json.WriteBoolean("enable_snat", r.EnableSnat);
        json.WriteEndObject();
    }
}
