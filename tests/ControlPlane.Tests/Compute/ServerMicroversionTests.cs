using System.Runtime.CompilerServices;
using System.Text.Json;
using Cumulet.ControlPlane.Tests.ComputeWide;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>
/// The members of a server at every microversion, for reading, listing and changing, as the API reference's own examples
/// have them (Members/servers.txt: version, who asks, operation, members).
/// </summary>
public sealed class ServerMicroversionTests(ServerCloud cloud) : IClassFixture<ServerCloud>
{
    public static TheoryData<string, string, string, string> Examples()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var line in File.ReadAllLines(Path.Combine(Folder(), "servers.txt")))
            if (line.Split(' ') is [var version, var who, var operation, var members]) data.Add(version, who, operation, members);
        return data;
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Members");

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Members_are_those_of_the_reference(string version, string who, string operation, string members)
    {
        var id = await Server();
        var client = await NovaClient.As(cloud.Cloud, who, version);
        var server = operation switch
        {
            "put" => (await client.Put($"servers/{id}", """{"server": {"name": "example"}}""", 200)).GetProperty("server"),
            "list" => (await client.Get($"servers/detail?all_tenants={(who == "admin" ? 1 : 0)}&name=example")).GetProperty("servers")[0],
            _ => (await client.Get($"servers/{id}")).GetProperty("server"),
        };
        Assert.Equal(members.Split(',').Order(StringComparer.Ordinal), server.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
    }

    private static string? _server;

    // One server with a port, which security groups need to be shown.
    private async Task<string> Server()
    {
        if (_server is not null) return _server;
        var networks = (await TestCloud.Json(await cloud.DemoHttp.GetAsync("/network/v2.0/networks?name=private"))).GetProperty("networks");
        var id = await cloud.Create(ServerCloud.Body($$"""
            "name": "example", "imageRef": "{{cloud.Image}}", "flavorRef": "1", "networks": [{"uuid": "{{networks[0].GetProperty("id").GetString()}}"}]
            """));
        await cloud.Becomes(id, "ACTIVE");
        return _server = id;
    }

    [Fact]
    public async Task Flavor_is_a_link_until_2_46_and_a_copy_from_2_47()
    {
        var id = await Server();
        var old = (await (await cloud.DemoAt("2.46")).Get($"servers/{id}")).GetProperty("server").GetProperty("flavor");
        Assert.Equal("1", old.GetProperty("id").GetString());
        var copy = (await (await cloud.DemoAt("2.47")).Get($"servers/{id}")).GetProperty("server").GetProperty("flavor");
        Assert.Equal(["disk", "ephemeral", "extra_specs", "original_name", "ram", "swap", "vcpus"], copy.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("2.1", "addr,version")]
    [InlineData("2.74", "addr,version")]
    [InlineData("2.75", "OS-EXT-IPS-MAC:mac_addr,OS-EXT-IPS:type,addr,version")]
    public async Task An_update_answers_the_whole_of_addresses_from_2_75_on(string version, string members)
    {
        var client = await NovaClient.As(cloud.Cloud, "demo", version);
        var server = (await client.Put($"servers/{await Server()}", """{"server": {"name": "example"}}""", 200)).GetProperty("server");
        var address = server.GetProperty("addresses").EnumerateObject().Single().Value[0];
        Assert.Equal(members, string.Join(',', address.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Old_v2_serves_the_first_microversion_whatever_the_header_says()
    {
        var id = await Server();
        var http = await cloud.Cloud.As("demo");
        http.DefaultRequestHeaders.Add("OpenStack-API-Version", "compute 2.90");
        var server = (await TestCloud.Json(await http.GetAsync($"/compute/v2/{cloud.Cloud.First.DemoProjectId}/servers/{id}"))).GetProperty("server");
        Assert.False(server.TryGetProperty("tags", out _));
    }
}
