using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Ports;

/// <summary>What of a port is shown, and how.</summary>
static class PortFields
{
    public static readonly (string, Func<JsonObject, Cell>)[] Short =
    [
        Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("MAC Address", "mac_address"),
        Columns.OrNone("Fixed IP Addresses", "fixed_ips", Cell.PairsList), Columns.OrNone("Status", "status"),
    ];

    public static readonly (string, Func<JsonObject, Cell>)[] Long =
    [
        .. Short, Columns.OrNone("Security Groups", "security_groups", Cell.List), Columns.OrNone("Device Owner", "device_owner"),
        Columns.OrNone("Tags", "tags", Cell.List),
    ];

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
