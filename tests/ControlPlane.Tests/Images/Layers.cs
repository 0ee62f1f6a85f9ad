using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Tests.Images;

/// <summary>What of the layers is on the disk and in the rows.</summary>
internal static class Layers
{
    public static List<string> Files(TestCloud cloud)
    {
        var known = Ids(cloud);
        var disks = Path.Combine(cloud.StateDirectory, "disks");
        return [.. Directory.EnumerateFiles(disks, "*", SearchOption.AllDirectories)
            .Where(f => Guid.TryParse(Path.GetFileName(f).Split('.')[0], out var id) && !known.Contains(id))];
    }

    public static bool Known(TestCloud cloud, string file) =>
        Guid.TryParse(Path.GetFileName(file).Split('.')[0], out var id) && Ids(cloud).Contains(id);

    public static HashSet<Guid> Ids(TestCloud cloud) =>
        [.. cloud.Cloud.Parts.Database.Read(tx => tx.Query($"SELECT id FROM layers", row => Guid.Parse(row.Text())))];
}
