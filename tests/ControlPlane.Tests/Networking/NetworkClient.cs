using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

/// <summary>An answer of the network service.</summary>
internal sealed record NetworkAnswer(HttpStatusCode Status, JsonElement Body)
{
    /// <summary>Neutron's exception name; empty where the answer is no error.</summary>
    public string Error => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("NeutronError", out var error)
        ? error.GetProperty("type").GetString()!
        : "";

    public string Message => Body.GetProperty("NeutronError").GetProperty("message").GetString()!;

    public JsonElement this[string member] => Body.GetProperty(member);

    public override string ToString() => $"{(int)Status} {(Body.ValueKind == JsonValueKind.Undefined ? "" : Body.GetRawText())}";
}

/// <summary>Speaks to the network service as one caller.</summary>
internal sealed class NetworkClient(HttpClient http) : IDisposable
{
    public static async Task<NetworkClient> As(TestCloud cloud, string who) => new(await cloud.As(who));

    public Task<NetworkAnswer> Get(string path) => Send(HttpMethod.Get, path, null);
    public Task<NetworkAnswer> Delete(string path) => Send(HttpMethod.Delete, path, null);
    public Task<NetworkAnswer> Post(string path, string json) => Send(HttpMethod.Post, path, json);
    public Task<NetworkAnswer> Put(string path, string json) => Send(HttpMethod.Put, path, json);

    public async Task<NetworkAnswer> Send(HttpMethod method, string path, string? json, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, $"/network/v2.0/{path}");
        if (json is not null) request.Content = TestCloud.Body(json);
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (text.Length == 0) return new NetworkAnswer(answer.StatusCode, default);
        using var document = JsonDocument.Parse(text);
        return new NetworkAnswer(answer.StatusCode, document.RootElement.Clone());
    }

    private async Task<JsonElement> Made(string path, string member, string json)
    {
        var answer = await Post(path, json);
        Assert.True(answer.Status == HttpStatusCode.Created, $"POST {path} {json}: {answer}");
        return answer[member];
    }

    public async Task<string> Network(string more = "") =>
        Id(await Made("networks", "network", $$"""{"network": {"name": "n"{{more}} } }"""));

    public async Task<string> Subnet(string network, string cidr, string more = "") => Id(await Made("subnets", "subnet",
        $$"""{"subnet": {"network_id": "{{network}}", "ip_version": {{(cidr.Contains(':') ? 6 : 4)}}, "cidr": "{{cidr}}"{{more}} } }"""));

    public async Task<JsonElement> Port(string network, string more = "") =>
        await Made("ports", "port", $$"""{"port": {"network_id": "{{network}}"{{more}} } }""");

    /// <summary>Takes their rank from the pools that a new cloud has.</summary>
    public async Task WithoutDefaultPools()
    {
        foreach (var pool in (await Get("subnetpools?is_default=true"))["subnetpools"].EnumerateArray().Select(Id).ToList())
            Assert.Equal(HttpStatusCode.OK, (await Put($"subnetpools/{pool}", """{"subnetpool": {"is_default": false} }""")).Status);
    }

    public async Task<JsonElement> Router(string more = "") => await Made("routers", "router", $$"""{"router": {"name": "r"{{more}} } }""");

    public async Task<JsonElement> Group(string name) => await Made("security-groups", "security_group", $$"""{"security_group": {"name": "{{name}}"} }""");

    /// <summary>The id of the network that every cloud starts with: public or private.</summary>
    public async Task<string> Named(string name) => Id((await Get($"networks?name={name}"))["networks"][0]);

    public static string Id(JsonElement resource) => resource.GetProperty("id").GetString()!;

    public void Dispose() => http.Dispose();
}
