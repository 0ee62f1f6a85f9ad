using System.Globalization;
using System.Text.RegularExpressions;

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

    /// <summary>These rules with one set, by the name that keystone.conf has for it.</summary>
    /// <exception cref="FormatException">There is no such rule, or the value is none for it; the message says what is.</exception>
    public PasswordRules With(string name, string value) => name switch
    {
        "lockout_failure_attempts" => this with { LockoutFailureAttempts = Whole(name, value) },
        "lockout_duration" => this with { LockoutDuration = TimeSpan.FromSeconds(Whole(name, value)) },
        "unique_last_password_count" => this with { UniqueLastPasswordCount = Whole(name, value) },
        "password_expires_days" => this with { PasswordExpiresDays = Whole(name, value) },
        "minimum_password_age" => this with { MinimumPasswordAgeDays = Whole(name, value) },
        "password_regex" => this with { PasswordRegex = Pattern(name, value) },
        "password_regex_description" => this with { PasswordRegexDescription = value },
        "change_password_upon_first_use" => this with { ChangePasswordUponFirstUse = bool.TryParse(value, out var on) ? on : throw new FormatException($"{name}={value}: it is true or false") },
        _ => throw new FormatException($"there is no rule '{name}'; there are lockout_failure_attempts, lockout_duration, unique_last_password_count, "
            + "password_expires_days, minimum_password_age, password_regex, password_regex_description, change_password_upon_first_use"),
    };

    private static int Whole(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{name}={value}: it is a whole number above 0");

    private static string Pattern(string name, string value)
    {
        try
        {
            _ = new Regex(value);
            return value;
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException($"{name}={value}: {wrong.Message}");
        }
    }
}
