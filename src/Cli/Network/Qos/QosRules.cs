using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Qos;

/// <summary>The four types of rules of a policy: where each is kept, what it takes and what of it is shown.</summary>
sealed record RuleType(string Name, string Path, string Key, string[] Needed, string[] Allowed, Fields Shown)
{
    public static readonly RuleType[] All =
    [
        new("minimum-bandwidth", "minimum_bandwidth_rules", "minimum_bandwidth_rule", ["direction", "min_kbps"], [],
            new Fields("direction id min_kbps name", [])),
        new("minimum-packet-rate", "minimum_packet_rate_rules", "minimum_packet_rate_rule", ["direction", "min_kpps"], [],
            new Fields("direction id min_kpps name", [])),
        new("dscp-marking", "dscp_marking_rules", "dscp_marking_rule", ["dscp_mark"], [], new Fields("dscp_mark id name", [])),
        new("bandwidth-limit", "bandwidth_limit_rules", "bandwidth_limit_rule", ["max_kbps"], ["direction", "max_burst_kbps"],
            new Fields("direction id max_burst_kbps max_kbps name", [])),
    ];

    public static RuleType? Of(string? name) => All.FirstOrDefault(type => type.Name == name?.Replace('_', '-'));

    /// <exception cref="CommandError">What was given does not make a rule of this type.</exception>
    public void Check(JsonObject body, bool isCreate)
    {
        if (isCreate && Needed.Any(key => !body.ContainsKey(key)))
            throw new CommandError($"\"Create\" rule command for type \"{Name}\" requires arguments: {string.Join(", ", Needed)}");
        string[] own = [.. Needed, .. Allowed];
        if (All.SelectMany(type => type.Needed).Except(own).Any(body.ContainsKey))
            throw new CommandError($"Rule type \"{Name}\" only requires arguments: {string.Join(", ", own.Order(StringComparer.Ordinal))}");
    }
}

/// <summary>Finds a policy's rule: the policy says of which type it is.</summary>
sealed class RuleArgument(Syntax syntax)
{
    private readonly Argument<string> _policy = syntax.Argument("<qos-policy>", "QoS policy that contains the rule (name or ID)");
    private readonly Argument<string> _rule = syntax.Argument("<rule-id>", "Network QoS rule (ID)");

    public string Id(Call call) => call[_rule];

    public async Task<(RuleType Type, string Path)> Find(Call call, string notFound, CancellationToken cancellation)
    {
        var policy = await call.Cloud.Find(Resources.QosPolicy, call[_policy], cancellation);
        var rule = policy.Items("rules").FirstOrDefault(rule => rule.Text("id") == call[_rule]);
        return RuleType.Of(rule.Text("type")) is { } type
            ? (type, $"/qos/policies/{policy.Id()}/{type.Path}/{Uri.EscapeDataString(call[_rule])}")
            : throw new CommandError(notFound);
    }
}

/// <summary>What a rule says.</summary>
sealed class RuleOptions(Syntax syntax)
{
    private readonly Form _form = new Form(syntax)
        .Number("--max-kbps", "<max-kbps>", "max_kbps", "Maximum bandwidth in kbps")
        .Number("--max-burst-kbits", "<max-burst-kbits>", "max_burst_kbps", "Maximum burst in kilobits; 0 for 80% of the bandwidth limit")
        .Number("--dscp-mark", "<dscp-mark>", "dscp_mark", "DSCP mark: 0 or an even number from 8 to 56 except 42, 44, 50, 52 and 54")
        .Number("--min-kbps", "<min-kbps>", "min_kbps", "Minimum guaranteed bandwidth in kbps")
        .Number("--min-kpps", "<min-kpps>", "min_kpps", "Minimum guaranteed packet rate in kpps")
        .Flag("--ingress", "direction", () => "ingress", "For what comes in to the project", "direction")
        .Flag("--egress", "direction", () => "egress", "For what goes out of the project", "direction")
        .Flag("--any", "direction", () => "any", "For both (minimum packet rate only)", "direction");

    public async Task<JsonObject> Read(Call call, RuleType type, bool isCreate, CancellationToken cancellation)
    {
        var body = await _form.Read(call, null, cancellation);
        if (body.Text("direction") == "any" && type.Name != "minimum-packet-rate")
            throw new CommandError("Direction \"any\" can only be used with minimum-packet-rate rule type");
        type.Check(body, isCreate);
        return body;
    }
}
