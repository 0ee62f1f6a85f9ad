using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Users;

/// <summary>Setting a password: the rules it must keep, and the end of every token made with the old one.</summary>
internal sealed class PasswordChange(IdentityParts parts)
{
    private PasswordRules Rules => parts.Rules;

    /// <summary>Length and pattern; 400 with what a good one looks like, never with the password.</summary>
    public void CheckForm(string password)
    {
        if (password.Length == 0) throw Fault.BadRequest("Password validation error: a password has one character at least.");
        if (password.Length > PasswordHash.MaxLength)
            throw Fault.Forbidden($"The password length must be less than or equal to {PasswordHash.MaxLength}. The server could not comply with the request because the password is invalid.");
        if (Rules.PasswordRegex is { } pattern && !Regex.IsMatch(password, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
            throw Fault.BadRequest($"The password does not match the requirements: {Rules.PasswordRegexDescription ?? pattern}.");
    }

    /// <summary>A password may not come back too soon. Hashes are compared one by one, so the history is kept short.</summary>
    public async Task CheckHistory(string userId, string password, CancellationToken cancel)
    {
        if (Rules.UniqueLastPasswordCount is not { } count || count < 1) return;
        foreach (var old in parts.Database.Read(tx => UserStore.PasswordHistory(tx, userId, count)))
            if (await parts.Passwords.IsRight(password, old, cancel))
                throw Fault.BadRequest(
                    $"The new password cannot be identical to a previous password. The total number which includes the new password must be unique is {count}.");
    }

    public void CheckAge(Tx tx, string userId)
    {
        if (Rules.MinimumPasswordAgeDays is not { } days || UserStore.LastPassword(tx, userId) is not { SelfService: true } last) return;
        var left = last.At.AddDays(days) - parts.Time.GetUtcNow();
        if (left > TimeSpan.Zero)
            throw Fault.BadRequest($"You cannot change your password at this time due to the minimum password age. Once you change your password, it must be used for {days} day(s) before it can be changed. Please try again in {Math.Ceiling(left.TotalDays)} day(s) or contact your administrator to reset your password.");
    }

    public void Set(Tx tx, User user, string hash, bool selfService)
    {
        var now = parts.Time.GetUtcNow();
        UserStore.SetPassword(tx, user.Id, hash, now, Expiry(user, now, selfService), selfService);
        UserStore.ForgetOldPasswords(tx, user.Id, Math.Max(1, Rules.UniqueLastPasswordCount ?? 1));
        UserStore.ForgetFailures(tx, user.Id);
        Revocations.Add(tx, Revocations.ByUser, user.Id, now);
    }

    public DateTimeOffset? Expiry(User user, DateTimeOffset now, bool selfService)
    {
        if (!selfService && Rules.ChangePasswordUponFirstUse && !ResourceOptions.IsOn(user.Options, "ignore_change_password_upon_first_use"))
            return now;
        if (ResourceOptions.IsOn(user.Options, "ignore_password_expiry")) return null;
        return Rules.PasswordExpiresDays is { } days ? now.AddDays(days) : null;
    }
}
