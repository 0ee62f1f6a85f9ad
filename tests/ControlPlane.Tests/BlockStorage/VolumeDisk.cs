using System.Diagnostics;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>The disk of a volume that no guest has, behind the API.</summary>
internal static class VolumeDisk
{
    public static Guid Head(TestCloud cloud, string volume) => cloud.Cloud.Parts.Database.Read(tx =>
        tx.Query($"SELECT layer_id FROM volumes WHERE id = {volume}", row => Guid.Parse(row.Text()))).Single();

    /// <summary>Kibibytes.</summary>
    public static void Write(TestCloud cloud, string volume, byte pattern, int at, int length)
    {
        var layers = cloud.Cloud.Rooms.Layers;
        using var still = layers.HoldStill(Head(cloud, volume), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        using var writing = Process.Start(new ProcessStartInfo("qemu-io",
            ["-c", $"write -P {pattern} {at}k {length}k", "-c", "flush", layers.ChainOf(Head(cloud, volume)).ToJsonFilename()]) { RedirectStandardOutput = true })!;
        writing.StandardOutput.ReadToEnd();
        writing.WaitForExit();
        Assert.Equal(0, writing.ExitCode);
    }

    public static async Task Reads(TestCloud cloud, string volume, params (int At, byte Pattern)[] expected)
    {
        await using var bytes = await cloud.Cloud.Rooms.Layers.OpenRaw(Head(cloud, volume), TestContext.Current.CancellationToken);
        foreach (var (at, pattern) in expected)
        {
            bytes.Position = at * 1024L;
            Assert.Equal((at, pattern), (at, (byte)bytes.ReadByte()));
        }
    }
}
