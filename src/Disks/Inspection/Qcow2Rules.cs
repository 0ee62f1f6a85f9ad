namespace Cumulet.Disks.Inspection;

/// <summary>qcow2 versions 2 and 3, by QEMU's docs/interop/qcow2.txt: one file that names no other.</summary>
internal static class Qcow2Rules
{
    private const ulong Dirty = 1, Corrupt = 2, DataFile = 4, Compression = 8, ExtendedL2 = 16;
    private const uint DataFileName = 0x44415441, FullDiskEncryption = 0x0537BE77, Bitmaps = 0x23852875;
    private const ulong MaxL1Bytes = 32 << 20, MaxRefcountTableBytes = 8 << 20;
    private const int MaxExtensions = 64;

    private static Verdict.Refused Refuse(string reason) => new(reason);

    public static Verdict Inspect(ByteSource source, InspectionLimits limits)
    {
        Span<byte> buffer = stackalloc byte[112];
        buffer.Clear();
        var got = source.ReadAt(0, buffer);
        var header = new Fields(buffer);
        var version = header.Be32(4);
        if (got < 72 || (version == 3 && got < 104))
        {
            return Fields.Truncated("qcow2", "header");
        }

        if (version is not (2 or 3))
        {
            return Refuse($"The qcow2 version is {version}; only 2 and 3 are known.");
        }

        return CheckReferences(header)
            ?? CheckFeatures(header, version)
            ?? CheckTables(header, version, source.Length, limits)
            ?? CheckExtensions(header, version, source, limits)
            ?? Qcow2Tables.CheckInside(header, version, source)
            ?? new Verdict.Accepted(DiskFormat.Qcow2, (long)header.Be64(24));
    }

    private static Verdict? CheckReferences(Fields header)
    {
        if (header.Be64(8) != 0 || header.Be32(16) != 0)
        {
            return Refuse("The qcow2 image has a backing file; flatten it first (qemu-img convert -O qcow2).");
        }

        return header.Be32(32) is not 0 and var method
            ? Refuse($"The qcow2 image is encrypted (method {method}); upload it decrypted.")
            : null;
    }

    private static Verdict? CheckFeatures(Fields header, uint version)
    {
        if (version == 2)
        {
            return null;
        }

        var bits = header.Be64(72);
        var compressionType = header.Be32(100) > 104 ? header.Bytes(104, 1)[0] : 0;
        return bits switch
        {
            _ when (bits & DataFile) != 0 => Refuse("The qcow2 image has an external data file; convert it to a single file."),
            _ when (bits & ~(Dirty | Corrupt | DataFile | Compression | ExtendedL2)) is not 0 and var unknown =>
                Refuse($"The qcow2 image has unknown incompatible features 0x{unknown:x}; convert it with a current qemu-img."),
            _ when (bits & (Dirty | Corrupt)) != 0 =>
                Refuse("The qcow2 image was not closed cleanly; repair it first (qemu-img check -r all)."),
            _ when compressionType > 1 || (compressionType != 0) != ((bits & Compression) != 0) =>
                Refuse($"The qcow2 compression type is {compressionType}; only zlib (0) and zstd (1) are known."),
            _ => null,
        };
    }

    private static Verdict? CheckTables(Fields header, uint version, long length, InspectionLimits limits)
    {
        var extended = version == 3 && (header.Be64(72) & ExtendedL2) != 0;
        var clusterBits = header.Be32(20);
        if (clusterBits is < 9 or > 21 || (extended && clusterBits < 14))
        {
            return Refuse($"The qcow2 cluster_bits is {clusterBits}; 9 to 21 is possible.");
        }

        if (version == 3 && (header.Be32(96) > 6 || header.Be32(100) < 104 || header.Be32(100) > 1u << (int)clusterBits))
        {
            return Refuse($"The qcow2 refcount_order {header.Be32(96)} or header_length {header.Be32(100)} is out of range.");
        }

        var size = header.Be64(24);
        if (size > (ulong)limits.MaxVirtualSize)
        {
            return Refuse($"The virtual size is {size} bytes, over the limit of {limits.MaxVirtualSize}; upload a smaller disk.");
        }

        var l1Bytes = (ulong)header.Be32(36) * 8;
        var bytesPerEntry = 1UL << (int)(clusterBits + clusterBits - (extended ? 4u : 3u));
        if (l1Bytes > MaxL1Bytes || l1Bytes / 8 < (size + bytesPerEntry - 1) / bytesPerEntry)
        {
            return Refuse($"The qcow2 l1_size is {header.Be32(36)}, which does not fit a virtual size of {size} bytes.");
        }

        var refcountBytes = (ulong)header.Be32(56) << (int)clusterBits;
        if (refcountBytes == 0 || refcountBytes > MaxRefcountTableBytes)
        {
            return Refuse($"The qcow2 refcount_table_clusters is {header.Be32(56)}, at most {MaxRefcountTableBytes >> (int)clusterBits} is sensible.");
        }

        var mask = (1UL << (int)clusterBits) - 1;
        if ((header.Be64(40) & mask) != 0 || (header.Be64(48) & mask) != 0)
        {
            return Refuse("A table of the qcow2 image does not start at a cluster; the file is damaged.");
        }

        if (!Fields.Inside(header.Be64(40), l1Bytes, length) || !Fields.Inside(header.Be64(48), refcountBytes, length))
        {
            return Fields.Truncated("qcow2", "tables");
        }

        var snapshots = header.Be32(60);
        if (snapshots > (uint)limits.MaxInternalSnapshots)
        {
            return Refuse($"The qcow2 image has {snapshots} internal snapshots, at most {limits.MaxInternalSnapshots} are accepted; delete them (qemu-img snapshot -d).");
        }

        return snapshots > 0 && !Fields.Inside(header.Be64(64), snapshots * 40UL, length)
            ? Fields.Truncated("qcow2", "snapshot table")
            : null;
    }

    private static Verdict? CheckExtensions(Fields header, uint version, ByteSource source, InspectionLimits limits)
    {
        var at = version == 2 ? 72 : (long)header.Be32(100);
        var end = 1L << (int)header.Be32(20);
        Span<byte> buffer = stackalloc byte[12];
        for (var i = 0; i < MaxExtensions; i++)
        {
            buffer.Clear();
            if (at + 8 > end)
            {
                return null;
            }

            if (source.ReadAt(at, buffer) < 8)
            {
                return Fields.Truncated("qcow2", "header extensions");
            }

            var extension = new Fields(buffer);
            var length = extension.Be32(4);
            if (extension.Be32(0) == 0)
            {
                return null;
            }

            if (length > end - at - 8)
            {
                return Refuse($"A qcow2 header extension states {length} bytes and leaves the header; the file is damaged.");
            }

            if (CheckExtension(extension, limits) is { } refused)
            {
                return refused;
            }

            at += 8 + ((length + 7L) & ~7L);
        }

        return Refuse($"The qcow2 image has more than {MaxExtensions} header extensions.");
    }

    private static Verdict? CheckExtension(Fields extension, InspectionLimits limits) => extension.Be32(0) switch
    {
        DataFileName => Refuse("The qcow2 image names an external data file; convert it to a single file."),
        FullDiskEncryption => Refuse("The qcow2 image has an encryption header; upload it decrypted."),
        Bitmaps when extension.Be32(8) > (uint)limits.MaxBitmaps =>
            Refuse($"The qcow2 image has {extension.Be32(8)} bitmaps, at most {limits.MaxBitmaps} are accepted."),
        _ => null,
    };
}
