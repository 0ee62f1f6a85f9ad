using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Delegation;

/// <summary>One access rule as a user keeps it: with an id, to be used again.</summary>
internal sealed record KeptRule(string Id, AccessRule Rule);

/// <summary>A secret of a user's for a program: one project, some of his roles, perhaps only some requests.</summary>
internal sealed record ApplicationCredential
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string UserId { get; init; }
    public required string ProjectId { get; init; }
    public string? Description { get; init; }
    public required string SecretHash { get; init; }
    public bool Unrestricted { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public required IReadOnlyList<string> RoleIds { get; init; }
    /// <summary>Null: no rules were given, so everything the roles allow.</summary>
    public IReadOnlyList<KeptRule>? Rules { get; init; }
}
