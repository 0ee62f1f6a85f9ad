using System.Net;
using Cumulet.ControlPlane.Tests.Compute;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Walks through lists page by page while others create and delete: what was there all the time comes exactly once.</summary>
public sealed class PagingTests(ServerCloud servers) : IClassFixture<ServerCloud>
{
    private const int Staying = 45;

    [Theory]
    [InlineData("volumes", "")]
    [InlineData("volumes", "&sort=name:asc")]
    [InlineData("volumes", "&sort=size:desc,name:asc")]
    [InlineData("volumes", "&sort=bootable:asc,size:asc,name:desc")]
    [InlineData("snapshots", "")]
    [InlineData("snapshots", "&sort=name:desc")]
    [InlineData("snapshots", "&sort=volume_size:asc,status:asc,name:desc")]
    [InlineData("images", "")]
    [InlineData("images", "&sort=disk_format:asc,size:desc,name:desc")]
    [InlineData("images", "&sort_key=status&sort_dir=asc&sort_key=name&sort_dir=desc")]
    [InlineData("ports", "")]
    [InlineData("ports", "&sort_key=mac_address&sort_dir=desc")]
    [InlineData("ports", "&sort_key=status&sort_dir=asc&sort_key=name&sort_dir=desc")]
    [InlineData("servers", "")]
    [InlineData("servers", "&sort_key=display_name&sort_dir=asc")]
    [InlineData("servers", "&sort_key=vm_state&sort_dir=desc&sort_key=display_name&sort_dir=desc")]
    public async Task Row_that_stays_comes_once_while_others_come_and_go(string kind, string order)
    {
        using var admin = await servers.Cloud.As("admin/demo");
        await Unlimited(admin);
        var parent = await Parent(admin, kind);
        var staying = new HashSet<string>();
        for (var i = 0; i < Staying; i++) staying.Add(await Make(admin, kind, parent, i));
        // One that is still being made moves in a list by status.
        foreach (var id in staying) await Settled(admin, kind, id);
        using var stop = new CancellationTokenSource();
        var churn = Enumerable.Range(0, 2).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) await Remove(admin, kind, await Make(admin, kind, parent, 100 * (worker + 1) + i));
        })).ToList();
        for (var walk = 0; walk < 3; walk++) Assert.Equal(staying.Order(), (await Walk(admin, kind, order, staying)).Order());
        await stop.CancelAsync();
        await Task.WhenAll(churn);
        foreach (var id in staying) await Remove(admin, kind, id);
    }

    private static string Path(string kind) => kind switch
    {
        "volumes" or "snapshots" => $"/volume/v3/{kind}",
        "images" => "/image/v2/images",
        "ports" => "/network/v2.0/ports",
        _ => "/compute/v2.1/servers",
    };

    // What ports and snapshots are of.
    private static async Task<string> Parent(HttpClient admin, string kind)
    {
        if (kind == "ports") return await Id(admin, "/network/v2.0/networks", """{"network": {"name": "paged"} }""", "network");
        if (kind != "snapshots") return "";
        var volume = await Id(admin, Path("volumes"), """{"volume": {"size": 1} }""", "volume");
        await Available(admin, "volumes", volume);
        return volume;
    }

    private Task Settled(HttpClient admin, string kind, string id) => kind switch
    {
        "servers" => servers.Becomes(id, "ACTIVE"),
        "volumes" or "snapshots" => Available(admin, kind, id),
        _ => Task.CompletedTask,
    };

    private static Task Available(HttpClient admin, string kind, string id) => Eventually.Holds(async () =>
        (await TestCloud.Json(await admin.GetAsync($"{Path(kind)}/{id}"))).GetProperty(kind[..^1]).GetProperty("status").GetString() == "available");

    // The marker is a row that stays: one that is deleted between two pages is refused, as it should be.
    private static async Task<List<string>> Walk(HttpClient client, string kind, string order, HashSet<string> staying)
    {
        var seen = new List<string>();
        string? marker = null;
        while (true)
        {
            using var answer = await client.GetAsync($"{Path(kind)}?limit=13{order}{(marker is null ? "" : $"&marker={marker}")}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var page = (await TestCloud.Json(answer)).GetProperty(kind).EnumerateArray().Select(r => r.GetProperty("id").GetString()!).ToList();
            var ours = page.Where(staying.Contains).ToList();
            seen.AddRange(ours);
            if (ours.Count == 0) return seen;
            marker = ours[^1];
        }
    }

    private static async Task Unlimited(HttpClient admin)
    {
        using var token = await admin.GetAsync("/identity/v3/auth/projects");
        var project = (await TestCloud.Json(token)).GetProperty("projects").EnumerateArray().First(p => p.GetProperty("name").GetString() == "demo").GetProperty("id").GetString();
        foreach (var (path, body) in ((string, string)[])[
            ("compute/v2.1/os-quota-sets", """{"quota_set": {"instances": -1, "cores": -1, "ram": -1} }"""),
            ("volume/v3/os-quota-sets", """{"quota_set": {"volumes": -1, "gigabytes": -1, "snapshots": -1} }"""),
            ("network/v2.0/quotas", """{"quota": {"port": -1} }""")])
        {
            using var answer = await admin.PutAsync($"/{path}/{project}", TestCloud.Body(body));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private Task<string> Make(HttpClient client, string kind, string parent, int number) => kind switch
    {
        // Names and sizes in an order of their own, and several alike.
        "volumes" => Id(client, Path(kind), $$$"""{"volume": {"name": "v{{{number * 7 % 10}}}", "size": {{{1 + number % 3}}} } }""", "volume"),
        "ports" => Id(client, Path(kind), $$$"""{"port": {"network_id": "{{{parent}}}", "name": "p{{{number * 7 % 10}}}"} }""", "port"),
        "snapshots" => Id(client, Path(kind), $$$"""{"snapshot": {"volume_id": "{{{parent}}}", "name": "t{{{number * 7 % 10}}}"} }""", "snapshot"),
        "images" => Id(client, Path(kind), $$$"""
            {"name": "i{{{number * 7 % 10}}}", "min_ram": {{{number % 3}}}, "disk_format": "{{{(number % 2 == 0 ? "raw" : "qcow2")}}}", "container_format": "bare"}
            """, null),
        _ => Id(client, Path(kind), servers.ImageBody($"s{number * 7 % 10}"), "server"),
    };

    private static async Task<string> Id(HttpClient client, string path, string body, string? member)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = TestCloud.Body(body) };
        request.Headers.Add("OpenStack-API-Version", "compute 2.37");
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        var made = await TestCloud.Json(answer);
        return (member is null ? made : made.GetProperty(member)).GetProperty("id").GetString()!;
    }

    private static async Task Remove(HttpClient client, string kind, string id)
    {
        // A volume or a snapshot that is still being made is refused.
        HttpStatusCode status;
        do
        {
            using var answer = await client.DeleteAsync($"{Path(kind)}/{id}");
            status = answer.StatusCode;
        }
        while (status == HttpStatusCode.BadRequest);
        Assert.True(status is HttpStatusCode.Accepted or HttpStatusCode.NoContent, $"{kind} {id}: {status}");
    }
}
