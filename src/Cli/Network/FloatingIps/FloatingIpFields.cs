using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.FloatingIps;

/// <summary>What of a floating IP is shown, and how.</summary>
static class FloatingIpFields
{
    public static readonly (string, Func<JsonObject, Cell>)[] Short =
    [
        Columns.OrNone("ID", "id"), Columns.OrNone("Floating IP Address", "floating_ip_address"),
        Columns.OrNone("Fixed IP Address", "fixed_ip_address"), Columns.OrNone("Port", "port_id"),
        Columns.OrNone("Floating Network", "floating_network_id"), Columns.OrNone("Project", "project_id"),
    ];

    public static readonly (string, Func<JsonObject, Cell>)[] Long =
    [
        .. Short, Columns.OrNone("Router", "router_id"), Columns.OrNone("Status", "status"), Columns.OrNone("Description", "description"),
        Columns.OrNone("Tags", "tags"), Columns.OrNone("DNS Name", "dns_name"), Columns.OrNone("DNS Domain", "dns_domain"),
    ];

    private static readonly Fields All = new(
        "created_at description dns_domain dns_name fixed_ip_address floating_ip_address floating_network_id id name=floating_ip_address "
        + "port_details port_id project_id qos_policy_id revision_number router_id status subnet_id tags updated_at",
        new() { ["port_details"] = PortDetails });

    public static Record Show(JsonObject address) => All.Show(address);

    /// <summary>The python client prints this one as text everywhere.</summary>
    private static Cell PortDetails(JsonNode? value) => value is null ? new Cell(null) : new Cell(Cell.Pairs(value).InTable);
}
