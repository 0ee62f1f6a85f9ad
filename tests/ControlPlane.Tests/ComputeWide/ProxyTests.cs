using System.Text.Json;
using Cumulet.ControlPlane.Compute.ServerMigrations;

namespace Cumulet.ControlPlane.Tests.ComputeWide;

/// <summary>What Nova answers by asking other services, until 2.35, and what it does not answer any more.</summary>
public sealed class ProxyTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Security_group_and_rule_live_in_Networking()
    {
        var nova = await NovaClient.As(cloud, "demo");
        var made = await nova.Post("os-security-groups", """{"security_group":{"name":"old","description":"words"} }""", 200);
        Samples.AssertSameMembers("os-security-groups/security-groups-create-resp.json", made);
        var id = made.GetProperty("security_group").GetProperty("id").GetString();
        var rule = await nova.Post("os-security-group-rules", $$"""
            {"security_group_rule":{"parent_group_id":"{{id}}","ip_protocol":"tcp","from_port":22,"to_port":22,"cidr":"10.0.0.0/24"} }
            """, 200);
        Samples.AssertSameMembers("os-security-groups/security-group-rules-post-resp.json", rule);
        var shown = (await nova.Get($"os-security-groups/{id}")).GetProperty("security_group").GetProperty("rules");
        Assert.Equal("10.0.0.0/24", shown[0].GetProperty("ip_range").GetProperty("cidr").GetString());
        await nova.Post("os-security-group-rules", $$"""{"security_group_rule":{"parent_group_id":"{{id}}","ip_protocol":"tcp","from_port":9,"to_port":1} }""", 400);
        // The same once more is a wrong request to Nova, a conflict to Neutron.
        await nova.Post("os-security-group-rules", $$"""
            {"security_group_rule":{"parent_group_id":"{{id}}","ip_protocol":"tcp","from_port":22,"to_port":22,"cidr":"10.0.0.0/24"} }
            """, 400);
        await nova.Delete($"os-security-group-rules/{rule.GetProperty("security_group_rule").GetProperty("id").GetString()}", 202);
        await nova.Put($"os-security-groups/{id}", """{"security_group":{"name":"older","description":"words"} }""", 200);
        Assert.Contains((await nova.Get("os-security-groups")).GetProperty("security_groups").EnumerateArray(), g => g.GetProperty("name").GetString() == "older");
        await nova.Delete($"os-security-groups/{id}", 202);
        await nova.Get($"os-security-groups/{id}", 404);
        await nova.Get("os-security-groups/nonsense", 400);
        await (await NovaClient.As(cloud, "demo", "2.36")).Get("os-security-groups", 404);
    }

    [Fact]
    public async Task Floating_ip_comes_out_of_an_external_network()
    {
        var nova = await NovaClient.As(cloud, "demo");
        Samples.AssertSameMembers("os-floating-ip-pools/floatingippools-list-resp.json", await nova.Get("os-floating-ip-pools"));
        var made = await nova.Post("os-floating-ips", """{"pool":"public"}""", 200);
        Samples.AssertSameMembers("os-floating-ips/floating-ips-create-resp.json", made);
        var id = made.GetProperty("floating_ip").GetProperty("id").GetString();
        Assert.Equal("public", (await nova.Get($"os-floating-ips/{id}")).GetProperty("floating_ip").GetProperty("pool").GetString());
        Assert.Single((await nova.Get("os-floating-ips")).GetProperty("floating_ips").EnumerateArray());
        await nova.Delete($"os-floating-ips/{id}", 202);
        await nova.Delete($"os-floating-ips/{id}", 404);
        await nova.Post("os-floating-ips", """{"pool":"nowhere"}""", 404);
    }

    [Fact]
    public async Task Networks_are_labels_only()
    {
        var admin = await NovaClient.As(cloud, "admin");
        var all = await admin.Get("os-networks");
        Samples.AssertSameMembers("os-networks/networks-list-resp.json", all);
        var id = all.GetProperty("networks")[0].GetProperty("id").GetString();
        Assert.Equal(id, (await admin.Get($"os-networks/{id}")).GetProperty("network").GetProperty("id").GetString());
        Assert.Equal("None", (await admin.Get("os-tenant-networks")).GetProperty("networks")[0].GetProperty("cidr").GetString());
        await admin.Get("os-networks/nowhere", 404);
        await admin.Post("os-networks", "{}", 410);
    }

    [Fact]
    public async Task Volume_lives_in_block_storage()
    {
        var nova = await NovaClient.As(cloud, "demo");
        var made = await nova.Post("os-volumes", """{"volume":{"size":1,"display_name":"old","metadata":{"a":"b"} } }""", 200);
        var volume = made.GetProperty("volume");
        Assert.Equal(("old", "b"), (volume.GetProperty("displayName").GetString(), volume.GetProperty("metadata").GetProperty("a").GetString()));
        Assert.Contains((await nova.Get("os-volumes/detail")).GetProperty("volumes").EnumerateArray(),
            v => v.GetProperty("id").GetString() == volume.GetProperty("id").GetString());
        await nova.Get($"os-volumes/{volume.GetProperty("id").GetString()}");
        Assert.Empty((await nova.Get("os-snapshots")).GetProperty("snapshots").EnumerateArray());
        await nova.Get($"os-volumes/{Guid.NewGuid()}", 404);
        await nova.Post("os-volumes", """{"volume":{"size":0} }""", 400);
    }

    [Fact]
    public async Task Images_are_listed_and_unknown_ones_are_not_found()
    {
        var nova = await NovaClient.As(cloud, "demo");
        Assert.Equal(JsonValueKind.Array, (await nova.Get("images/detail")).GetProperty("images").ValueKind);
        foreach (var filter in (string[])["type=snapshot", $"server=http://elsewhere/servers/{Guid.NewGuid()}", "property-nothing=x", "changes-since=2999-01-01T00:00:00Z", "minDisk=77"])
            Assert.Empty((await nova.Get($"images/detail?{filter}")).GetProperty("images").EnumerateArray());
        await nova.Get($"images/{Guid.NewGuid()}", 404);
        await nova.Get($"images/{Guid.NewGuid()}/metadata", 404);
        await (await NovaClient.As(cloud, "demo", "2.36")).Get("images", 404);
    }

    [Theory]
    [InlineData("os-agents")]
    [InlineData("os-cells")]
    [InlineData("os-fping")]
    [InlineData("os-floating-ips-bulk")]
    [InlineData("os-security-group-default-rules")]
    public async Task What_the_api_had_once_is_gone(string path) =>
        Assert.Equal(410, (await (await NovaClient.As(cloud, "demo")).Get(path, 410)).GetProperty("computeFault").GetProperty("code").GetInt32());

    [Fact]
    public async Task Extensions_are_named()
    {
        var nova = await NovaClient.As(cloud, "demo");
        Samples.AssertSameMembers("extension-info/extensions-list-resp.json", await nova.Get("extensions"));
        Assert.Equal("Keypairs", (await nova.Get("extensions/os-keypairs")).GetProperty("extension").GetProperty("name").GetString());
        await nova.Get("extensions/os-nothing", 404);
    }

    [Fact]
    public async Task Migrations_are_listed_with_what_the_microversion_knows()
    {
        await using var own = await TestCloud.Start();
        var now = DateTimeOffset.UtcNow;
        var id = Guid.NewGuid().ToString();
        await own.Cloud.Parts.Database.Write(tx => MigrationStore.Begin(tx, new(
            id, 0, Guid.NewGuid().ToString(), own.First.DemoProjectId, own.First.DemoUserId, "live-migration", "running", "a", "b", "1", "2", now, now)));
        var admin = await NovaClient.As(own, "admin", "2.80");
        Samples.AssertSameMembers("os-migrations/v2.80/migrations-get.json", await admin.Get("os-migrations"));
        Assert.Empty((await admin.Get("os-migrations?status=error")).GetProperty("migrations").EnumerateArray());
        Assert.Single((await admin.Get("os-migrations?host=b")).GetProperty("migrations").EnumerateArray());
        Assert.Empty((await admin.Get($"os-migrations?changes-before={Uri.EscapeDataString("2001-01-01T00:00:00Z")}")).GetProperty("migrations").EnumerateArray());
        await admin.Get("os-migrations?marker=nothing", 400);
        await (await NovaClient.As(own, "demo", "2.80")).Get("os-migrations", 403);
    }
}
