using System.Diagnostics;
using System.Text.Json;

namespace Cumulet.Bench;

/// <summary>Size, start, command line and lists, on the fake hypervisor.</summary>
internal static class ControlPlaneFigures
{
    private const int Runs = 15;
    private const int Servers = 100;
    private static readonly string Openstack = Path.Combine(Path.GetDirectoryName(Environment.GetEnvironmentVariable("CUMULET_BINARY")!)!, "openstack");

    public static async Task Measure(List<Figure> figures)
    {
        using var cloud = new BenchCloud("fake", 18790);
        cloud.Up();
        cloud.Down();
        var starts = new List<double>();
        for (var i = 0; i < Runs; i++) starts.Add(await cloud.StartToFirstAnswer());
        figures.Add(new Figure("start of the daemon to its first answer", Series.Median(starts), "ms", null, 150, "≤ 150 ms"));

        cloud.Up();
        await cloud.Login();
        await Task.Delay(TimeSpan.FromSeconds(3));
        figures.Add(new Figure("idle control plane, 1 process, resident", Resident(cloud.Pid), "MB", null, 60, "≤ 60 MB"));

        var ours = Enumerable.Range(0, Runs).Select(_ => cloud.Timed(Openstack, ["server", "list"])).ToList();
        var stock = Enumerable.Range(0, 3).Select(_ => cloud.Timed("/usr/bin/openstack", ["server", "list"])).ToList();
        figures.Add(new Figure("openstack server list, whole process", Series.Median(ours), "ms", ("python client", Series.Median(stock)), 30, "≤ 30 ms"));

        await Burst(cloud, 50, figures);
        await Burst(cloud, Servers - 50, null);
        await List(cloud, figures);
    }

    private static double Resident(int pid) =>
        double.Parse(File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture) / 1000;

    private static async Task Burst(BenchCloud cloud, int count, List<Figure>? figures)
    {
        var network = (await cloud.Get("/network/v2.0/networks?name=private")).GetProperty("networks")[0].GetProperty("id").GetString();
        var image = await GuestFigures.ActiveImage(cloud);
        var before = (await cloud.Get("/compute/v2.1/servers?limit=1000")).GetProperty("servers").GetArrayLength();
        var body = $$$"""{"server": {"name": "burst", "imageRef": "{{{image}}}", "flavorRef": "1", "networks": [{"uuid": "{{{network}}}"}]}}""";
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (_, _) => await cloud.Send(HttpMethod.Post, "/compute/v2.1/servers", body));
        await cloud.Until("/compute/v2.1/servers?status=ACTIVE&limit=1000", list => list.GetProperty("servers").GetArrayLength() == before + count);
        figures?.Add(new Figure("50 servers at once, fake, to all ACTIVE", watch.Elapsed.TotalMilliseconds, "ms", null, 1000, "≤ 1000 ms"));
    }

    private static async Task List(BenchCloud cloud, List<Figure> figures)
    {
        const string Path = "/compute/v2.1/servers/detail";
        var servers = (await cloud.Get(Path)).GetProperty("servers");
        Require(servers.GetArrayLength() == Servers);
        var one = $"/compute/v2.1/servers/{servers[0].GetProperty("id").GetString()}/metadata";
        using var client = new LoadClient(cloud, Path);
        for (var i = 0; i < 200; i++) client.Ask();
        figures.Add(new Figure("GET /servers/detail, 100 servers, p50", Series.Median(Enumerable.Range(0, 500).Select(_ => Timed(client))), "ms", null, 3, "≤ 3 ms"));
        var changed = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            await cloud.Send(HttpMethod.Post, one, $$$"""{"metadata": {"round": "{{{i}}}"} }""");
            changed.Add(Timed(client));
        }
        figures.Add(new Figure("the same, each after a change of one server", Series.Median(changed), "ms", null, 3, "≤ 3 ms"));
        figures.Add(new Figure("the same unchanged, 8 connections, client on the same cores", Rate(cloud, Path), "/s", null, 1500, "≥ 1500 /s", HigherIsBetter: true));
    }

    private static double Timed(LoadClient client)
    {
        var watch = Stopwatch.StartNew();
        client.Ask();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Rate(BenchCloud cloud, string path)
    {
        var done = 0;
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            using var client = new LoadClient(cloud, path);
            while (clock.Elapsed < TimeSpan.FromSeconds(5))
            {
                client.Ask();
                Interlocked.Increment(ref done);
            }
        })).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return done / clock.Elapsed.TotalSeconds;
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new InvalidOperationException("the list does not have the servers that were made");
    }
}
