using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cumulet.Disks.Encryption;

// A LUKS version 1 header, written here because qemu-img measures the host for seconds to choose how often a passphrase is
// hashed. That slows down who guesses passphrases; ours are 256 random bits, which nobody guesses, so the least that QEMU
// takes is enough, and opening a chain of sixteen layers stays a matter of milliseconds.
//
//     0        the header proper, 592 bytes
//     4096     key slot 0: the data key, split into 4,000 stripes, encrypted with what the passphrase becomes
//     …        key slots 1 to 7, unused: a hole in the file
//     payload  where data begins in a bare LUKS disk; inside qcow2 only the length of all this
//
// Rule: LUKS On-Disk Format Specification 1.2.3; the places are those that QEMU chooses.

/// <summary>Makes the header that holds a new layer's data key under a passphrase.</summary>
internal sealed class LuksHeader
{
    private const int Stripes = 4000;
    private const int Slots = 8;
    private const int Iterations = 1000;
    private const int Page = 4096;
    private const int Salt = 32;
    private const int DigestBytes = 20;
    private const uint Active = 0x00AC71F3;
    private const uint Inactive = 0x0000DEAD;

    private LuksHeader(int length, byte[] front) => (Length, Front) = (length, front);

    /// <summary>Bytes of the whole header.</summary>
    public int Length { get; }

    /// <summary>What of it is not zero.</summary>
    public byte[] Front { get; }

    /// <summary>A new header with a new data key, which is in nothing else.</summary>
    public static LuksHeader Make(LayerKey key)
    {
        var slot = (key.KeyBytes * Stripes + Page - 1) / Page * Page;
        var length = Page + (Slots * slot);
        var front = new byte[Page + slot];
        Span<byte> dataKey = stackalloc byte[key.KeyBytes];
        try
        {
            RandomNumberGenerator.Fill(dataKey);
            WriteProper(front, dataKey, length);
            for (var i = 0; i < Slots; i++)
            {
                WriteSlot(front.AsSpan(208 + (48 * i)), i == 0, (Page + (i * slot)) / Xts.Sector);
            }

            var material = front.AsSpan(Page, key.KeyBytes * Stripes);
            Split(dataKey, material);
            EncryptSlot(key, front.AsSpan(208 + 8, Salt), material);
            return new(length, front);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    private static void WriteProper(Span<byte> header, ReadOnlySpan<byte> dataKey, int length)
    {
        ((ReadOnlySpan<byte>)[0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE]).CopyTo(header); // "LUKS" and two bytes
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], 1);
        "aes"u8.CopyTo(header[8..]);
        "xts-plain64"u8.CopyTo(header[40..]);
        "sha256"u8.CopyTo(header[72..]);
        BinaryPrimitives.WriteUInt32BigEndian(header[104..], (uint)(length / Xts.Sector));
        BinaryPrimitives.WriteUInt32BigEndian(header[108..], (uint)dataKey.Length);
        var salt = header.Slice(132, Salt);
        RandomNumberGenerator.Fill(salt);
        Rfc2898DeriveBytes.Pbkdf2(dataKey, salt, header.Slice(112, DigestBytes), Iterations, HashAlgorithmName.SHA256);
        BinaryPrimitives.WriteUInt32BigEndian(header[164..], Iterations);
        Encoding.ASCII.GetBytes(Guid.NewGuid().ToString()).CopyTo(header[168..]);
    }

    private static void WriteSlot(Span<byte> slot, bool active, int sector)
    {
        BinaryPrimitives.WriteUInt32BigEndian(slot, active ? Active : Inactive);
        if (active)
        {
            BinaryPrimitives.WriteUInt32BigEndian(slot[4..], Iterations);
            RandomNumberGenerator.Fill(slot.Slice(8, Salt));
        }

        BinaryPrimitives.WriteUInt32BigEndian(slot[40..], (uint)sector);
        BinaryPrimitives.WriteUInt32BigEndian(slot[44..], Stripes);
    }

    private static void EncryptSlot(LayerKey key, ReadOnlySpan<byte> salt, Span<byte> material)
    {
        Span<byte> slotKey = stackalloc byte[key.KeyBytes];
        Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(key.Passphrase), salt, slotKey, Iterations, HashAlgorithmName.SHA256);
        Xts.Encrypt(slotKey, material);
        CryptographicOperations.ZeroMemory(slotKey);
    }

    // All stripes but the last are random; only all of them together give the key.
    private static void Split(ReadOnlySpan<byte> key, Span<byte> stripes)
    {
        Span<byte> sum = stackalloc byte[key.Length];
        sum.Clear();
        RandomNumberGenerator.Fill(stripes[..^key.Length]);
        for (var at = 0; at < stripes.Length - key.Length; at += key.Length)
        {
            Mix(sum, stripes.Slice(at, key.Length));
            Diffuse(sum);
        }

        var last = stripes[^key.Length..];
        sum.CopyTo(last);
        Mix(last, key);
        CryptographicOperations.ZeroMemory(sum);
    }

    private static void Mix(Span<byte> into, ReadOnlySpan<byte> what)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] ^= what[i];
        }
    }

    // Key sizes are whole hashes: no rest to be cut.
    private static void Diffuse(Span<byte> block)
    {
        Span<byte> input = stackalloc byte[4 + SHA256.HashSizeInBytes];
        for (var i = 0; i * SHA256.HashSizeInBytes < block.Length; i++)
        {
            var part = block.Slice(i * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);
            BinaryPrimitives.WriteInt32BigEndian(input, i);
            part.CopyTo(input[4..]);
            SHA256.HashData(input, part);
        }
    }
}
