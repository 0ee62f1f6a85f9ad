using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cumulet.Disks.Encryption;

// .NET has the block cipher and not the mode. Only the few hundred KiB of a new header go through here; a disk's data is
// QEMU's work. Rule: IEEE 1619; "plain64" makes the sector's number, little-endian, the tweak.

/// <summary>AES in XTS mode with plain64 sector numbers.</summary>
internal static class Xts
{
    public const int Sector = 512;
    private const int Block = 16;

    /// <summary>Encrypts whole blocks in place; the first byte belongs to sector 0.</summary>
    /// <param name="key">Both halves: data, then tweak.</param>
    public static void Encrypt(ReadOnlySpan<byte> key, Span<byte> data)
    {
        using var cipher = Aes.Create();
        using var tweaks = Aes.Create();
        cipher.SetKey(key[..(key.Length / 2)]);
        tweaks.SetKey(key[(key.Length / 2)..]);
        Span<byte> tweak = stackalloc byte[Block];
        for (var at = 0; at < data.Length; at += Sector)
        {
            tweak.Clear();
            BinaryPrimitives.WriteInt64LittleEndian(tweak, at / Sector);
            tweaks.EncryptEcb(tweak, tweak, PaddingMode.None);
            EncryptSector(cipher, tweak, data.Slice(at, Math.Min(Sector, data.Length - at)));
        }
    }

    private static void EncryptSector(Aes cipher, Span<byte> tweak, Span<byte> sector)
    {
        Span<byte> mask = stackalloc byte[Sector];
        for (var at = 0; at < sector.Length; at += Block)
        {
            tweak.CopyTo(mask[at..]);
            Double(tweak);
        }

        Mix(sector, mask);
        cipher.EncryptEcb(sector, sector, PaddingMode.None);
        Mix(sector, mask);
    }

    private static void Mix(Span<byte> data, ReadOnlySpan<byte> mask)
    {
        for (var i = 0; i < data.Length; i++)
        {
            data[i] ^= mask[i];
        }
    }

    // Times x in GF(2^128), little-endian.
    private static void Double(Span<byte> tweak)
    {
        var (low, high) = (BinaryPrimitives.ReadUInt64LittleEndian(tweak), BinaryPrimitives.ReadUInt64LittleEndian(tweak[8..]));
        var carry = (high >> 63) * 0x87;
        BinaryPrimitives.WriteUInt64LittleEndian(tweak[8..], (high << 1) | (low >> 63));
        BinaryPrimitives.WriteUInt64LittleEndian(tweak, (low << 1) ^ carry);
    }
}
