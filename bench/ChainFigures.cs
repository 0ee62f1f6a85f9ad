using System.Globalization;
using System.Text.RegularExpressions;

namespace Cumulet.Bench;

/// <summary>
/// What reading and writing through a chain of layers costs: small requests all over a disk of random bytes, by QEMU's own block layer
/// (<c>qemu-img bench</c>) and not by a guest, whose emulated processor would hide most of it.
/// </summary>
internal static partial class ChainFigures
{
    private const int Runs = 5, Requests = 40_000;

    // Over a mebibyte, so that they touch another cluster each time and, wrapped around, hit no block twice.
    private const int Step = (1 << 20) + 4096;

    public static async Task Measure(List<Figure> figures)
    {
        using var cloud = new BenchCloud("fake", 18794);
        cloud.Up();
        await cloud.Login();
        var raw = Path.Combine(cloud.Home, "image.raw");
        ImageFigures.WriteNoise(raw);
        var head = await Chain(cloud, raw);
        // Blocks that nobody has written before are no part of it.
        Rate(cloud, "qcow2", head, "-w");
        foreach (var (what, write) in new[] { ("reads", (string[])[]), ("writes", ["-w"]) })
        {
            var (through, plain) = (new List<double>(), new List<double>());
            for (var i = 0; i < Runs; i++)
            {
                through.Add(Rate(cloud, "qcow2", head, write));
                plain.Add(Rate(cloud, "raw", raw, write));
            }
            var floor = Series.Median(plain);
            figures.Add(new Figure($"4 KiB {what} through 3 layers, 8 at once", Series.Median(through), "/s", ("raw file", floor), 0.9 * floor, "≥ 0.9 × floor", HigherIsBetter: true));
        }
    }

    /// <summary>The file of a volume's head, over a snapshot, over an image.</summary>
    private static async Task<string> Chain(BenchCloud cloud, string raw)
    {
        var image = await ImageFigures.Create(cloud, "raw");
        await ImageFigures.Upload(cloud, image, raw);
        var volume = await DiskFigures.Volume(cloud, $", \"imageRef\": \"{image}\"", gib: 1);
        await DiskFigures.Snapshot(cloud, volume);
        // Whatever is sealed is read-only.
        return Directory.EnumerateFiles(Path.Combine(cloud.State, "disks", "layers"), "*.qcow2").Single(f => File.GetUnixFileMode(f).HasFlag(UnixFileMode.UserWrite));
    }

    private static double Rate(BenchCloud cloud, string format, string file, params string[] write)
    {
        var told = cloud.Run("qemu-img", ["bench", "-f", format, "-t", "none", "-n", "-d", "8", "-s", "4096", "-S", $"{Step}", "-c", $"{Requests}", .. write, file]);
        return Requests / double.Parse(Seconds().Match(told).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"completed in ([0-9.]+) seconds")]
    private static partial Regex Seconds();
}
