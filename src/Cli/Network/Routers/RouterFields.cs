using Cumulet.Cli.Connection;
using Cumulet.Cli.Network.Subnets;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Routers;

/// <summary>What of a router is shown, and how.</summary>
static class RouterFields
{
    private static readonly Fields All = new(
        "admin_state_up availability_zone_hints availability_zones created_at description distributed enable_ndp_proxy external_gateway_info "
        + "flavor_id ha id name project_id revision_number routes status tags tenant_id updated_at",
        new()
        {
            ["admin_state_up"] = Cell.AdminState, ["external_gateway_info"] = Info, ["availability_zones"] = Cell.List,
            ["availability_zone_hints"] = Cell.List, ["routes"] = SubnetFields.Routes, ["tags"] = Cell.List,
        });

    /// <summary>Shown as JSON in tables as well.</summary>
    public static Cell Info(JsonNode? value) => new(value, JsonFormat.OnOneLine(value));

    /// <param name="interfaces">What the router is connected to; null right after it was made.</param>
    public static Record Show(JsonObject router, JsonArray? interfaces)
    {
        var record = All.Show(router);
        var fields = record.Fields.Where(field => field.Name is not ("distributed" or "ha") || router[field.Name] is not null);
        return Record.Sorted(interfaces is null ? fields : fields.Append(("interfaces_info", Info(interfaces))));
    }

    public static Table List(List<JsonObject> routers, bool isLong, bool hasZones)
    {
        List<(string, Func<JsonObject, Cell>)> columns =
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Status", "status"),
            Columns.OrNone("State", "admin_state_up", Cell.AdminState), Columns.OrNone("Project", "project_id"),
        ];
        if (routers.Any(router => router["distributed"] is not null)) columns.Add(Columns.OrNone("Distributed", "distributed"));
        if (routers.Any(router => router["ha"] is not null)) columns.Add(Columns.OrNone("HA", "ha"));
        if (isLong)
        {
            columns.AddRange([Columns.OrNone("Routes", "routes", SubnetFields.Routes), ("External gateway info", router => Info(router["external_gateway_info"].Copy()))]);
            if (hasZones) columns.Add(Columns.OrNone("Availability zones", "availability_zones", Cell.List));
            columns.Add(Columns.OrNone("Tags", "tags", Cell.List));
        }

        return Table.Of(routers, columns);
    }
}
