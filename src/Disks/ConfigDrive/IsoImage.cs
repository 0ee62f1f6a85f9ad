using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Cumulet.Disks.ConfigDrive;

/// <summary>Puts the parts of the image into its bytes.</summary>
internal sealed class IsoImage(IsoLayout layout, DateTimeOffset time)
{
    public const int Sector = 2048;
    private const int FirstVolume = 16;

    public byte[] Bytes { get; } = new byte[layout.Sectors * Sector];

    public void WriteVolume(IsoView view, IsoNode root)
    {
        var isJoliet = view == IsoView.Joliet;
        var volume = Bytes.AsSpan((FirstVolume + (int)view) * Sector, Sector);
        volume[0] = (byte)(isJoliet ? 2 : 1);
        "CD001\x01"u8.CopyTo(volume[1..]);
        foreach (var (at, length, text) in ((int, int, string)[])[(8, 32, "LINUX"), (40, 32, ConfigDriveImage.Label), (190, 128, ""), (318, 128, ""), (446, 128, "CUMULET"), (574, 128, ""), (702, 37, ""), (739, 37, ""), (776, 37, "")])
        {
            Text(volume.Slice(at, length), text, isJoliet);
        }

        Both(volume[80..], layout.Sectors);
        if (isJoliet)
        {
            "%/E"u8.CopyTo(volume[88..]); // UCS-2 level 3
        }

        Both16(volume[120..], 1);
        Both16(volume[124..], 1);
        Both16(volume[128..], Sector);
        Both(volume[132..], layout.PathTableBytes[(int)view]);
        BinaryPrimitives.WriteInt32LittleEndian(volume[140..], layout.PathTableSector[(int)view]);
        BinaryPrimitives.WriteInt32BigEndian(volume[148..], layout.BigEndianSector(view));
        Record(volume[156..], view, new(root, [0], []), 34);
        for (var i = 0; i < 4; i++)
        {
            // Created, modified; never expires and effective at once are sixteen zeros.
            var stamp = i < 2 ? time.ToString("yyyyMMddHHmmssff", CultureInfo.InvariantCulture) : "0000000000000000";
            Encoding.ASCII.GetBytes(stamp, volume[(813 + (17 * i))..]);
        }

        volume[881] = 1;
    }

    public void WriteEndOfVolumes()
    {
        var volume = Bytes.AsSpan((FirstVolume + 2) * Sector);
        volume[0] = 255;
        "CD001\x01"u8.CopyTo(volume[1..]);
    }

    public void WritePathTables(IsoView view, List<IsoNode> directories)
    {
        var little = Bytes.AsSpan(layout.PathTableSector[(int)view] * Sector);
        var big = Bytes.AsSpan(layout.BigEndianSector(view) * Sector);
        foreach (var directory in directories)
        {
            var name = directory.NameIn(view);
            var length = IsoRecord.PathEntryBytes(name);
            BinaryPrimitives.WriteInt32LittleEndian(little[2..], directory.DirectorySector[(int)view]);
            BinaryPrimitives.WriteInt16LittleEndian(little[6..], (short)directory.Parent.Number);
            BinaryPrimitives.WriteInt32BigEndian(big[2..], directory.DirectorySector[(int)view]);
            BinaryPrimitives.WriteInt16BigEndian(big[6..], (short)directory.Parent.Number);
            little[0] = big[0] = (byte)name.Length;
            name.CopyTo(little[8..]);
            name.CopyTo(big[8..]);
            little = little[length..];
            big = big[length..];
        }
    }

    public void WriteDirectory(IsoView view, IsoNode directory)
    {
        var sectors = Bytes.AsSpan(directory.DirectorySector[(int)view] * Sector);
        var at = 0;
        foreach (var (entry, length) in IsoRecord.Of(view, directory))
        {
            at = IsoRecord.Fit(at, length);
            Record(sectors[at..], view, entry, length);
            at += length;
        }
    }

    private void Record(Span<byte> record, IsoView view, IsoRecord.Entry entry, int length)
    {
        var (node, isDirectory) = (entry.Node, entry.Node.Content is null);
        record[0] = (byte)length;
        Both(record[2..], isDirectory ? node.DirectorySector[(int)view] : node.ContentSector);
        Both(record[10..], isDirectory ? node.DirectoryBytes[(int)view] : node.Content!.Value.Length);
        ReadOnlySpan<byte> stamp = [(byte)(time.Year - 1900), (byte)time.Month, (byte)time.Day, (byte)time.Hour, (byte)time.Minute, (byte)time.Second, 0];
        stamp.CopyTo(record[18..]);
        record[25] = (byte)(isDirectory ? 2 : 0);
        Both16(record[28..], 1);
        record[32] = (byte)entry.Name.Length;
        entry.Name.CopyTo(record[33..]);
        entry.SystemUse.CopyTo(record[IsoRecord.SystemUseAt(entry)..]);
    }

    private static void Text(Span<byte> field, string text, bool isJoliet)
    {
        if (isJoliet)
        {
            Encoding.BigEndianUnicode.GetBytes(text.PadRight(field.Length / 2).AsSpan(0, field.Length / 2), field);
        }
        else
        {
            Encoding.ASCII.GetBytes(text.PadRight(field.Length), field);
        }
    }

    private static void Both(Span<byte> at, int value) => IsoRecord.Both(value).CopyTo(at);

    private static void Both16(Span<byte> at, short value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(at, value);
        BinaryPrimitives.WriteInt16BigEndian(at[2..], value);
    }
}
