using System.Diagnostics;
using System.Text.Json;

namespace Cumulet.Bench;

/// <summary>Servers and volumes with real QEMU, each beside the floor that no control plane can go below.</summary>
internal static class GuestFigures
{
    private const int Runs = 7;

    public static async Task<string> ActiveImage(BenchCloud cloud)
    {
        await cloud.Until("/image/v2/images?name=cumulet-linux&status=active", list => list.GetProperty("images").GetArrayLength() == 1);
        return (await cloud.Get("/image/v2/images?name=cumulet-linux")).GetProperty("images")[0].GetProperty("id").GetString()!;
    }

    public static async Task Measure(List<Figure> figures)
    {
        using var cloud = new BenchCloud("qemu", 18791);
        cloud.Up();
        await cloud.Login();
        var image = await ActiveImage(cloud);
        var network = await cloud.NetworkNamed("private");
        var floor = Series.Median(Enumerable.Range(0, Runs).Select(_ => LaunchFloor(cloud)));
        var byImage = await Servers(cloud, $$"""{"name": "b", "imageRef": "{{image}}", "flavorRef": "1", "networks": [{"uuid": "{{network}}"}]}""");
        figures.Add(new Figure("POST /servers to ACTIVE, image-backed, QEMU", byImage, "ms", ("overlay + tap + QEMU", floor), floor + 150, "≤ floor + 150 ms"));
        var byVolume = await Servers(cloud, $$$"""
            {"name": "b", "flavorRef": "1", "networks": [{"uuid": "{{{network}}}"}], "block_device_mapping_v2": [{"boot_index": 0, "uuid": "{{{image}}}",
             "source_type": "image", "destination_type": "volume", "volume_size": 1, "delete_on_termination": true}]}
            """);
        figures.Add(new Figure("the same, volume-backed", byVolume, "ms", ("image-backed", byImage), 1.2 * byImage, "≤ 1.2 × image-backed"));
        foreach (var gib in (int[])[1, 10, 100]) await VolumeFromImage(cloud, gib, figures);
    }

    private static async Task<double> Servers(BenchCloud cloud, string server)
    {
        var times = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            var id = (await cloud.Send(HttpMethod.Post, "/compute/v2.1/servers", $$"""{"server": {{server}}}""")).GetProperty("server").GetProperty("id").GetString();
            await cloud.Until($"/compute/v2.1/servers/{id}", s => s.GetProperty("server").GetProperty("status").GetString() switch
            {
                "ACTIVE" => true,
                "ERROR" => throw new InvalidOperationException($"the server failed: {s}"),
                _ => false,
            });
            times.Add(watch.Elapsed.TotalMilliseconds);
            await cloud.Send(HttpMethod.Delete, $"/compute/v2.1/servers/{id}");
            await cloud.Until("/compute/v2.1/servers", list => list.GetProperty("servers").GetArrayLength() == 0);
        }
        return Series.Median(times);
    }

    /// <summary>One overlay, one tap, one QEMU until its monitor greets: nothing that makes a server can take less.</summary>
    private static double LaunchFloor(BenchCloud cloud)
    {
        var overlay = Path.Combine(cloud.Home, "floor.qcow2");
        var socket = Path.Combine(cloud.Home, "floor.sock");
        File.Delete(socket);
        var watch = Stopwatch.StartNew();
        cloud.Run("qemu-img", ["create", "-q", "-f", "qcow2", "-b", Environment.GetEnvironmentVariable("CUMULET_GUEST_IMAGE")!, "-F", "qcow2", overlay, "1G"]);
        cloud.Run("ip", ["tuntap", "add", "floor0", "mode", "tap"]);
        using var qemu = Process.Start(cloud.Prepared("qemu-system-x86_64",
        [
            "-S", "-nodefaults", "-no-user-config", "-display", "none", "-accel", "tcg", "-machine", "q35", "-m", "512",
            "-drive", $"file={overlay},format=qcow2,if=virtio", "-netdev", "tap,id=n0,ifname=floor0,script=no,downscript=no",
            "-device", "virtio-net-pci,netdev=n0", "-qmp", $"unix:{socket},server=on,wait=off",
        ]))!;
        using var monitor = SnapshotFloor.Connected(socket);
        monitor.ReadByte();
        var took = watch.Elapsed.TotalMilliseconds;
        qemu.Kill();
        qemu.WaitForExit();
        cloud.Run("ip", ["link", "delete", "floor0"]);
        return took;
    }

    private static async Task VolumeFromImage(BenchCloud cloud, int gib, List<Figure> figures)
    {
        var file = Path.Combine(cloud.Home, $"{gib}.qcow2");
        cloud.Run("qemu-img", ["create", "-q", "-f", "qcow2", file, $"{gib}G"]);
        var image = await ImageFigures.Create(cloud, "qcow2");
        await ImageFigures.Upload(cloud, image, file);
        var overlay = Path.Combine(cloud.Home, "overlay.qcow2");
        var floor = Series.Median(Enumerable.Range(0, Runs).Select(_ => cloud.Timed("qemu-img", ["create", "-q", "-f", "qcow2", "-b", file, "-F", "qcow2", overlay])));
        var times = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            var id = (await cloud.Send(HttpMethod.Post, "/volume/v3/volumes", $$$"""{"volume": {"size": {{{gib}}}, "imageRef": "{{{image}}}"}}""")).GetProperty("volume").GetProperty("id").GetString();
            await cloud.Until($"/volume/v3/volumes/{id}", v => v.GetProperty("volume").GetProperty("status").GetString() == "available");
            times.Add(watch.Elapsed.TotalMilliseconds);
            await cloud.Send(HttpMethod.Delete, $"/volume/v3/volumes/{id}");
        }
        figures.Add(new Figure($"{gib} GiB volume from image to available", Series.Median(times), "ms", ("one qemu-img create", floor), 2 * floor + 10, "≤ 2 × floor + 10 ms"));
    }
}
