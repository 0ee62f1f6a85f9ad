using System.Globalization;

namespace Cumulet.Datapath.Compile;

/// <summary>
/// Quality of service as rules: over the rate, packets are dropped where they enter (policing, no queue), and what is sent
/// gets its mark.
/// </summary>
static class QualityRules
{
    public static IEnumerable<string> Drops(Quality quality, RuleDirection direction) =>
        quality.Limits.Where(limit => limit.Direction == direction).Select(Drop);

    static string Drop(RateLimit limit)
    {
        var (rate, burst) = limit.Unit == RateUnit.Bytes ? (" bytes", "bytes") : ("", "packets");
        return string.Create(CultureInfo.InvariantCulture, $"limit rate over {limit.PerSecond}{rate}/second burst {limit.Burst} {burst} drop");
    }

    /// <summary>Sets the mark of what is sent, in both IP versions.</summary>
    public static IEnumerable<string> Marks(Quality quality) => quality.Dscp is { } mark
        ? [string.Create(CultureInfo.InvariantCulture, $"ip dscp set {mark}"), string.Create(CultureInfo.InvariantCulture, $"ip6 dscp set {mark}")]
        : [];
}
