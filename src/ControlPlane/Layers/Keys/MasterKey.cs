using System.Security.Cryptography;
using System.Text;
using Cumulet.Disks.Local;

namespace Cumulet.ControlPlane.Layers.Keys;

/// <summary>The key of an encrypted layer cannot be had; the message says what to mend and holds no secret.</summary>
public sealed class KeyLostException(string message) : Exception(message);

/// <summary>
/// What keys of layers are wrapped with: AES-256-GCM under a random key of this cloud, in a file of the state folder that only
/// its owner reads. The file holds one key a line, base64; the first wraps, all unwrap.
/// </summary>
internal sealed class MasterKey
{
    public const string FileName = "volume-keys";

    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly IReadOnlyList<byte[]> _keys;

    private MasterKey(IReadOnlyList<byte[]> keys) => _keys = keys;

    /// <summary>Reads the file; makes it with one random key, mode 0600, where it is missing and nothing was wrapped yet.</summary>
    /// <param name="needed">Keys are wrapped already: a new file would open none of them.</param>
    public static MasterKey Open(string path, bool needed)
    {
        if (!File.Exists(path))
        {
            if (needed) return new MasterKey([]);
            Create(path);
        }
        if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
            throw new InvalidOperationException($"the key file {FileName} in the state folder is open to others; run chmod 600 on it");
        var keys = File.ReadLines(path).Where(l => l.Length > 0).Select(Convert.FromBase64String).ToList();
        if (keys.Count == 0 || keys.Any(k => k.Length != KeyBytes))
            throw new InvalidOperationException($"the key file {FileName} in the state folder must hold keys of {KeyBytes} bytes in base64, one a line");
        return new MasterKey(keys);
    }

    // Whole and durable before a key that needs it is: a name that is there is a file that can be read.
    private static void Create(string path)
    {
        var staged = path + ".new";
        File.Delete(staged);
        using (var file = File.Open(staged, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(staged, path);
        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <param name="id">The wrapped key's id: what was wrapped for one does not open for another.</param>
    public string Wrap(string id, ReadOnlySpan<byte> secret)
    {
        if (_keys is not [var key, ..]) throw Missing();
        var text = new byte[NonceBytes + secret.Length + TagBytes];
        RandomNumberGenerator.Fill(text.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(text.AsSpan(0, NonceBytes), secret, text.AsSpan(NonceBytes, secret.Length), text.AsSpan(NonceBytes + secret.Length), Purpose(id));
        return Convert.ToBase64String(text);
    }

    public byte[] Unwrap(string id, string wrapped)
    {
        if (_keys.Count == 0) throw Missing();
        var text = new byte[wrapped.Length];
        if (!Convert.TryFromBase64String(wrapped, text, out var length) || length < NonceBytes + TagBytes)
            throw new KeyLostException($"the row of the encryption key {id} is damaged; bring the database back from a copy");
        text = text[..length];
        var secret = new byte[length - NonceBytes - TagBytes];
        foreach (var key in _keys)
        {
            try
            {
                using var cipher = new AesGcm(key, TagBytes);
                cipher.Decrypt(text.AsSpan(0, NonceBytes), text.AsSpan(NonceBytes, secret.Length), text.AsSpan(NonceBytes + secret.Length), secret, Purpose(id));
                return secret;
            }
            catch (AuthenticationTagMismatchException)
            {
                // Perhaps an older key of the file.
            }
        }
        throw new KeyLostException($"the encryption key {id} does not open with the file {FileName} in the state folder; bring back the file it was made with");
    }

    private static KeyLostException Missing() =>
        new($"the file {FileName} is missing from the state folder, and without it no encrypted volume can be opened; bring it back from a copy");

    private static byte[] Purpose(string id) => Encoding.UTF8.GetBytes($"volume key {id}");
}
