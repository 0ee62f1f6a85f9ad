namespace Cumulet.ControlPlane.Identity.Users;

/// <summary>A user's row, with what of the password row others need to know.</summary>
internal sealed record User
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string DomainId { get; init; }
    public string? DefaultProjectId { get; init; }
    public bool Enabled { get; init; } = true;
    /// <summary>A JSON object: <c>lock_password</c>, <c>ignore_password_expiry</c> …</summary>
    public string Options { get; init; } = "{}";
    /// <summary>A JSON object of the members that clients add freely: <c>email</c>, <c>description</c>.</summary>
    public string Extra { get; init; } = "{}";
    public DateTimeOffset CreatedAt { get; init; }
    public int FailedAttempts { get; init; }
    public DateTimeOffset? FailedAt { get; init; }
    public string? PasswordHash { get; init; }
    public DateTimeOffset? PasswordExpiresAt { get; init; }
}
