using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Cumulet.ControlPlane.Identity.Users;

/// <summary>
/// Slow hashes for passwords and application credential secrets: bcrypt over SHA-384 of the text, so that nothing beyond
/// bcrypt's 72 bytes is cut off. At most as many hashes run at once as half the processors can bear; the rest wait.
/// A text that was right once is remembered for an hour under a key that lives in this process only, since services log
/// in again and again; nothing fast is ever stored. An unknown user costs one hash like a wrong password.
/// </summary>
internal sealed class PasswordHash(int cost, TimeProvider time)
{
    /// <summary>Characters; longer ones never reach the hash.</summary>
    public const int MaxLength = 4096;
    private const int MaxRemembered = 4096;
    private static readonly TimeSpan RememberFor = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly byte[] _memoryKey = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _remembered = new(StringComparer.Ordinal);
    private readonly Lazy<string> _decoy = new(() => BCrypt.Net.BCrypt.EnhancedHashPassword("no such user", cost));

    /// <summary>Before anybody can log in there are no turns to wait for.</summary>
    public Task<string> MakeAtStart(string text) => Task.Run(() => BCrypt.Net.BCrypt.EnhancedHashPassword(text, cost));

    public async Task<string> Make(string text, CancellationToken cancel)
    {
        await _turns.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => BCrypt.Net.BCrypt.EnhancedHashPassword(text, cost), cancel);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <param name="hash">Null for a user who is not there or has no password: takes as long and is never right.</param>
    public async Task<bool> IsRight(string text, string? hash, CancellationToken cancel)
    {
        if (text.Length is 0 or > MaxLength) return false;
        var memory = hash is null ? null : Remembered(text, hash);
        if (memory is not null && _remembered.TryGetValue(memory, out var until) && until > time.GetUtcNow()) return true;
        await _turns.WaitAsync(cancel);
        try
        {
            var right = await Task.Run(() => BCrypt.Net.BCrypt.EnhancedVerify(text, hash ?? _decoy.Value), cancel);
            if (!right || memory is null) return false;
            if (_remembered.Count >= MaxRemembered) _remembered.Clear();
            _remembered[memory] = time.GetUtcNow() + RememberFor;
            return true;
        }
        finally
        {
            _turns.Release();
        }
    }

    private string Remembered(string text, string hash) =>
        Convert.ToBase64String(HMACSHA256.HashData(_memoryKey, Encoding.UTF8.GetBytes(hash + "\0" + text)));
}
