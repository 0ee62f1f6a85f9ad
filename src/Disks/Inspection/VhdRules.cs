namespace Cumulet.Disks.Inspection;

/// <summary>Virtual PC disks, fixed or dynamic, by Microsoft's Virtual Hard Disk Image Format Specification.</summary>
internal static class VhdRules
{
    private const int FooterBytes = 512;
    private const uint Fixed = 2, Dynamic = 3;

    public static Verdict Inspect(ByteSource source)
    {
        Span<byte> buffer = stackalloc byte[FooterBytes];
        if (!Fields.TryRead(source, source.Length - FooterBytes, buffer, out var footer)
            || !footer.Bytes(0, 8).SequenceEqual("conectix"u8))
        {
            return Fields.Truncated("vhd", "footer");
        }

        if (Checksum(footer, FooterBytes, 64) != footer.Be32(64))
        {
            return new Verdict.Refused("The checksum of the vhd footer is wrong; the file is damaged.");
        }

        var (type, size) = (footer.Be32(60), footer.Be64(48));
        return type switch
        {
            _ when size > long.MaxValue - FooterBytes => new Verdict.Refused($"The vhd states a size of {size} bytes; the file is damaged."),
            Fixed when size + FooterBytes > (ulong)source.Length => Fields.Truncated("vhd", "data"),
            Fixed => new Verdict.Accepted(DiskFormat.Vhd, (long)size),
            Dynamic => InspectDynamic(footer, source, (long)size),
            _ => new Verdict.Refused($"The vhd type is {type}; only fixed (2) and dynamic (3) are accepted, merge differencing disks first."),
        };
    }

    private static Verdict InspectDynamic(Fields footer, ByteSource source, long size)
    {
        Span<byte> copy = stackalloc byte[FooterBytes];
        if (!Fields.TryRead(source, 0, copy, out var first) || !first.Bytes(0, FooterBytes).SequenceEqual(footer.Bytes(0, FooterBytes)))
        {
            return new Verdict.Refused("The two footers of the vhd differ; the file is damaged.");
        }

        Span<byte> buffer = stackalloc byte[1024];
        if (footer.Be64(16) > long.MaxValue || !Fields.TryRead(source, (long)footer.Be64(16), buffer, out var header))
        {
            return Fields.Truncated("vhd", "dynamic header");
        }

        if (!header.Bytes(0, 8).SequenceEqual("cxsparse"u8) || Checksum(header, 1024, 36) != header.Be32(36))
        {
            return new Verdict.Refused("The dynamic header of the vhd is damaged.");
        }

        var (entries, block) = (header.Be32(28), header.Be32(32));
        if (block is < 512 or > 256 << 20 || !System.Numerics.BitOperations.IsPow2(block) || (ulong)entries * block < (ulong)size)
        {
            return new Verdict.Refused($"The vhd states {size} bytes in {entries} blocks of {block}; the file is damaged.");
        }

        return Fields.Inside(header.Be64(16), entries * 4UL, source.Length)
            ? new Verdict.Accepted(DiskFormat.Vhd, size)
            : Fields.Truncated("vhd", "block table");
    }

    private static uint Checksum(Fields fields, int length, int at)
    {
        var sum = 0u;
        for (var i = 0; i < length; i++)
        {
            sum += i >= at && i < at + 4 ? 0u : fields.Bytes(i, 1)[0];
        }

        return ~sum;
    }
}
