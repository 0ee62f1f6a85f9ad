using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Users;

/// <summary>
/// Proving a password. Unknown user, wrong password, locked, disabled and expired are the same 401 after the same work:
/// one slow hash, always.
/// </summary>
internal sealed class Login(IdentityParts parts)
{
    /// <param name="user">Null where there is none of that name: the answer and its time do not say so.</param>
    /// <param name="allowExpired">For the change of an expired password.</param>
    public async Task<User> Prove(User? user, string secret, bool allowExpired, CancellationToken cancel)
    {
        var now = parts.Time.GetUtcNow();
        var right = await parts.Passwords.IsRight(secret, user?.PasswordHash, cancel);
        if (user is null) throw Fault.Unauthorized();
        var locked = IsLocked(user, now);
        if (!right && !locked && Counts(user)) await parts.Database.Write(tx => Count(tx, user, now));
        if (!right || locked || !user.Enabled) throw Fault.Unauthorized();
        if (!allowExpired && user.PasswordExpiresAt <= now) throw Fault.Unauthorized();
        if (user.FailedAttempts > 0) await parts.Database.Write(tx => UserStore.ForgetFailures(tx, user.Id));
        return user;
    }

    private bool Counts(User user) =>
        parts.Rules.LockoutFailureAttempts is not null && !ResourceOptions.IsOn(user.Options, "ignore_lockout_failure_attempts");

    // A lock that has run out starts the count anew.
    private void Count(Tx tx, User user, DateTimeOffset now)
    {
        if (user.FailedAt is { } at && user.FailedAttempts >= parts.Rules.LockoutFailureAttempts && at + parts.Rules.LockoutDuration <= now)
            UserStore.ForgetFailures(tx, user.Id);
        UserStore.CountFailure(tx, user.Id, now);
    }

    private bool IsLocked(User user, DateTimeOffset now) =>
        Counts(user) && user.FailedAttempts >= parts.Rules.LockoutFailureAttempts
        && user.FailedAt is { } at && at + parts.Rules.LockoutDuration > now;
}
