using System.Text.Json;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Conflicts;

/// <summary>A cloud without quotas, and short words for what a conflict is made of.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly TestCloud _cloud = new() { Configure = options => options with { FakeHosts = 2 } };
    private HttpClient _admin = null!;
    private HttpClient _demo = null!;

    public string Image { get; private set; } = "";
    public string Project => _cloud.First.DemoProjectId;
    public TestCloud Cloud => _cloud;

    public static async Task<World> Start()
    {
        var world = new World();
        await world._cloud.InitializeAsync();
        world._admin = await world.As("admin");
        world._demo = await world.As("demo");
        world.Image = await world._demo.CreateActive(ImageClient.Bytes(1 << 20), "tiny");
        foreach (var (path, body) in new[]
        {
            ($"/volume/v3/{world._cloud.First.AdminProjectId}/os-quota-sets/{world.Project}", """{"quota_set":{"volumes":-1,"gigabytes":-1,"snapshots":-1} }"""),
            ($"/compute/v2.1/os-quota-sets/{world.Project}", """{"quota_set":{"instances":-1,"cores":-1,"ram":-1,"key_pairs":-1} }"""),
            ($"/network/v2.0/quotas/{world.Project}", """{"quota":{"port":-1,"network":-1,"subnet":-1,"router":-1,"security_group":-1,"security_group_rule":-1,"floatingip":-1} }"""),
        }) await world.Must("PUT", path, body, world._admin);
        return world;
    }

    /// <summary>A client that speaks the newest versions.</summary>
    public async Task<HttpClient> As(string who, string? password = null)
    {
        var client = await _cloud.As(who, password);
        client.DefaultRequestHeaders.Add("OpenStack-API-Version", ["volume 3.71, compute 2.90, placement 1.39"]);
        return client;
    }

    public HttpClient Admin => _admin;

    public async Task<(int Status, JsonElement Body)> Send(string method, string path, string? body = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : TestCloud.Body(body) };
        using var answer = await (client ?? _demo).SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if ((int)answer.StatusCode >= 500) TestContext.Current.SendDiagnosticMessage($"{method} {path}: {text}");
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default);
    }

    public async Task<JsonElement> Must(string method, string path, string? body = null, HttpClient? client = null)
    {
        var (status, answer) = await Send(method, path, body, client);
        Assert.True(status < 300, $"{method} {path}: {status} {answer}");
        return answer;
    }

    /// <summary>A request of a race: its status.</summary>
    public Func<Task<int>> Call(string method, string path, string? body = null, HttpClient? client = null) =>
        async () => (await Send(method, path, body, client)).Status;

    public Func<Task<int>> Act(string server, string action) => Call("POST", $"/compute/v2.1/servers/{server}/action", action);

    public Func<Task<int>> DeleteServer(string server) => Call("DELETE", $"/compute/v2.1/servers/{server}");

    public string Volumes => $"/volume/v3/{Project}/volumes";

    public async Task<string> Volume()
    {
        var volume = await Must("POST", Volumes, """{"volume":{"size":1} }""");
        await Quiet();
        return volume.GetProperty("volume").GetProperty("id").GetString()!;
    }

    public static string VolumeToAttach(string volume) => $$"""{"volumeAttachment":{"volumeId":"{{volume}}"} }""";

    public string ServerBody(string more = "") =>
        $$"""{"server":{"name":"raced","imageRef":"{{Image}}","flavorRef":"1","networks":"none"{{more}}} }""";

    public async Task<string> Server(string more = "", bool wait = true)
    {
        var server = await Must("POST", "/compute/v2.1/servers", ServerBody(more));
        if (wait) await Quiet();
        return server.GetProperty("server").GetProperty("id").GetString()!;
    }

    public async Task<string> Made(string kind, string path, string body, HttpClient? client = null) =>
        (await Must("POST", path, body, client)).GetProperty(kind).GetProperty("id").GetString()!;

    public Task Quiet() => _cloud.Cloud.Parts.Sagas.Settled().WaitAsync(TimeSpan.FromSeconds(30));

    public async Task Clean(string name)
    {
        await Quiet();
        var findings = await _cloud.Cloud.Audit.Run(CancellationToken.None);
        for (var i = 0; i < 100 && findings.Count > 0; i++)
        {
            await Task.Delay(50);
            findings = await _cloud.Cloud.Audit.Run(CancellationToken.None);
        }
        Assert.True(findings.Count == 0, $"{name}: {string.Join(" | ", findings)}");
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _demo.Dispose();
        await _cloud.DisposeAsync();
    }
}
