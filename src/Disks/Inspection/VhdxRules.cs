namespace Cumulet.Disks.Inspection;

/// <summary>Hyper-V disks without parent and with nothing left in their log, by Microsoft's MS-VHDX.</summary>
internal static class VhdxRules
{
    private const long FirstHeader = 64 << 10, SecondHeader = 128 << 10, RegionTable = 192 << 10;
    private const int MaxEntries = 2047;
    private static readonly Guid _metadata = new("8B7CA206-4790-4B9A-B8FE-575F050F886E");
    private static readonly Guid _virtualDiskSize = new("2FA54224-CD1B-4876-B211-5DBED83BF4B8");
    private static readonly Guid _fileParameters = new("CAA16737-FA36-4D43-B3B6-33F0AA44E76B");
    private static readonly Guid _parentLocator = new("A8D35F2D-B30B-454D-ABF7-D3D84834AB0C");

    private static Verdict.Refused Refuse(string reason) => new(reason);

    public static Verdict Inspect(ByteSource source) =>
        CheckHeader(source, FirstHeader) ?? CheckHeader(source, SecondHeader) ?? InspectRegions(source);

    private static Verdict? CheckHeader(ByteSource source, long at)
    {
        Span<byte> buffer = stackalloc byte[80];
        if (!Fields.TryRead(source, at, buffer, out var header))
        {
            return Fields.Truncated("vhdx", "header");
        }

        if (header.AllZero(0, 80))
        {
            return null; // a freshly made file may have written one of its two headers only
        }

        if (!header.Bytes(0, 4).SequenceEqual("head"u8))
        {
            return Refuse("A header of the vhdx is damaged.");
        }

        return header.AllZero(48, 16)
            ? null
            : Refuse("The vhdx was not closed cleanly (its log is not empty); open and close it in Hyper-V, then upload it.");
    }

    private static Verdict InspectRegions(ByteSource source)
    {
        var buffer = new byte[16 + (MaxEntries * 32)];
        if (!Fields.TryRead(source, RegionTable, buffer, out var table))
        {
            return Fields.Truncated("vhdx", "region table");
        }

        var count = table.Le32(8);
        if (!table.Bytes(0, 4).SequenceEqual("regi"u8) || count > MaxEntries)
        {
            return Refuse($"The vhdx region table has {count} entries or no signature; the file is damaged.");
        }

        for (var i = 0; i < (int)count; i++)
        {
            var at = 16 + (32 * i);
            if (!Fields.Inside(table.Le64(at + 16), table.Le32(at + 24), source.Length))
            {
                return Fields.Truncated("vhdx", "regions");
            }

            if (new Guid(table.Bytes(at, 16)) == _metadata)
            {
                return InspectMetadata(source, (long)table.Le64(at + 16));
            }
        }

        return Refuse("The vhdx has no metadata region; the file is damaged.");
    }

    private static Verdict InspectMetadata(ByteSource source, long region)
    {
        var buffer = new byte[32 + (MaxEntries * 32)];
        if (!Fields.TryRead(source, region, buffer, out var table))
        {
            return Fields.Truncated("vhdx", "metadata");
        }

        var count = table.Le16(10);
        if (!table.Bytes(0, 8).SequenceEqual("metadata"u8) || count > MaxEntries)
        {
            return Refuse($"The vhdx metadata has {count} entries or no signature; the file is damaged.");
        }

        ulong? size = null;
        Span<byte> item = stackalloc byte[8];
        for (var i = 0; i < count; i++)
        {
            var at = 32 + (32 * i);
            var name = new Guid(table.Bytes(at, 16));
            var wanted = name == _virtualDiskSize || name == _fileParameters;
            if (wanted && !Fields.TryRead(source, region + table.Le32(at + 16), item, out _))
            {
                return Fields.Truncated("vhdx", "metadata items");
            }

            if (name == _parentLocator || (name == _fileParameters && (item[4] & 2) != 0))
            {
                return Refuse("The vhdx has a parent disk; merge it before uploading.");
            }

            size = name == _virtualDiskSize ? new Fields(item).Le64(0) : size;
        }

        return size is { } bytes and <= long.MaxValue
            ? new Verdict.Accepted(DiskFormat.Vhdx, (long)bytes)
            : Refuse("The vhdx states no virtual size; the file is damaged.");
    }
}
