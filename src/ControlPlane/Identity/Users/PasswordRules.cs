namespace Cumulet.ControlPlane.Identity.Users;

/// <summary>
/// The rules for passwords and log-ins, as Keystone's [security_compliance]; null switches one off, as it is there.
/// </summary>
public sealed record PasswordRules
{
    /// <summary>Wrong passwords in a row after which an account is locked.</summary>
    public int? LockoutFailureAttempts { get; init; }
    public TimeSpan LockoutDuration { get; init; } = TimeSpan.FromMinutes(30);
    /// <summary>How many of a user's passwords in a row must differ, the new one included.</summary>
    public int? UniqueLastPasswordCount { get; init; }
    /// <summary>Days after which a password must be changed.</summary>
    public int? PasswordExpiresDays { get; init; }
    /// <summary>Days before which a user may not change it again.</summary>
    public int? MinimumPasswordAgeDays { get; init; }
    /// <summary>A regular expression that a new password must match.</summary>
    public string? PasswordRegex { get; init; }
    /// <summary>The same for people: what the refusal says.</summary>
    public string? PasswordRegexDescription { get; init; }
    /// <summary>A password that an administrator set must be changed at the first log-in.</summary>
    public bool ChangePasswordUponFirstUse { get; init; }
}
