namespace Cumulet.ControlPlane.Networking.Qos;

/// <summary>
/// What a rule can say. A kind that the datapath cannot keep may be written into policies, as with the real service, but a
/// policy with such a rule is given to no port, network or floating IP.
/// </summary>
internal sealed record QosRuleKind(string Name, string Amount, string? Burst, IReadOnlyList<string> Directions, bool IsKept)
{
    private static readonly string[] TwoWays = ["egress", "ingress"];

    public static readonly IReadOnlyList<QosRuleKind> All =
    [
        new("bandwidth_limit", "max_kbps", "max_burst_kbps", TwoWays, true),
        new("packet_rate_limit", "max_kpps", "max_burst_kpps", TwoWays, true),
        new("dscp_marking", "dscp_mark", null, [], true),
        new("minimum_bandwidth", "min_kbps", null, TwoWays, false),
        new("minimum_packet_rate", "min_kpps", null, ["any", .. TwoWays], false),
    ];

    /// <summary>The code points that have a name.</summary>
    public static readonly IReadOnlyList<int> Marks = [0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 46, 48, 56];

    public string RuleName => $"{Name}_rule";

    public static QosRuleKind Of(string name) => All.First(k => k.Name == name);
}
