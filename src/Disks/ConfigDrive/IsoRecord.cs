using System.Buffers.Binary;
using System.Text;

namespace Cumulet.Disks.ConfigDrive;

/// <summary>Directory records: how long they are, and their Rock Ridge part.</summary>
internal static class IsoRecord
{
    private const int Fixed = 33;
    private static readonly byte[] _itself = [0], _parent = [1];

    /// <summary>One record: what it names, under which name, and its system use part.</summary>
    internal sealed record Entry(IsoNode Node, byte[] Name, byte[] SystemUse);

    /// <summary>The records of a directory in order with their lengths: itself, its parent, its children by name.</summary>
    public static IEnumerable<(Entry Entry, int Length)> Of(IsoView view, IsoNode directory)
    {
        Entry[] entries =
        [
            new(directory, _itself, RockRidge(view, directory, null, directory.IsRoot)),
            new(directory.Parent, _parent, RockRidge(view, directory.Parent, null, false)),
            .. directory.SortedIn(view).Select(c => new Entry(c, c.NameIn(view), RockRidge(view, c, c.Name, false))),
        ];
        return entries.Select(e => (e, Even(Fixed + e.Name.Length) + e.SystemUse.Length));
    }

    /// <summary>Where a record of that length goes when the last one ended at <paramref name="at"/>.</summary>
    public static int Fit(int at, int length)
    {
        var left = IsoImage.Sector - (at % IsoImage.Sector);
        return length <= left ? at : at + left;
    }

    public static int PathEntryBytes(byte[] name) => Even(8 + name.Length);

    public static int SystemUseAt(Entry entry) => Even(Fixed + entry.Name.Length);

    private static int Even(int length) => (length + 1) & ~1;

    // SP says that Rock Ridge is used (at the root only), ER which one, PX the mode and links, NM the real name.
    private static byte[] RockRidge(IsoView view, IsoNode node, string? name, bool first)
    {
        if (view == IsoView.Joliet)
        {
            return [];
        }

        List<byte> use = [];
        if (first)
        {
            use.AddRange("SP\x07\x01\xBE\xEF\0".Select(c => (byte)c));
        }

        use.AddRange("PX\x24\x01".Select(c => (byte)c));
        var isDirectory = node.Content is null;
        foreach (var value in (int[])[isDirectory ? 0x416D : 0x8124, isDirectory ? 2 : 1, 0, 0]) // 040555, 0100444; links; uid; gid
        {
            use.AddRange(Both(value));
        }

        if (first)
        {
            use.AddRange("ER\x12\x01\x0A\0\0\x01RRIP_1991A".Select(c => (byte)c));
        }

        if (name is not null)
        {
            var text = Encoding.UTF8.GetBytes(name);
            use.AddRange([(byte)'N', (byte)'M', (byte)(5 + text.Length), 1, 0, .. text]);
        }

        if (use.Count % 2 != 0)
        {
            use.Add(0);
        }

        return [.. use];
    }

    /// <summary>A number in both byte orders.</summary>
    public static byte[] Both(int value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), value);
        return bytes;
    }
}
