using System.Text;
using System.Text.RegularExpressions;

namespace Cumulet.Disks.Inspection;

/// <summary>VMDK in one file: monolithicSparse and streamOptimized, whose descriptor names nothing but the file itself.</summary>
internal static partial class VmdkRules
{
    private const int Sector = 512;
    // Readers take the descriptor from the second sector whatever the header says, and read this much of it.
    private const int DescriptorSectors = 20;
    private const ulong MaxDescriptorSectors = 128;
    private const ulong AtEnd = ulong.MaxValue;

    private static Verdict.Refused Refuse(string reason) => new(reason);

    public static Verdict Inspect(ByteSource source)
    {
        Span<byte> buffer = stackalloc byte[Sector];
        if (!Fields.TryRead(source, 0, buffer, out var header))
        {
            return Fields.Truncated("vmdk", "header");
        }

        var capacity = header.Le64(12);
        return CheckHeader(header, source.Length)
            ?? CheckFooter(header, source)
            ?? CheckDescriptor(header, source)
            ?? CheckGrains(header, source)
            ?? new Verdict.Accepted(DiskFormat.Vmdk, (long)capacity * Sector);
    }

    private static Verdict? CheckHeader(Fields header, long length)
    {
        var (version, capacity, grain) = (header.Le32(4), header.Le64(12), header.Le64(20));
        if (version is < 1 or > 3)
        {
            return Refuse($"The vmdk version is {version}; 1 to 3 are known.");
        }

        if (capacity is 0 or > 1UL << 52)
        {
            return Refuse($"The vmdk capacity is {capacity} sectors; the image is not a single-file disk.");
        }

        var entries = header.Le32(44);
        if (grain is 0 or > 1 << 16 || entries is 0 or > 512)
        {
            return Refuse($"The vmdk grain size is {grain} sectors with {entries} entries per table; the file is damaged.");
        }

        if (header.Le64(28) != 1 || header.Le64(36) is 0 or > MaxDescriptorSectors)
        {
            return Refuse("The vmdk has no embedded descriptor in its second sector; export it as one file (streamOptimized).");
        }

        var directory = header.Le64(56);
        var tables = (capacity + (grain * entries) - 1) / (grain * entries);
        return tables * 4 > 32 << 20 || (directory != AtEnd && (directory > (ulong)length / Sector || !Fields.Inside(directory * Sector, tables * 4, length)))
            ? Fields.Truncated("vmdk", "grain directory")
            : null;
    }

    // A streamOptimized image may keep its real header in a footer; a reader then believes that one, so both must agree.
    private static Verdict? CheckFooter(Fields header, ByteSource source)
    {
        if (header.Le64(56) != AtEnd)
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[Sector];
        if (!Fields.TryRead(source, source.Length - (2 * Sector), buffer, out var footer) || !footer.Bytes(0, 4).SequenceEqual("KDMV"u8))
        {
            return Fields.Truncated("vmdk", "footer");
        }

        var agrees = footer.Bytes(4, 52).SequenceEqual(header.Bytes(4, 52));
        var directory = footer.Le64(56);
        return agrees && directory < (ulong)source.Length / Sector
            ? null
            : Refuse("The vmdk header and footer differ, or the file was cut; export it again.");
    }

    // Shows an upload that was cut: whatever the tables point to must begin in the file. As far as the reading budget goes.
    private static Verdict? CheckGrains(Fields header, ByteSource source)
    {
        var (entries, at) = ((int)header.Le32(44), header.Le64(56));
        if (at == AtEnd)
        {
            Span<byte> footer = stackalloc byte[8];
            _ = source.ReadAt(source.Length - (2 * Sector) + 56, footer);
            at = new Fields(footer).Le64(0);
        }

        var perTable = header.Le64(20) * (ulong)entries;
        var directoryBytes = (int)((header.Le64(12) + perTable - 1) / perTable) * 4;
        if (!source.Affords(directoryBytes))
        {
            return null;
        }

        var directory = new byte[directoryBytes];
        if (source.ReadAt((long)at * Sector, directory) < directory.Length)
        {
            return Fields.Truncated("vmdk", "grain directory");
        }

        var table = new byte[entries * 4];
        for (var i = 0; i < directory.Length && source.Affords(table.Length); i += 4)
        {
            var place = new Fields(directory).Le32(i);
            if (place == 0)
            {
                continue;
            }

            var got = source.ReadAt((long)place * Sector, table);
            if (got < table.Length || LastOf(table) * Sector >= source.Length)
            {
                return Fields.Truncated("vmdk", "grains");
            }
        }

        return null;
    }

    private static long LastOf(byte[] table)
    {
        var last = 0u;
        for (var i = 0; i < table.Length; i += 4)
        {
            last = Math.Max(last, new Fields(table).Le32(i));
        }

        return last;
    }

    private static Verdict? CheckDescriptor(Fields header, ByteSource source)
    {
        var length = Math.Max((int)header.Le64(36), DescriptorSectors) * Sector;
        var buffer = new byte[length];
        var got = source.ReadAt(Sector, buffer);
        if (got < (int)header.Le64(36) * Sector)
        {
            return Fields.Truncated("vmdk", "descriptor");
        }

        if (buffer.AsSpan(0, got).IndexOf("parentFileNameHint"u8) >= 0)
        {
            return Refuse("The vmdk descriptor names a parent file (parentFileNameHint); consolidate the disk before exporting it.");
        }

        var text = Encoding.Latin1.GetString(buffer, 0, (int)header.Le64(36) * Sector);
        var end = text.IndexOf('\0', StringComparison.Ordinal);
        return CheckText(end < 0 ? text : text[..end]);
    }

    private static Verdict? CheckText(string descriptor)
    {
        var (type, types, extents) = ("", 0, 0);
        foreach (var each in descriptor.Split('\n'))
        {
            var line = each.Trim();
            if (line.StartsWith("createType", StringComparison.OrdinalIgnoreCase))
            {
                type = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim(' ', '"');
                types++;
            }
            else if (line.StartsWith("parentCID", StringComparison.OrdinalIgnoreCase)
                && !line.EndsWith("ffffffff", StringComparison.OrdinalIgnoreCase))
            {
                return Refuse($"The vmdk descriptor has a parent ({Shown(line)}); consolidate the disk before exporting it.");
            }
            else if (line.StartsWith("RW ", StringComparison.OrdinalIgnoreCase) || line.StartsWith("RDONLY ", StringComparison.OrdinalIgnoreCase)
                || line.StartsWith("NOACCESS ", StringComparison.OrdinalIgnoreCase))
            {
                extents++;
                if (!OwnExtent().IsMatch(line))
                {
                    return Refuse($"The vmdk extent '{Shown(line)}' names another file; export the disk as one file (streamOptimized).");
                }
            }
        }

        if (types != 1 || type is not ("monolithicSparse" or "streamOptimized"))
        {
            return Refuse($"The vmdk createType is '{Shown(type)}'; only monolithicSparse and streamOptimized are accepted.");
        }

        return extents == 1 ? null : Refuse($"The vmdk descriptor has {extents} extents; exactly one is accepted.");
    }

    // User text goes into an answer: short, and printable.
    private static string Shown(string text) =>
        new([.. text.Take(80).Select(c => c is >= ' ' and <= '~' ? c : '?')]);

    [GeneratedRegex("""^RW [0-9]{1,15} SPARSE "[^"/\\]{1,255}"$""", RegexOptions.CultureInvariant)]
    private static partial Regex OwnExtent();
}
