namespace Cumulet.ControlPlane.Networking.Qos;

internal sealed record QosPolicyRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    /// <summary>New networks of the project take it.</summary>
    public bool IsDefault { get; init; }
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public bool Shared { get; init; }
    public IReadOnlyList<QosRuleRecord> Rules { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <param name="Amount">The rate, or the DSCP mark.</param>
internal sealed record QosRuleRecord(string Id, string PolicyId, string Kind, int Amount, int? Burst, string? Direction)
{
    /// <summary>Of the policy: it decides who may see and change the rule.</summary>
    public string OwnerId { get; init; } = "";
}
