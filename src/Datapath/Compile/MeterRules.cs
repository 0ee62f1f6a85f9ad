using System.Net;
using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Compile;

/// <summary>
/// Counters at a router's gateway, between the translations. A chain of each meter holds its rules, another nothing but the
/// counter: that one never changes, so that a change of rules, or of anything else, does not set it back.
/// </summary>
static class MeterRules
{
    const string Counter = "count-";

    public static void Add(NftTable table, string device, IReadOnlyList<PlannedMeter> meters)
    {
        if (meters.Count == 0)
            return;
        table.Chains["metered"] = new("type filter hook forward priority -10; policy accept;",
            [.. meters.Select(meter => $"jump meter-{meter.Id:D}").Order(StringComparer.Ordinal)]);
        foreach (var meter in meters)
        {
            table.Chains[$"{Counter}{meter.Id:D}"] = new("", ["counter"]);
            table.Chains[$"meter-{meter.Id:D}"] = new("", [.. Rules(meter, device)]);
        }
    }

    // What is excluded first; what is counted returns from there, so that it is counted once.
    static IEnumerable<string> Rules(PlannedMeter meter, string device) =>
        from rule in meter.Rules
        let text = $"{Match(rule, device)} {(rule.Excluded ? "return" : $"goto {Counter}{meter.Id:D}")}"
        orderby rule.Excluded ? 0 : 1, text
        select text;

    static string Match(MeterRule rule, string device)
    {
        List<string> parts = [rule.Direction == RuleDirection.Egress ? $"oifname \"{device}\"" : $"iifname \"{device}\""];
        foreach (var (side, prefix) in ((string, IPNetwork?)[])[("saddr", rule.Source), ("daddr", rule.Destination)])
            if (prefix is { } cidr)
                parts.Add(cidr.PrefixLength == 0 ? $"meta nfproto {(cidr.IsV6() ? "ipv6" : "ipv4")}"
                    : $"{(cidr.IsV6() ? "ip6" : "ip")} {side} {Prefixes.Text(cidr)}");
        return string.Join(' ', parts);
    }

    /// <summary>The meters in what <c>nft list table</c> says of a router.</summary>
    public static IEnumerable<(Guid Meter, long Packets, long Bytes)> Read(string listing)
    {
        var meter = Guid.Empty;
        foreach (var line in listing.Split('\n').Select(line => line.Trim()))
            if (line.StartsWith("chain ", StringComparison.Ordinal))
                meter = line.Split(' ')[1] is var name && name.StartsWith(Counter, StringComparison.Ordinal) ? Guid.Parse(name[Counter.Length..]) : Guid.Empty;
            else if (meter != Guid.Empty && line.Split(' ') is ["counter", "packets", var packets, "bytes", var bytes])
                yield return (meter, long.Parse(packets), long.Parse(bytes));
    }
}
