using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>A cloud with an image to boot from, and the words in which tests speak of servers.</summary>
public sealed class ServerCloud : IAsyncLifetime, IAsyncDisposable
{
    public TestCloud Cloud { get; } = new();
    public NovaClient Demo { get; private set; } = null!;
    public NovaClient Admin { get; private set; } = null!;
    public HttpClient DemoHttp { get; private set; } = null!;
    /// <summary>A raw image of 4 MiB.</summary>
    public string Image { get; private set; } = "";
    public FakeHypervisor Hypervisor => (FakeHypervisor)Cloud.Cloud.Rooms.Compute.Hypervisor;

    public async ValueTask InitializeAsync()
    {
        await Cloud.InitializeAsync();
        DemoHttp = await Cloud.As("demo");
        Demo = await NovaClient.As(Cloud, "demo", "2.100");
        Admin = await NovaClient.As(Cloud, "admin", "2.100");
        Image = await DemoHttp.CreateActive(ImageClient.Bytes(4 << 20), "tiny", more: ", \"hw_rng_model\": \"virtio\"");
    }

    public Task<NovaClient> DemoAt(string version) => NovaClient.As(Cloud, "demo", version);

    public static string Body(string members) => $$"""{"server": { {{members}} } }""";

    public string ImageBody(string name, string more = "") => Body(
        $"\"name\": \"{name}\", \"imageRef\": \"{Image}\", \"flavorRef\": \"1\", \"networks\": \"none\" {more}");

    public async Task<string> Create(string body) =>
        (await Demo.Post("servers", body, 202)).GetProperty("server").GetProperty("id").GetString()!;

    public async Task<JsonElement> Show(string id) => (await Demo.Get($"servers/{id}")).GetProperty("server");

    public async Task<JsonElement> Becomes(string id, string status)
    {
        JsonElement server = default;
        await Eventually.Holds(async () =>
        {
            server = await Show(id);
            var now = server.GetProperty("status").GetString();
            if (now == "ERROR" && status != "ERROR") Assert.Fail($"{id} is in ERROR: {server}");
            return now == status && server.GetProperty("OS-EXT-STS:task_state").ValueKind == JsonValueKind.Null;
        });
        return server;
    }

    public Task Gone(string id) => Eventually.Holds(async () =>
    {
        using var client = await Cloud.As("demo");
        using var answer = await client.GetAsync($"/compute/v2.1/servers/{id}");
        return answer.StatusCode == HttpStatusCode.NotFound;
    });

    public async Task<JsonElement> Volume(string id)
    {
        using var answer = await DemoHttp.GetAsync($"/volume/v3/{Cloud.First.DemoProjectId}/volumes/{id}");
        await answer.Must(HttpStatusCode.OK);
        return (await TestCloud.Json(answer)).GetProperty("volume");
    }

    public async ValueTask DisposeAsync() => await Cloud.DisposeAsync();
}
