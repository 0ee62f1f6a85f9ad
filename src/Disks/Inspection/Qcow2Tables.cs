using System.Buffers.Binary;

namespace Cumulet.Disks.Inspection;

/// <summary>
/// Looks whether what the tables of a qcow2 image point to is in the file, which shows an upload that was cut. As far as
/// the reading budget goes: all of an ordinary image, the beginning of a huge one. A cluster may be short at the end of
/// the file, so only its first byte is asked for.
/// </summary>
internal static class Qcow2Tables
{
    private const ulong OffsetMask = 0x00FF_FFFF_FFFF_FE00;
    private const ulong Compressed = 1UL << 62;

    public static Verdict? CheckInside(Fields header, uint version, ByteSource source)
    {
        var clusterBits = (int)header.Be32(20);
        var isExtended = version == 3 && (header.Be64(72) & 16) != 0;
        var l1Bytes = (int)header.Be32(36) * 8;
        if (!source.Affords(l1Bytes))
        {
            return null;
        }

        var l1 = new byte[l1Bytes];
        if (source.ReadAt((long)header.Be64(40), l1) < l1.Length)
        {
            return Fields.Truncated("qcow2", "L1 table");
        }

        var l2 = new byte[1 << clusterBits];
        for (var at = 0; at < l1.Length; at += 8)
        {
            var offset = BinaryPrimitives.ReadUInt64BigEndian(l1.AsSpan(at)) & OffsetMask;
            if (offset == 0)
            {
                continue;
            }

            if (offset >= (ulong)source.Length)
            {
                return Fields.Truncated("qcow2", "L2 tables");
            }

            if (!source.Affords(l2.Length))
            {
                return null;
            }

            var got = source.ReadAt((long)offset, l2);
            if (!PointsInside(l2.AsSpan(0, got), clusterBits, isExtended ? 16 : 8, (ulong)source.Length))
            {
                return Fields.Truncated("qcow2", "data");
            }
        }

        return null;
    }

    private static bool PointsInside(ReadOnlySpan<byte> l2, int clusterBits, int stride, ulong length)
    {
        var compressedMask = (1UL << (62 - (clusterBits - 8))) - 1;
        for (var at = 0; at + 8 <= l2.Length; at += stride)
        {
            var entry = BinaryPrimitives.ReadUInt64BigEndian(l2[at..]);
            var offset = (entry & Compressed) != 0 ? entry & compressedMask : entry & OffsetMask;
            if (offset != 0 && offset >= length)
            {
                return false;
            }
        }

        return true;
    }
}
