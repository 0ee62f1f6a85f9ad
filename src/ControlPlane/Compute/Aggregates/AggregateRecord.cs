using Cumulet.ControlPlane.Compute.AvailabilityZones;

namespace Cumulet.ControlPlane.Compute.Aggregates;

/// <summary>A named set of hosts with metadata.</summary>
internal sealed record AggregateRecord(long Number, string Uuid, string Name, DateTimeOffset CreatedAt, DateTimeOffset? UpdatedAt)
{
    public IReadOnlyList<string> Hosts { get; init; } = [];
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public string? Zone => Metadata.GetValueOrDefault(Zones.Key);
}
