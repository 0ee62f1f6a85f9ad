using System.Buffers.Binary;
using System.Text;
using Cumulet.Disks.Encryption;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Disks.Qcow2;

// A new qcow2 image is a header, one refcount table with one block, and an L1 table of zeros. Written here instead of by
// qemu-img, because starting a process costs twenty times as much as the three small writes, and a volume is to be made
// in the time of one fsync. Layout, in clusters of 128 KiB:
//
//     0        header, extensions, backing file name
//     1        refcount table: its first entry points to cluster 2
//     2        refcount block, 65,536 counts of 16 bits: 1 for each cluster used here
//     3 …      of an encrypted image: its LUKS header, mostly a hole in the file
//     …        L1 table: one entry per GiB of virtual size (8,192 extended L2 entries of 128 KiB), a hole in the file
//
// Rule: docs/interop/qcow2.txt of QEMU.

/// <summary>Writes an empty qcow2 version 3 image with 128 KiB clusters and extended L2 entries (32 sub-clusters of 4 KiB).</summary>
public static class Qcow2Overlay
{
    /// <summary>The largest virtual size in bytes that QEMU opens with this geometry (an L1 table of 32 MiB): 4 PiB.</summary>
    public const long MaxVirtualSize = 1L << 52;

    private const int ClusterBits = 17;
    private const int ClusterSize = 1 << ClusterBits;
    private const long BytesPerL1Entry = (long)(ClusterSize / 16) << ClusterBits;
    private const int HeaderLength = 112;
    private const int FirstFreeCluster = 3;
    private const ulong ExtendedL2 = 1 << 4;
    private const uint BackingFormatExtension = 0xE2792ACA;
    private const uint EncryptionExtension = 0x0537BE77;
    private const uint LuksMethod = 2;
    private const int MaxBackingName = 1023;

    /// <summary>
    /// Writes the image into an empty file; the caller makes it durable. The size is rounded up to whole sectors of 512
    /// bytes, as QEMU does. The backing name is a note for people who repair by hand: guests get their chain explicitly.
    /// </summary>
    /// <param name="key">With it what is written to the image is encrypted.</param>
    public static void Write(SafeFileHandle file, long virtualSize, string? backingFile, DiskFormat? backingFormat, LayerKey? key)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(virtualSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(virtualSize, MaxVirtualSize);
        var size = (virtualSize + 511) & ~511L;
        var l1Entries = Math.Max(1, (size + BytesPerL1Entry - 1) / BytesPerL1Entry);
        var l1Clusters = ((l1Entries * 8) + ClusterSize - 1) >> ClusterBits;
        var luks = key is null ? null : LuksHeader.Make(key);
        var firstL1 = FirstFreeCluster + (((luks?.Length ?? 0) + ClusterSize - 1) >> ClusterBits);
        var clusters = firstL1 + l1Clusters;

        RandomAccess.SetLength(file, clusters << ClusterBits);
        RandomAccess.Write(file, Header(size, (uint)l1Entries, firstL1, backingFile, backingFormat, luks), 0);
        Span<byte> tableEntry = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(tableEntry, 2UL << ClusterBits);
        RandomAccess.Write(file, tableEntry, 1L << ClusterBits);
        var counts = new byte[clusters * 2];
        for (var i = 0; i < clusters; i++)
        {
            counts[(2 * i) + 1] = 1;
        }

        RandomAccess.Write(file, counts, 2L << ClusterBits);
        if (luks is not null)
        {
            RandomAccess.Write(file, luks.Front, (long)FirstFreeCluster << ClusterBits);
        }
    }

    private static byte[] Header(long size, uint l1Entries, int firstL1, string? backingFile, DiskFormat? backingFormat, LuksHeader? luks)
    {
        var name = Encoding.UTF8.GetBytes(backingFile ?? "");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, MaxBackingName, nameof(backingFile));
        var header = new byte[4096];
        var extensionsEnd = WriteExtensions(header, backingFormat, luks);
        Word(0, 0x514649FB);
        Word(4, 3);
        Long(8, name.Length == 0 ? 0 : (ulong)extensionsEnd);
        Word(16, (uint)name.Length);
        Word(20, ClusterBits);
        Long(24, (ulong)size);
        Word(32, luks is null ? 0 : LuksMethod);
        Word(36, l1Entries);
        Long(40, (ulong)firstL1 << ClusterBits);
        Long(48, 1UL << ClusterBits);
        Word(56, 1);
        Long(72, ExtendedL2);
        Word(96, 4); // refcounts of 2^4 bits
        Word(100, HeaderLength);
        name.CopyTo(header, extensionsEnd);
        return header;

        void Word(int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(at), value);
        void Long(int at, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(at), value);
    }

    private static int WriteExtensions(Span<byte> header, DiskFormat? backingFormat, LuksHeader? luks)
    {
        var at = HeaderLength;
        if (luks is not null)
        {
            BinaryPrimitives.WriteUInt32BigEndian(header[at..], EncryptionExtension);
            BinaryPrimitives.WriteUInt32BigEndian(header[(at + 4)..], 16);
            BinaryPrimitives.WriteInt64BigEndian(header[(at + 8)..], (long)FirstFreeCluster << ClusterBits);
            BinaryPrimitives.WriteInt64BigEndian(header[(at + 16)..], luks.Length);
            at += 24;
        }

        if (backingFormat is { } format)
        {
            var name = Encoding.ASCII.GetBytes(format.QemuDriver());
            BinaryPrimitives.WriteUInt32BigEndian(header[at..], BackingFormatExtension);
            BinaryPrimitives.WriteUInt32BigEndian(header[(at + 4)..], (uint)name.Length);
            name.CopyTo(header[(at + 8)..]);
            at += 8 + ((name.Length + 7) & ~7);
        }

        return at + 8; // the end marker: type 0, length 0
    }
}
