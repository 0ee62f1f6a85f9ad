using Cumulet.ControlPlane.Networking.Qos;
using Cumulet.ControlPlane.Store;
using Cumulet.Datapath;

namespace Cumulet.ControlPlane.Networking.Plan;

/// <summary>What the rules of each policy mean to the datapath.</summary>
internal sealed class PolicyQualities(Tx tx)
{
    // As Neutron's own default: what is left of a second's rate for a burst that nobody named, so that TCP gets its rate.
    private const double DefaultBurst = 0.8;
    private const int BytesPerKbit = 125;
    private const int MinBurstBytes = 20_000;

    private readonly Dictionary<string, Quality> _qualities = tx.Query(Sql.Raw(QosStore.RuleColumns), QosStore.ReadRule)
        .GroupBy(r => r.PolicyId).ToDictionary(g => g.Key, g => Quality([.. g]));

    public Quality Of(string? policyId) => policyId is null ? Datapath.Quality.None : _qualities.GetValueOrDefault(policyId, Datapath.Quality.None);

    private static Quality Quality(IReadOnlyList<QosRuleRecord> rules) => new(
        [.. rules.Where(r => r.Kind is "bandwidth_limit" or "packet_rate_limit" && r.Amount > 0)
            .OrderBy(r => r.Kind, StringComparer.Ordinal).ThenBy(r => r.Direction, StringComparer.Ordinal).Select(Limit)],
        rules.FirstOrDefault(r => r.Kind == "dscp_marking")?.Amount);

    private static RateLimit Limit(QosRuleRecord rule)
    {
        var isBytes = rule.Kind == "bandwidth_limit";
        long unit = isBytes ? BytesPerKbit : 1000;
        var rate = rule.Amount * unit;
        var burst = rule.Burst > 0 ? rule.Burst.Value * unit : (long)(rate * DefaultBurst);
        return new RateLimit(rule.Direction == "ingress" ? RuleDirection.Ingress : RuleDirection.Egress, isBytes ? RateUnit.Bytes : RateUnit.Packets,
            rate, isBytes ? Math.Clamp(burst, MinBurstBytes, uint.MaxValue) : Math.Clamp(burst, 1, uint.MaxValue));
    }
}
