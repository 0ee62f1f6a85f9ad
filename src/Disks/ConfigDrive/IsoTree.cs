using System.Globalization;
using System.Text;

namespace Cumulet.Disks.ConfigDrive;

/// <summary>A directory or a file, with its three names and its places.</summary>
internal sealed class IsoNode(string name, IsoNode? parent, ReadOnlyMemory<byte>? content)
{
    public string Name { get; } = name;
    public IsoNode Parent => parent ?? this;
    public bool IsRoot => parent is null;
    public ReadOnlyMemory<byte>? Content { get; } = content;
    public List<IsoNode> Children { get; } = [];
    public byte[] PrimaryName { get; set; } = [0];
    public byte[] JolietName { get; set; } = [0];
    public int ContentSector { get; set; }
    public int Number { get; set; }
    public int[] DirectorySector { get; } = new int[2];
    public int[] DirectoryBytes { get; } = new int[2];

    public byte[] NameIn(IsoView view) => view == IsoView.Primary ? PrimaryName : JolietName;

    public IEnumerable<IsoNode> SortedIn(IsoView view) =>
        Children.OrderBy(c => c.NameIn(view), Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    /// <summary>Parents before children, level by level: the order of a path table.</summary>
    public List<IsoNode> DirectoriesByLevel()
    {
        List<IsoNode> all = [this];
        for (var i = 0; i < all.Count; i++)
        {
            all.AddRange(all[i].SortedIn(IsoView.Primary).Where(c => c.Content is null));
            all[i].Number = i + 1;
        }

        return all;
    }
}

/// <summary>Makes the tree of a set of paths.</summary>
internal static class IsoTree
{
    private const int MaxName = 64;
    private const int MaxNameBytes = 160; // a directory record has 255 bytes in all
    private const int MaxDepth = 7;

    public static IsoNode Of(IEnumerable<ConfigDriveFile> files)
    {
        var root = new IsoNode("", null, null);
        foreach (var file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            Add(root, file);
        }

        Name(root);
        return root;
    }

    private static void Add(IsoNode root, ConfigDriveFile file)
    {
        var parts = file.Path.Split('/');
        if (parts.Length > MaxDepth || parts.Any(p => p.Length is 0 or > MaxName || Encoding.UTF8.GetByteCount(p) > MaxNameBytes
            || p is "." or ".." || p.Any(c => c < ' ' || "*:;?\\".Contains(c, StringComparison.Ordinal))))
        {
            throw new ArgumentException($"'{file.Path}' cannot be a path on a config drive: give up to {MaxDepth} names of 1 to {MaxName} characters, without *:;?\\.", nameof(file));
        }

        var at = root;
        foreach (var part in parts[..^1])
        {
            var next = at.Children.Find(c => c.Name == part);
            if (next is null)
            {
                at.Children.Add(next = new(part, at, null));
            }

            at = next.Content is null ? next : throw Twice(file);
        }

        at.Children.Add(at.Children.Exists(c => c.Name == parts[^1]) ? throw Twice(file) : new(parts[^1], at, file.Content));
    }

    private static ArgumentException Twice(ConfigDriveFile file) =>
        new($"'{file.Path}' is on the config drive twice, or is a file and a directory; give each path once.", nameof(file));

    private static void Name(IsoNode directory)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var child in directory.Children)
        {
            child.PrimaryName = Encoding.ASCII.GetBytes(Unique(child, taken));
            child.JolietName = Encoding.BigEndianUnicode.GetBytes(child.Name + (child.Content is null ? "" : ";1"));
            Name(child);
        }
    }

    // 8.3 in capitals, digits and underscores; what collides gets a number.
    private static string Unique(IsoNode node, HashSet<string> taken)
    {
        var (stem, extension) = (Path.GetFileNameWithoutExtension(node.Name), Path.GetExtension(node.Name).TrimStart('.'));
        if (node.Content is null || stem.Length == 0)
        {
            (stem, extension) = (node.Name, "");
        }

        var suffix = node.Content is null ? "" : $".{Mangle(extension, 3)};1";
        for (var i = 0; ; i++)
        {
            var number = i == 0 ? "" : i.ToString(CultureInfo.InvariantCulture);
            var name = Mangle(stem, 8 - number.Length) + number + suffix;
            if (taken.Add(name))
            {
                return name;
            }
        }
    }

    private static string Mangle(string text, int length) =>
        new([.. text.ToUpperInvariant().Take(length).Select(c => c is (>= 'A' and <= 'Z') or (>= '0' and <= '9') ? c : '_')]);
}
