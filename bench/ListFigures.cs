using System.Diagnostics;
using System.Text.Json;

namespace Cumulet.Bench;

/// <summary>Pages of a thousand out of ten thousand, each after a change: nothing of the page is remembered.</summary>
internal static class ListFigures
{
    private const int Rows = 10_000;
    private const int Page = 1000;
    private const int AtOnce = 250;
    private const int Runs = 9;

    public static async Task Measure(List<Figure> figures)
    {
        using var cloud = new BenchCloud("fake", 18793);
        cloud.Up();
        await cloud.Login();
        var image = await GuestFigures.ActiveImage(cloud);
        var network = (await cloud.Send(HttpMethod.Post, "/network/v2.0/networks", """{"network": {"name": "wide"} }""")).GetProperty("network").GetProperty("id").GetString();
        await cloud.Send(HttpMethod.Post, "/network/v2.0/subnets", $$$"""{"subnet": {"network_id": "{{{network}}}", "ip_version": 4, "cidr": "10.64.0.0/16"} }""");
        // Small enough that the fake host has room for all of them.
        var flavor = (await cloud.Send(HttpMethod.Post, "/compute/v2.1/flavors", """{"flavor": {"name": "speck", "ram": 64, "vcpus": 1, "disk": 0} }""")).GetProperty("flavor").GetProperty("id").GetString();
        for (var made = 0; made < Rows; made += AtOnce)
        {
            await cloud.Send(HttpMethod.Post, "/compute/v2.1/servers", $$$"""
                {"server": {"name": "many", "imageRef": "{{{image}}}", "flavorRef": "{{{flavor}}}", "min_count": {{{AtOnce}}}, "max_count": {{{AtOnce}}}, "networks": [{"uuid": "{{{network}}}"}]}}
                """);
            await cloud.Until("/compute/v2.1/servers?status=BUILD&limit=1", list => list.GetProperty("servers").GetArrayLength() == 0);
        }
        await Parallel.ForEachAsync(Enumerable.Range(0, Rows), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            await cloud.Send(HttpMethod.Post, "/volume/v3/volumes", $$$"""{"volume": {"size": 1, "name": "v{{{i % 97}}}"} }"""));
        await Pages(cloud, "servers", "/compute/v2.1/servers/detail", figures);
        await Pages(cloud, "volumes", "/volume/v3/volumes/detail", figures);
        await Pages(cloud, "ports", "/network/v2.0/ports", figures);
    }

    private static async Task Pages(BenchCloud cloud, string kind, string path, List<Figure> figures)
    {
        foreach (var (order, what) in ((string, string)[])[("", ""), (kind == "volumes" ? "&sort=name:asc" : $"&sort_key={(kind == "servers" ? "display_name" : "name")}&sort_dir=asc", " by name")])
        {
            string? marker = null;
            for (var page = 0; page < 5; page++)
            {
                var rows = (await cloud.Get($"{path}?limit={Page}{order}{(marker is null ? "" : $"&marker={marker}")}")).GetProperty(kind);
                if (rows.GetArrayLength() != Page) throw new InvalidOperationException($"page {page} of {kind} has {rows.GetArrayLength()} rows");
                marker = rows[Page - 1].GetProperty("id").GetString();
            }
            using var client = new LoadClient(cloud, $"{path}?limit={Page}{order}&marker={marker}");
            var times = new List<double>();
            for (var i = 0; i < Runs; i++)
            {
                await Touch(cloud, kind, marker!, i);
                var watch = Stopwatch.StartNew();
                client.Ask();
                times.Add(watch.Elapsed.TotalMilliseconds);
            }
            figures.Add(new Figure($"{Page} of {Rows} {kind} with details{what}, after a change", Series.Median(times), "ms", null, 60, "≤ 60 ms"));
        }
    }

    private static Task<JsonElement> Touch(BenchCloud cloud, string kind, string id, int round) => kind switch
    {
        "servers" => cloud.Send(HttpMethod.Post, $"/compute/v2.1/servers/{id}/metadata", $$$"""{"metadata": {"round": "{{{round}}}"} }"""),
        "volumes" => cloud.Send(HttpMethod.Post, $"/volume/v3/volumes/{id}/metadata", $$$"""{"metadata": {"round": "{{{round}}}"} }"""),
        _ => cloud.Send(HttpMethod.Put, $"/network/v2.0/ports/{id}", $$$"""{"port": {"description": "{{{round}}}"} }"""),
    };
}
