using System.Text;

namespace Cumulet.Disks.ConfigDrive;

/// <summary>One file of a config drive.</summary>
/// <param name="Path">With slashes, relative: <c>openstack/latest/meta_data.json</c>.</param>
/// <param name="Content">Its bytes.</param>
public sealed record ConfigDriveFile(string Path, ReadOnlyMemory<byte> Content);

// The config drive is the file system a guest finds by its label "config-2". ISO 9660 keeps upper-case 8.3 names only, so
// the same tree is told twice: the primary volume with Rock Ridge (Linux), the supplementary one with Joliet (Windows, and
// kernels without Rock Ridge). Both point to the same file contents. In sectors of 2,048 bytes:
//
//     0–15  empty       16  primary volume    17  supplementary volume (Joliet)    18  end of volumes
//     19 …  path tables (primary little and big endian, Joliet little and big endian), a sector or more each
//     …     directories of the primary tree, then of the Joliet tree; then the files
//
// Rule: ECMA-119, the Joliet specification, IEEE P1282 (Rock Ridge) with the SUSP entries SP, ER, PX, NM.

/// <summary>Builds the ISO 9660 image of a config drive.</summary>
public static class ConfigDriveImage
{
    /// <summary>The label by which guests find the drive.</summary>
    public const string Label = "config-2";

    /// <summary>Files that one drive may hold, in bytes; beyond it the drive would be a disk.</summary>
    public const long MaxContent = 64 << 20;

    /// <summary>The whole image. The same files and time give the same bytes. Throws ArgumentException for a path that is
    /// absolute, empty, doubled, or has a name longer than 64 characters.</summary>
    public static byte[] Build(IReadOnlyCollection<ConfigDriveFile> files, DateTimeOffset time)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(files.Sum(f => (long)f.Content.Length), MaxContent, nameof(files));
        var root = IsoTree.Of(files);
        var directories = root.DirectoriesByLevel();
        var layout = new IsoLayout(directories);
        var image = new IsoImage(layout, time.ToUniversalTime());
        foreach (var view in (IsoView[])[IsoView.Primary, IsoView.Joliet])
        {
            image.WriteVolume(view, root);
            image.WritePathTables(view, directories);
            foreach (var directory in directories)
            {
                image.WriteDirectory(view, directory);
            }
        }

        image.WriteEndOfVolumes();
        foreach (var file in directories.SelectMany(d => d.Children).Where(c => c.Content is not null))
        {
            file.Content!.Value.CopyTo(image.Bytes.AsMemory(file.ContentSector * IsoImage.Sector));
        }

        return image.Bytes;
    }
}

/// <summary>Which of the two trees.</summary>
internal enum IsoView
{
    Primary,
    Joliet,
}
