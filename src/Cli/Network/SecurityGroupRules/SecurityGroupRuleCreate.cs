using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.SecurityGroupRules;

sealed class SecurityGroupRuleCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _group = syntax.Argument("<group>", "Create the rule in this security group (name or ID)");
    private readonly Option<string?> _remoteIp = syntax.ValueIn("remote", "--remote-ip", "<ip-address>", "Other side: a range of addresses (default 0.0.0.0/0 or ::/0)");
    private readonly Option<string?> _remoteGroup = syntax.ValueIn("remote", "--remote-group", "<group>", "Other side: a security group (name or ID)");
    private readonly Option<string?> _remoteAddresses = syntax.ValueIn("remote", "--remote-address-group", "<group>", "Other side: an address group (name or ID)");
    private readonly Option<string?> _ports = syntax.Value("--dst-port", "<port-range>", "Port or range of ports: 137:139");
    private readonly Option<string?> _protocol = syntax.ValueIn("protocol", "--protocol", "<protocol>", "IP protocol by name or number; any");
    private readonly Option<string?> _proto = syntax.ValueIn("protocol", "--proto", "<proto>", "Older word for --protocol");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<string?> _icmpType = syntax.Value("--icmp-type", "<icmp-type>", "ICMP type");
    private readonly Option<string?> _icmpCode = syntax.Value("--icmp-code", "<icmp-code>", "ICMP code");
    private readonly Option<bool> _ingress = syntax.FlagIn("direction", "--ingress", "For what comes in (default)");
    private readonly Option<bool> _egress = syntax.FlagIn("direction", "--egress", "For what goes out");
    private readonly Option<string?> _type = syntax.Value("--ethertype", "<ethertype>", "IPv4 or IPv6 (default by the protocol)");
    private readonly ProjectOption _project = new(syntax, "Owner's project (name or ID)");

    public override string Description => "Create a new security group rule";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        _ = call[_ingress];
        var protocol = (call[_protocol] ?? call[_proto])?.ToLowerInvariant();
        if (protocol == "any") protocol = null;
        var type = call[_type] is { } given ? EtherType(given) : protocol is not null && protocol.StartsWith("ipv6", StringComparison.Ordinal)
            || protocol is "icmpv6" or "58" or "41" or "43" or "44" or "59" or "60" ? "IPv6" : "IPv4";
        var body = new JsonObject
        {
            ["security_group_id"] = await call.Cloud.FindId(Resources.SecurityGroup, call[_group], cancellation),
            ["direction"] = call[_egress] ? "egress" : "ingress", ["ethertype"] = type, ["protocol"] = protocol,
        };
        AddPorts(call, body, protocol);
        body.With("description", call[_description]).With("project_id", await _project.Id(call, cancellation));
        if (call[_remoteGroup] is { } group) body["remote_group_id"] = await call.Cloud.FindId(Resources.SecurityGroup, group, cancellation);
        else if (call[_remoteAddresses] is { } addresses) body["remote_address_group_id"] = await call.Cloud.FindId(Resources.AddressGroup, addresses, cancellation);
        else body["remote_ip_prefix"] = call[_remoteIp] ?? (type == "IPv4" ? "0.0.0.0/0" : "::/0");
        _extra.AddTo(body, call);
        var answer = await call.Cloud.Network.Post("/security-group-rules", new JsonObject { ["security_group_rule"] = body }, cancellation);
        return SecurityGroupRuleFields.Show(answer["security_group_rule"]!.AsObject());
    }

    public static string EtherType(string text) => text.ToLowerInvariant() switch
    {
        "ipv4" => "IPv4",
        "ipv6" => "IPv6",
        _ => throw new CommandError($"argument --ethertype: invalid choice: '{text}' (choose from 'IPv4', 'IPv6')", 2),
    };

    private void AddPorts(Call call, JsonObject body, string? protocol)
    {
        var (type, code) = (call.Number(_icmpType), call.Number(_icmpCode));
        if (call.Has(_ports) && (type is not null || code is not null))
            throw new CommandError("Argument --dst-port not allowed with arguments --icmp-type and --icmp-code");
        if (type is null && code is not null) throw new CommandError("Argument --icmp-type required with argument --icmp-code");
        var isIcmp = SecurityGroupRuleFields.IsIcmp(protocol);
        if (!isIcmp && (type is not null || code is not null))
            throw new CommandError("ICMP IP protocol required with arguments --icmp-type and --icmp-code");
        if (call[_ports] is { } ports && !isIcmp)
        {
            var parts = ports.Split(':');
            if (parts.Length > 2 || !parts.All(part => int.TryParse(part, out _)))
                throw call.Wrong($"argument --dst-port: Invalid range, {ports} is not of the form <port> or <first>:<last>");
            body["port_range_min"] = int.Parse(parts[0], null);
            body["port_range_max"] = int.Parse(parts[^1], null);
        }

        if (type is >= 0) body["port_range_min"] = type;
        if (code is >= 0) body["port_range_max"] = code;
    }
}
