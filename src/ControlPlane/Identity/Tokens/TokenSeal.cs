using System.Buffers.Text;
using System.Security.Cryptography;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>
/// Turns a payload into the text that clients carry and back: AES-256-GCM under a random key of this cloud, so a token can
/// neither be read nor made nor changed outside. The key file holds one key a line, base64; the first seals, all open:
/// putting a new line on top rotates, dropping the last retires.
/// </summary>
internal sealed class TokenSeal
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;
    private const int MaxTextLength = 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Sealed in with the text, so that what was sealed for one purpose does not open for another.
    private static readonly byte[] ForToken = "token"u8.ToArray();
    private static readonly byte[] ForBlob = "blob"u8.ToArray();
    private static readonly byte[] ForReceipt = "receipt"u8.ToArray();

    private readonly IReadOnlyList<byte[]> _keys;

    private TokenSeal(IReadOnlyList<byte[]> keys) => _keys = keys;

    /// <summary>Reads the key file; makes it with one random key, mode 0600, where it is missing.</summary>
    public static TokenSeal Open(string path)
    {
        if (!File.Exists(path)) Create(path);
        var mode = File.GetUnixFileMode(path);
        if ((mode & ~OwnerOnly) != 0)
            throw new InvalidOperationException($"the key file {Path.GetFileName(path)} in the state folder is open to others; run chmod 600 on it");
        var keys = File.ReadLines(path).Where(l => l.Length > 0).Select(Convert.FromBase64String).ToList();
        if (keys.Count == 0 || keys.Any(k => k.Length != KeyBytes))
            throw new InvalidOperationException($"the key file {Path.GetFileName(path)} in the state folder must hold keys of {KeyBytes} bytes in base64, one a line");
        return new TokenSeal(keys);
    }

    private static void Create(string path)
    {
        using var file = File.Open(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        });
        using var writer = new StreamWriter(file);
        writer.Write(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        writer.Write('\n');
        writer.Flush();
        file.Flush(flushToDisk: true);
    }

    public string Seal(byte[] plain) => Seal(plain, ForToken);

    /// <summary>Seals what is kept in the database: nothing sealed so can ever pass for a token.</summary>
    public string SealBlob(byte[] plain) => Seal(plain, ForBlob);

    /// <summary>Seals what somebody has proved so far: it passes for no token.</summary>
    public string SealReceipt(byte[] plain) => Seal(plain, ForReceipt);

    private string Seal(byte[] plain, byte[] purpose)
    {
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_keys[0], TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), purpose);
        return Base64Url.EncodeToString(sealedBytes);
    }

    /// <summary>The bytes within, or null for whatever this cloud did not seal.</summary>
    public byte[]? Unseal(string text)
    {
        return text.Length > MaxTextLength ? null : Unseal(text, ForToken);
    }

    /// <summary>What <see cref="SealReceipt"/> sealed.</summary>
    public byte[]? UnsealReceipt(string text) => text.Length > MaxTextLength ? null : Unseal(text, ForReceipt);

    /// <summary>What <see cref="SealBlob"/> sealed.</summary>
    public byte[]? UnsealBlob(string text) => Unseal(text, ForBlob);

    private byte[]? Unseal(string text, byte[] purpose)
    {
        if (!Base64Url.IsValid(text)) return null;
        var bytes = Base64Url.DecodeFromChars(text);
        // One text per token: a padded or otherwise respelt one would get round a revocation list by text.
        if (bytes.Length <= NonceBytes + TagBytes || Base64Url.EncodeToString(bytes) != text) return null;
        foreach (var key in _keys)
            if (TryOpen(key, bytes, purpose, out var plain)) return plain;
        return null;
    }

    private static bool TryOpen(byte[] key, byte[] bytes, byte[] purpose, out byte[] plain)
    {
        plain = new byte[bytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes, plain.Length), bytes.AsSpan(NonceBytes + plain.Length), plain, purpose);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
