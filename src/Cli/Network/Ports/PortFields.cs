using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Ports;

/// <summary>What of a port is shown, and how.</summary>
static class PortFields
{
    private static readonly (string Header, string Key, Func<JsonNode?, Cell>? Format)[] Listed =
    [
        ("ID", "id", null), ("Name", "name", null), ("MAC Address", "mac_address", null), ("Fixed IP Addresses", "fixed_ips", Cell.PairsList),
        ("Status", "status", null), ("Security Groups", "security_groups", Cell.List), ("Device Owner", "device_owner", null), ("Tags", "tags", Cell.List),
    ];

    private const int InShort = 5;

    /// <summary>Without <c>-c</c> the usual columns; with it those, in that order, also by the names of the API and ones that are not usual.</summary>
    public static List<(string Header, Func<JsonObject, Cell> Read)> Columns(bool all, string[] asked)
    {
        var usual = Listed.Take(all ? Listed.Length : InShort).Select(c => Output.Columns.OrNone(c.Header, c.Key, c.Format)).ToList();
        if (asked.Length == 0) return usual;
        return [.. asked.Select(Header).Distinct().Select(header => usual.Find(c => c.Header == header) is { Header: not null } known
            ? known
            : Output.Columns.OrNone(header, header.ToLowerInvariant().Replace(' ', '_')))];
    }

    public static string Header(string column) => Array.Find(Listed, c => c.Key == column).Header ?? column;

    private static readonly Fields All = new(
        "admin_state_up allowed_address_pairs binding_host_id=binding:host_id binding_profile=binding:profile "
        + "binding_vif_details=binding:vif_details binding_vif_type=binding:vif_type binding_vnic_type=binding:vnic_type created_at "
        + "data_plane_status description device_id device_owner device_profile dns_assignment dns_domain dns_name extra_dhcp_opts fixed_ips id "
        + "ip_allocation mac_address name network_id numa_affinity_policy port_security_enabled project_id propagate_uplink_status "
        + "qos_network_policy_id qos_policy_id resource_request revision_number security_group_ids=security_groups status tags trunk_details "
        + "updated_at",
        new()
        {
            ["admin_state_up"] = Cell.AdminState, ["allowed_address_pairs"] = Cell.PairsList, ["binding_profile"] = Cell.Pairs,
            ["binding_vif_details"] = Cell.Pairs, ["dns_assignment"] = Cell.PairsList, ["extra_dhcp_opts"] = Cell.PairsList,
            ["fixed_ips"] = Cell.PairsList, ["security_group_ids"] = Cell.List, ["tags"] = Cell.List,
        });

    public static Record Show(JsonObject port) => All.Show(port);
}
