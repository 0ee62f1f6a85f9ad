using System.Diagnostics;
using System.Text;

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

    public static async Task<string> Volume(BenchCloud cloud, string source, int gib = 10)
    {
        var id = (await cloud.Send(HttpMethod.Post, "/volume/v3/volumes", $$"""{"volume": {"size": {{gib}}{{source}}} }""")).GetProperty("volume").GetProperty("id").GetString()!;
        await Becomes(cloud, "volume", id, "available");
        return id;
    }

    public static async Task<double> Snapshot(BenchCloud cloud, string volume)
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
        var (server, address) = await BusyServer(cloud);
        var volume = (await cloud.Get($"/compute/v2.1/servers/{server}")).GetProperty("server").GetProperty("os-extended-volumes:volumes_attached")[0].GetProperty("id").GetString()!;
        var (snapshots, silent, otherwise) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Runs; i++) snapshots.Add(await Snapshot(cloud, volume));
        var bare = SnapshotFloor.Measure(cloud, Runs);
        figures.Add(new Figure("snapshot of an in-use 10 GiB volume, the guest writing", Series.Median(snapshots), "ms", ("one blockdev-snapshot-sync", bare), 50, "≤ 50 ms"));
        // Apart: half a thousand pings a second are work for the guest too.
        for (var i = 0; i < Runs; i++)
        {
            otherwise.Add(await Silence.Longest(cloud, address, () => Task.Delay(50)));
            silent.Add(await Silence.Longest(cloud, address, () => Snapshot(cloud, volume)));
        }
        var floor = Series.Median(otherwise);
        figures.Add(new Figure("longest silence of that guest meanwhile", Series.Median(silent), "ms", ("otherwise", floor), floor + 20, "≤ floor + 20 ms"));
        var images = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            var made = (await cloud.Send(HttpMethod.Post, $"/compute/v2.1/servers/{server}/action", $$$"""{"createImage": {"name": "i{{{i}}}"} }""")).GetProperty("image_id").GetString();
            await cloud.Until($"/image/v2/images/{made}", v => v.GetProperty("status").GetString() == "active");
            images.Add(watch.Elapsed.TotalMilliseconds);
        }
        figures.Add(new Figure("createImage of a running server to active", Series.Median(images), "ms", ("one blockdev-snapshot-sync", bare), 100, "≤ 100 ms"));
    }

    private const string Writes = """
        #!/bin/sh
        (while :; do dd if=/dev/zero of=/dev/vdb bs=64k count=64 conv=fsync; sleep 0.1; done) >/dev/null 2>&1 &
        """;

    /// <summary>A booted guest that writes to a volume, and its floating address, at which it answers pings.</summary>
    private static async Task<(string Id, string Address)> BusyServer(BenchCloud cloud)
    {
        var image = await GuestFigures.ActiveImage(cloud);
        var (inside, outside) = (await cloud.NetworkNamed("private"), await cloud.NetworkNamed("public"));
        var script = Convert.ToBase64String(Encoding.UTF8.GetBytes(Writes));
        var server = (await cloud.Send(HttpMethod.Post, "/compute/v2.1/servers", $$$"""
            {"server": {"name": "r", "imageRef": "{{{image}}}", "flavorRef": "1", "networks": [{"uuid": "{{{inside}}}"}], "user_data": "{{{script}}}", "block_device_mapping_v2": [
             {"boot_index": 0, "uuid": "{{{image}}}", "source_type": "image", "destination_type": "local"},
             {"boot_index": -1, "source_type": "blank", "destination_type": "volume", "volume_size": 10, "delete_on_termination": true}]} }
            """)).GetProperty("server").GetProperty("id").GetString()!;
        await cloud.Until($"/compute/v2.1/servers/{server}", s => s.GetProperty("server").GetProperty("status").GetString() == "ACTIVE");
        var port = (await cloud.Get($"/network/v2.0/ports?device_id={server}")).GetProperty("ports")[0];
        var group = port.GetProperty("security_groups")[0].GetString();
        await cloud.Send(HttpMethod.Post, "/network/v2.0/security-group-rules",
            $$"""{"security_group_rule": {"security_group_id": "{{group}}", "direction": "ingress", "protocol": "icmp"} }""");
        var address = (await cloud.Send(HttpMethod.Post, "/network/v2.0/floatingips",
            $$"""{"floatingip": {"floating_network_id": "{{outside}}", "port_id": "{{port.GetProperty("id").GetString()}}"} }"""))
            .GetProperty("floatingip").GetProperty("floating_ip_address").GetString()!;
        // A guest in use, not one whose firmware has both cores to itself.
        while (!await Says(cloud, server, "user-data finished")) await Task.Delay(500);
        return (server, address);
    }

    private static async Task<bool> Says(BenchCloud cloud, string server, string words) =>
        (await cloud.Send(HttpMethod.Post, $"/compute/v2.1/servers/{server}/action", """{"os-getConsoleOutput": {}}"""))
        .GetProperty("output").GetString()!.Contains(words, StringComparison.Ordinal);
}
