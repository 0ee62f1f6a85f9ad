using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Networks;

/// <summary>What of a network is shown, and how.</summary>
static class NetworkFields
{
    public static readonly (string, Func<JsonObject, Cell>)[] Short =
        [Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Subnets", "subnets", Cell.List)];

    public static readonly (string, Func<JsonObject, Cell>)[] Long =
    [
        Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Status", "status"),
        Columns.OrNone("Project", "project_id"), Columns.OrNone("State", "admin_state_up", Cell.AdminState),
        Columns.OrNone("Shared", "shared"), Columns.OrNone("Subnets", "subnets", Cell.List),
        Columns.OrNone("Network Type", "provider:network_type"), Columns.OrNone("Router Type", "router:external", Cell.External),
        Columns.OrNone("Availability Zones", "availability_zones", Cell.List), Columns.OrNone("Tags", "tags", Cell.List),
    ];
}
