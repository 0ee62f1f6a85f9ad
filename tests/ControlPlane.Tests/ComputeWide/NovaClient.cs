using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.ComputeWide;

/// <summary>Calls of one service at one microversion that say which status they expect.</summary>
public sealed class NovaClient(HttpClient client, string prefix)
{
    public static async Task<NovaClient> As(TestCloud cloud, string who, string version = "2.1")
    {
        var client = await cloud.As(who);
        client.DefaultRequestHeaders.Add("OpenStack-API-Version", $"compute {version}");
        return new NovaClient(client, "/compute/v2.1/");
    }

    public static async Task<NovaClient> Placement(TestCloud cloud, string who, string version = "1.39")
    {
        var client = await cloud.As(who);
        client.DefaultRequestHeaders.Add("OpenStack-API-Version", $"placement {version}");
        return new NovaClient(client, "/placement/");
    }

    public Task<JsonElement> Get(string path, int status = 200) => Send(HttpMethod.Get, path, null, status);
    public Task<JsonElement> Post(string path, string body, int status) => Send(HttpMethod.Post, path, body, status);
    public Task<JsonElement> Put(string path, string body, int status) => Send(HttpMethod.Put, path, body, status);
    public Task<JsonElement> Delete(string path, int status) => Send(HttpMethod.Delete, path, null, status);

    /// <summary>The text of a compute fault.</summary>
    public static string Message(JsonElement fault) => fault.EnumerateObject().First().Value.GetProperty("message").GetString()!;

    private async Task<JsonElement> Send(HttpMethod method, string path, string? body, int status)
    {
        using var request = new HttpRequestMessage(method, prefix + path) { Content = body is null ? null : TestCloud.Body(body) };
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{method} {path}: {(int)answer.StatusCode} instead of {status}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}
