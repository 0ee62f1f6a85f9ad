using System.Globalization;

namespace Cumulet.Disks.Encryption;

/// <summary>
/// What opens an encrypted layer: a passphrase that was drawn at random with full strength, and the cipher of layers made
/// with it. The data is encrypted with a key of each layer's own, which lies in the layer's LUKS header under this one.
/// </summary>
public sealed class LayerKey
{
    private static readonly int[] _bits = [256, 512];

    private LayerKey(string passphrase, int keyBytes) => (Passphrase, KeyBytes) = (passphrase, keyBytes);

    /// <summary>Bytes of random that a key is made of.</summary>
    public const int SecretBytes = 32;

    /// <summary>The one cipher of layers, as cryptsetup names it.</summary>
    public const string Cipher = "aes-xts-plain64";

    /// <summary>Sizes of the cipher's key that there are, in bits: XTS halves them.</summary>
    public static IReadOnlyList<int> Sizes => _bits;

    /// <param name="secret">Random bytes.</param>
    /// <param name="bits">One of <see cref="Sizes"/>.</param>
    public static LayerKey Of(ReadOnlySpan<byte> secret, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, SecretBytes);
        if (!_bits.Contains(bits))
        {
            throw new ArgumentOutOfRangeException(nameof(bits), bits, string.Create(CultureInfo.InvariantCulture, $"use {_bits[0]} or {_bits[1]}"));
        }

        // As Nova makes a passphrase of a key: text, because QEMU takes nothing but UTF-8.
        return new(Convert.ToHexStringLower(secret), bits / 8);
    }

    /// <summary>The passphrase as text. For QEMU and its tools only, never for a log, an argument or an error.</summary>
    public string Passphrase { get; }

    internal int KeyBytes { get; }

    /// <summary>Says nothing: whatever prints a disk must not print its key.</summary>
    public override string ToString() => "a key";
}
