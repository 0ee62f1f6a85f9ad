using System.Collections.Concurrent;
using Cumulet.ControlPlane.Identity.Credentials;
using Cumulet.ControlPlane.Identity.Users;
using OtpNet;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>
/// One-time passcodes of a user's credentials of type <c>totp</c>: six digits that change every 30 seconds (RFC 6238, SHA-1), this one or
/// the one before. They are few, so of each user only so many are looked at in such a time: whoever has the password still cannot try
/// them out.
/// </summary>
internal sealed class Passcodes(IdentityParts parts, CredentialStore credentials)
{
    private const int Seconds = 30, MaxTries = 5;

    private static readonly VerificationWindow _thisOrTheLast = new(previous: 1, future: 0);
    private readonly ConcurrentDictionary<string, (long Period, int Count)> _tries = new(StringComparer.Ordinal);

    public bool IsRight(User user, string passcode)
    {
        var now = parts.Time.GetUtcNow();
        var period = now.ToUnixTimeSeconds() / Seconds;
        var tries = _tries.AddOrUpdate(user.Id, (period, 1), (_, known) => known.Period == period ? (period, known.Count + 1) : (period, 1));
        if (tries.Count > MaxTries) return false;
        var right = parts.Database.Read(tx => credentials.List(tx, user.Id, "totp")).Any(credential => IsOf(credential.Blob, passcode, now));
        if (right) _tries.TryRemove(user.Id, out _);
        return right;
    }

    private static bool IsOf(string secret, string passcode, DateTimeOffset now)
    {
        try
        {
            return new Totp(Base32Encoding.ToBytes(secret), Seconds).VerifyTotp(now.UtcDateTime, passcode, out _, _thisOrTheLast);
        }
        catch (ArgumentException)
        {
            return false; // The blob is anybody's text: this one is no secret in base32.
        }
    }
}
