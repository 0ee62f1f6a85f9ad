using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>Speaks to the block storage API as one user at one microversion.</summary>
internal sealed class VolumeClient(HttpClient http) : IDisposable
{
    public static async Task<VolumeClient> As(TestCloud cloud, string who, string version = "3.71")
    {
        var http = await cloud.As(who);
        http.DefaultRequestHeaders.Add("OpenStack-API-Version", $"volume {version}");
        return new VolumeClient(http);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> Send(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/volume/v3/" + path);
        if (body is not null) request.Content = TestCloud.Body(body);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    public async Task<JsonElement> Get(string path) => await Expect(HttpStatusCode.OK, "GET", path);

    public async Task<JsonElement> Expect(HttpStatusCode status, string method, string path, string? body = null)
    {
        var (actual, answer) = await Send(method, path, body);
        Assert.True(status == actual, $"{method} {path}: {(int)actual} {answer}");
        return answer;
    }

    /// <summary>The message of a refusal of this status.</summary>
    public async Task<string> Refused(int status, string method, string path, string? body = null)
    {
        var (actual, answer) = await Send(method, path, body);
        Assert.True(status == (int)actual, $"{method} {path}: {(int)actual} {answer}");
        return answer.EnumerateObject().Single().Value.GetProperty("message").GetString()!;
    }

    public async Task<string> Create(string members = "\"size\":1")
    {
        var volume = await Expect(HttpStatusCode.Accepted, "POST", "volumes", $$"""{"volume":{ {{members}} } }""");
        var id = volume.GetProperty("volume").GetProperty("id").GetString()!;
        await Until($"volumes/{id}", "volume", "available");
        return id;
    }

    public async Task<string> Snapshot(string volumeId)
    {
        var answer = await Expect(HttpStatusCode.Accepted, "POST", "snapshots", $$"""{"snapshot":{"volume_id":"{{volumeId}}"} }""");
        var id = answer.GetProperty("snapshot").GetProperty("id").GetString()!;
        await Until($"snapshots/{id}", "snapshot", "available");
        return id;
    }

    public Task<JsonElement> Action(string volumeId, string key, string body = "{}") =>
        Expect(HttpStatusCode.Accepted, "POST", $"volumes/{volumeId}/action", $$"""{"{{key}}":{{body}} }""");

    /// <summary>Asks again until the resource has the state; a wrong end state fails at once.</summary>
    public async Task<JsonElement> Until(string path, string member, string status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var resource = (await Get(path)).GetProperty(member);
            var now = resource.GetProperty("status").GetString();
            if (now == status) return resource;
            Assert.False(now!.StartsWith("error", StringComparison.Ordinal), $"{path} is {now}");
            await Task.Delay(20, patience.Token);
        }
    }

    public async Task UntilGone(string path)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await Send("GET", path)).Status != HttpStatusCode.NotFound) await Task.Delay(20, patience.Token);
    }

    public void Dispose() => http.Dispose();
}
