namespace Cumulet.Disks.ConfigDrive;

/// <summary>Gives every table, directory and file its sector.</summary>
internal sealed class IsoLayout
{
    private const int FirstFree = 19;

    private int _next = FirstFree;

    public IsoLayout(List<IsoNode> directories)
    {
        foreach (var view in (IsoView[])[IsoView.Primary, IsoView.Joliet])
        {
            PathTableBytes[(int)view] = directories.Sum(d => IsoRecord.PathEntryBytes(d.NameIn(view)));
            PathTableSector[(int)view] = Take(PathTableBytes[(int)view], copies: 2);
        }

        foreach (var view in (IsoView[])[IsoView.Primary, IsoView.Joliet])
        {
            foreach (var directory in directories)
            {
                directory.DirectoryBytes[(int)view] = SizeOf(view, directory);
                directory.DirectorySector[(int)view] = Take(directory.DirectoryBytes[(int)view]);
            }
        }

        foreach (var file in directories.SelectMany(d => d.Children).Where(c => c.Content is not null))
        {
            file.ContentSector = Take(file.Content!.Value.Length);
        }
    }

    public int[] PathTableBytes { get; } = new int[2];

    public int[] PathTableSector { get; } = new int[2];

    public int Sectors => _next;

    /// <summary>Where the second (big-endian) copy of a path table begins.</summary>
    public int BigEndianSector(IsoView view) =>
        PathTableSector[(int)view] + SectorsOf(PathTableBytes[(int)view]);

    private int Take(int bytes, int copies = 1)
    {
        var at = _next;
        _next += SectorsOf(bytes) * copies;
        return at;
    }

    private static int SectorsOf(int bytes) => (bytes + IsoImage.Sector - 1) / IsoImage.Sector;

    // A record never crosses a sector, and a directory is whole sectors.
    private static int SizeOf(IsoView view, IsoNode directory)
    {
        var at = 0;
        foreach (var (_, length) in IsoRecord.Of(view, directory))
        {
            at = IsoRecord.Fit(at, length) + length;
        }

        return SectorsOf(at) * IsoImage.Sector;
    }
}
