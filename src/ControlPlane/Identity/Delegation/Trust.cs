namespace Cumulet.ControlPlane.Identity.Delegation;

/// <summary>A user lets another one act on a project with some of his roles.</summary>
internal sealed record Trust
{
    public required string Id { get; init; }
    public required string TrustorUserId { get; init; }
    public required string TrusteeUserId { get; init; }
    public string? ProjectId { get; init; }
    /// <summary>The token then speaks as the trustor.</summary>
    public bool Impersonation { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>How many tokens more; null: any number.</summary>
    public long? RemainingUses { get; init; }
    public IReadOnlyList<string> RoleIds { get; init; } = [];
}
