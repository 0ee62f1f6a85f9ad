using System.Diagnostics;

namespace Cumulet.Bench;

/// <summary>What is forked and copied by reference, at the depths and counts that a cloud grows to.</summary>
internal static class DiskFigures
{
    private const int Runs = 7;

    public static async Task Measure(List<Figure> figures)
    {
        using var cloud = new BenchCloud("qemu", 18792);
        cloud.Up();
        await cloud.Login();
        var floor = Floor(cloud);
        foreach (var layers in (int[])[1, 8, 32])
        {
            var volume = await Volume(cloud, "");
            for (var i = 1; i < layers; i++) await Snapshot(cloud, volume);
            var times = new List<double>();
            for (var i = 0; i < Runs; i++)
            {
                var watch = Stopwatch.StartNew();
                var copy = await Volume(cloud, $", \"source_volid\": \"{volume}\"");
                times.Add(watch.Elapsed.TotalMilliseconds);
                await cloud.Send(HttpMethod.Delete, $"/volume/v3/volumes/{copy}");
            }
            figures.Add(new Figure($"10 GiB volume to volume, {layers} layers", Series.Median(times), "ms", ("one qemu-img create", floor), 2 * floor + 10, "≤ 2 × floor + 10 ms"));
        }
        await ManySnapshots(cloud, figures);
        await RunningServer(cloud, figures);
    }

    private static double Floor(BenchCloud cloud)
    {
        var file = Path.Combine(cloud.Home, "base.qcow2");
        cloud.Run("qemu-img", ["create", "-q", "-f", "qcow2", file, "10G"]);
        return Series.Median(Enumerable.Range(0, Runs).Select(_ =>
            cloud.Timed("qemu-img", ["create", "-q", "-f", "qcow2", "-b", file, "-F", "qcow2", Path.Combine(cloud.Home, "overlay.qcow2")])));
    }

    private static async Task<string> Volume(BenchCloud cloud, string source)
    {
        var id = (await cloud.Send(HttpMethod.Post, "/volume/v3/volumes", $$"""{"volume": {"size": 10{{source}}} }""")).GetProperty("volume").GetProperty("id").GetString()!;
        await Becomes(cloud, "volume", id, "available");
        return id;
    }

    private static async Task<double> Snapshot(BenchCloud cloud, string volume)
    {
        var watch = Stopwatch.StartNew();
        var id = (await cloud.Send(HttpMethod.Post, "/volume/v3/snapshots", $$$"""{"snapshot": {"volume_id": "{{{volume}}}", "force": true} }"""))
            .GetProperty("snapshot").GetProperty("id").GetString()!;
        await Becomes(cloud, "snapshot", id, "available");
        return watch.Elapsed.TotalMilliseconds;
    }

    private static Task Becomes(BenchCloud cloud, string kind, string id, string status) => cloud.Until($"/volume/v3/{kind}s/{id}", v =>
        v.GetProperty(kind).GetProperty("status").GetString() is var now && now!.StartsWith("error", StringComparison.Ordinal)
            ? throw new InvalidOperationException($"the {kind} failed: {v}")
            : now == status);

    // Of one volume each, so that the depth of a chain is not taken for their number.
    private static async Task ManySnapshots(BenchCloud cloud, List<Figure> figures)
    {
        var volumes = new List<string>();
        for (var i = 0; i < 50; i++) volumes.Add(await Volume(cloud, ""));
        var made = 0;
        foreach (var count in (int[])[10, 100, 1000])
        {
            for (; made < count - Runs; made++) await Snapshot(cloud, volumes[made % volumes.Count]);
            var times = new List<double>();
            for (; made < count; made++) times.Add(await Snapshot(cloud, volumes[made % volumes.Count]));
            figures.Add(new Figure($"snapshot of a 10 GiB volume, the {count}th", Series.Median(times), "ms", null, 50, "≤ 50 ms"));
        }
    }

    private static async Task RunningServer(BenchCloud cloud, List<Figure> figures)
    {
        var image = await GuestFigures.ActiveImage(cloud);
        var server = (await cloud.Send(HttpMethod.Post, "/compute/v2.1/servers", $$$"""
            {"server": {"name": "r", "imageRef": "{{{image}}}", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": [
             {"boot_index": 0, "uuid": "{{{image}}}", "source_type": "image", "destination_type": "local"},
             {"boot_index": -1, "source_type": "blank", "destination_type": "volume", "volume_size": 10, "delete_on_termination": true}]} }
            """)).GetProperty("server").GetProperty("id").GetString();
        await cloud.Until($"/compute/v2.1/servers/{server}", s => s.GetProperty("server").GetProperty("status").GetString() == "ACTIVE");
        // A guest in use, not one whose firmware has both cores to itself.
        while (!await HasBooted(cloud, server!)) await Task.Delay(500);
        var volume = (await cloud.Get($"/compute/v2.1/servers/{server}")).GetProperty("server").GetProperty("os-extended-volumes:volumes_attached")[0].GetProperty("id").GetString()!;
        var snapshots = new List<double>();
        for (var i = 0; i < Runs; i++) snapshots.Add(await Snapshot(cloud, volume));
        figures.Add(new Figure("snapshot of an in-use 10 GiB volume", Series.Median(snapshots), "ms", null, 50, "≤ 50 ms"));
        var images = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            var made = (await cloud.Send(HttpMethod.Post, $"/compute/v2.1/servers/{server}/action", $$$"""{"createImage": {"name": "i{{{i}}}"} }""")).GetProperty("image_id").GetString();
            await cloud.Until($"/image/v2/images/{made}", v => v.GetProperty("status").GetString() == "active");
            images.Add(watch.Elapsed.TotalMilliseconds);
        }
        figures.Add(new Figure("createImage of a running server to active", Series.Median(images), "ms", null, 100, "≤ 100 ms"));
    }

    private static async Task<bool> HasBooted(BenchCloud cloud, string server) =>
        (await cloud.Send(HttpMethod.Post, $"/compute/v2.1/servers/{server}/action", """{"os-getConsoleOutput": {}}"""))
        .GetProperty("output").GetString()!.Contains("login:", StringComparison.Ordinal);
}
