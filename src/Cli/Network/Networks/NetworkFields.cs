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

    private static readonly Fields All = new(
        "admin_state_up availability_zone_hints availability_zones created_at description dns_domain id ipv4_address_scope "
        + "ipv6_address_scope is_default is_vlan_transparent=vlan_transparent mtu name port_security_enabled project_id provider:network_type "
        + "provider:physical_network provider:segmentation_id qos_policy_id revision_number router:external segments shared status subnets "
        + "tags updated_at",
        new()
        {
            ["subnets"] = Cell.List, ["admin_state_up"] = Cell.AdminState, ["router:external"] = Cell.External,
            ["availability_zones"] = Cell.List, ["availability_zone_hints"] = Cell.List, ["tags"] = Cell.List,
        });

    public static Record Show(JsonObject network) => All.Show(network);
}
