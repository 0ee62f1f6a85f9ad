using System.Net;
using Cumulet.ControlPlane.Tests.Compute;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Walks through lists page by page while others create and delete: what was there all the time comes exactly once.</summary>
public sealed class PagingTests(ServerCloud servers) : IClassFixture<ServerCloud>
{
    private const int Staying = 45;

    [Theory]
    [InlineData("volumes", "")]
    [InlineData("volumes", "&sort=name:asc")]
    [InlineData("volumes", "&sort=size:desc,name:asc")]
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
        var network = kind == "ports" ? await Id(admin, "/network/v2.0/networks", """{"network": {"name": "paged"} }""", "network") : "";
        var staying = new HashSet<string>();
        for (var i = 0; i < Staying; i++) staying.Add(await Make(admin, kind, network, i));
        if (kind == "servers") foreach (var id in staying) await servers.Becomes(id, "ACTIVE");
        using var stop = new CancellationTokenSource();
        var churn = Enumerable.Range(0, 2).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) await Remove(admin, kind, await Make(admin, kind, network, 100 * (worker + 1) + i));
        })).ToList();
        for (var walk = 0; walk < 3; walk++) Assert.Equal(staying.Order(), (await Walk(admin, kind, order, staying)).Order());
        await stop.CancelAsync();
        await Task.WhenAll(churn);
        foreach (var id in staying) await Remove(admin, kind, id);
    }

    private static string Path(string kind) => kind switch
    {
        "volumes" => "/volume/v3/volumes",
        "ports" => "/network/v2.0/ports",
        _ => "/compute/v2.1/servers",
    };

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
            ("volume/v3/os-quota-sets", """{"quota_set": {"volumes": -1, "gigabytes": -1} }"""),
            ("network/v2.0/quotas", """{"quota": {"port": -1} }""")])
        {
            using var answer = await admin.PutAsync($"/{path}/{project}", TestCloud.Body(body));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private Task<string> Make(HttpClient client, string kind, string network, int number) => kind switch
    {
        // Names and sizes in an order of their own, and several alike.
        "volumes" => Id(client, Path(kind), $$$"""{"volume": {"name": "v{{{number * 7 % 10}}}", "size": {{{1 + number % 3}}} } }""", "volume"),
        "ports" => Id(client, Path(kind), $$$"""{"port": {"network_id": "{{{network}}}", "name": "p{{{number * 7 % 10}}}"} }""", "port"),
        _ => Id(client, Path(kind), servers.ImageBody($"s{number * 7 % 10}"), "server"),
    };

    private static async Task<string> Id(HttpClient client, string path, string body, string member)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = TestCloud.Body(body) };
        request.Headers.Add("OpenStack-API-Version", "compute 2.37");
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        return (await TestCloud.Json(answer)).GetProperty(member).GetProperty("id").GetString()!;
    }

    private static async Task Remove(HttpClient client, string kind, string id)
    {
        // A volume that is still being made is refused.
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
