using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.SecurityGroupRules;

/// <summary>What of a rule is shown, and how.</summary>
static class SecurityGroupRuleFields
{
    private static readonly Fields All = new("created_at description direction ether_type=ethertype id name port_range_max port_range_min "
        + "project_id protocol remote_address_group_id remote_group_id remote_ip_prefix revision_number security_group_id tags updated_at", []);

    public static readonly (string, Func<JsonObject, Cell>)[] OfOneGroup =
    [
        Columns.OrNone("ID", "id"), Columns.OrNone("IP Protocol", "protocol"), Columns.OrNone("Ethertype", "ethertype"),
        ("IP Range", Range), ("Port Range", Ports), Columns.OrNone("Direction", "direction"),
        Columns.OrNone("Remote Security Group", "remote_group_id"), Columns.OrNone("Remote Address Group", "remote_address_group_id"),
    ];

    public static readonly (string, Func<JsonObject, Cell>)[] OfAllGroups =
        [.. OfOneGroup, Columns.OrNone("Security Group", "security_group_id")];

    public static Record Show(JsonObject rule) => All.Show(rule);

    public static bool IsIcmp(string? protocol) => protocol is "icmp" or "icmpv6" or "ipv6-icmp" or "1" or "58";

    private static Cell Range(JsonObject rule) => new(rule.Text("remote_ip_prefix") ?? rule.Text("ethertype") switch
    {
        "IPv4" => "0.0.0.0/0",
        "IPv6" => "::/0",
        _ => null,
    });

    /// <summary>Of ICMP the two numbers are type and code.</summary>
    private static Cell Ports(JsonObject rule)
    {
        var (min, max) = (rule.Number("port_range_min"), rule.Number("port_range_max"));
        if (!IsIcmp(rule.Text("protocol")))
            return new Cell(min is null or 0 && max is null or 0 ? "" : $"{min ?? max}:{max ?? min}");
        return new Cell((min is null or 0 ? "" : $"type={min}") + (max is null or 0 ? "" : $":code={max}"));
    }
}
