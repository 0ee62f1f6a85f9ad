using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Subnets;

/// <summary>What of a subnet is shown, and how.</summary>
static class SubnetFields
{
    public static readonly (string, Func<JsonObject, Cell>)[] Short =
    [
        Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Network", "network_id"), Columns.OrNone("Subnet", "cidr"),
    ];

    public static readonly (string, Func<JsonObject, Cell>)[] Long =
    [
        .. Short, Columns.OrNone("Project", "project_id"), Columns.OrNone("DHCP", "enable_dhcp"),
        Columns.OrNone("Name Servers", "dns_nameservers", Cell.List), Columns.OrNone("Allocation Pools", "allocation_pools", Pools),
        Columns.OrNone("Host Routes", "host_routes", Routes), Columns.OrNone("IP Version", "ip_version"),
        Columns.OrNone("Gateway", "gateway_ip"), Columns.OrNone("Service Types", "service_types", Cell.List),
        Columns.OrNone("Tags", "tags", Cell.List),
    ];

    private static readonly Fields All = new(
        "allocation_pools cidr created_at description dns_nameservers dns_publish_fixed_ip enable_dhcp gateway_ip host_routes id ip_version "
        + "ipv6_address_mode ipv6_ra_mode name network_id project_id revision_number segment_id service_types subnetpool_id tags updated_at",
        new()
        {
            ["allocation_pools"] = Pools, ["dns_nameservers"] = Cell.List, ["host_routes"] = Routes, ["service_types"] = Cell.List,
            ["tags"] = Cell.List,
        });

    public static Record Show(JsonObject subnet) => All.Show(subnet);

    private static Cell Pools(JsonNode? value) => value is JsonArray pools
        ? new(value, string.Join(',', pools.Select(pool => $"{pool.Text("start")}-{pool.Text("end")}")))
        : new(value);

    /// <summary>In the words of <c>--host-route</c>, which says gateway for the API's nexthop.</summary>
    public static Cell Routes(JsonNode? value) => value is JsonArray routes
        ? new(value, string.Join('\n', routes.Select(route => $"destination='{route.Text("destination")}', gateway='{route.Text("nexthop")}'")))
        : new(value);
}
