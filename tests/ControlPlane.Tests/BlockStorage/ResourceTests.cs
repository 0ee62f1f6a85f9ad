using System.Net;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

public sealed class ResourceTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Transfer_gives_a_volume_to_who_knows_the_key()
    {
        using var demo = await VolumeClient.As(cloud, "demo");
        using var admin = await VolumeClient.As(cloud, "admin");
        var volume = await demo.Create();
        var transfer = (await demo.Expect(HttpStatusCode.Accepted, "POST", "volume-transfers", $$"""{"transfer":{"volume_id":"{{volume}}","name":"t"} }""")).GetProperty("transfer");
        var (id, key) = (transfer.GetProperty("id").GetString(), transfer.GetProperty("auth_key").GetString());
        Assert.Equal("awaiting-transfer", (await demo.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("status").GetString());
        await demo.Refused(400, "DELETE", $"volumes/{volume}");
        Assert.False((await demo.Get($"volume-transfers/{id}")).GetProperty("transfer").TryGetProperty("auth_key", out _));
        await admin.Refused(400, "POST", $"volume-transfers/{id}/accept", """{"accept":{"auth_key":"wrong"}}""");
        await admin.Expect(HttpStatusCode.Accepted, "POST", $"volume-transfers/{id}/accept", $$"""{"accept":{"auth_key":"{{key}}"} }""");
        await demo.Refused(404, "GET", $"volumes/{volume}");
        Assert.Equal("available", (await admin.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("status").GetString());
        await admin.Refused(404, "POST", $"volume-transfers/{id}/accept", $$"""{"accept":{"auth_key":"{{key}}"} }""");
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
    }

    [Fact]
    public async Task Disabled_service_takes_no_new_volumes()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        var services = (await admin.Get("os-services?binary=cinder-volume")).GetProperty("services");
        Assert.Equal("test-host@local", services[0].GetProperty("host").GetString());
        await admin.Expect(HttpStatusCode.OK, "PUT", "os-services/disable-log-reason", """{"host":"test-host@local","binary":"cinder-volume","disabled_reason":"repair"}""");
        await admin.Refused(503, "POST", "volumes", """{"volume":{"size":1}}""");
        await admin.Expect(HttpStatusCode.OK, "PUT", "os-services/enable", """{"host":"test-host@local","binary":"cinder-volume"}""");
        await admin.Refused(404, "PUT", "os-services/enable", """{"host":"moon","binary":"cinder-volume"}""");
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{await admin.Create()}");
    }

    [Theory]
    [InlineData("os-availability-zone", "availabilityZoneInfo")]
    [InlineData("extensions", "extensions")]
    [InlineData("resource_filters", "resource_filters")]
    [InlineData("scheduler-stats/get_pools?detail=true", "pools")]
    [InlineData("capabilities/test-host@local", "properties")]
    [InlineData("os-hosts", "hosts")]
    [InlineData("os-hosts/test-host@local", "host")]
    [InlineData("clusters", "clusters")]
    [InlineData("manageable_volumes?host=test-host@local", "manageable-volumes")]
    [InlineData("messages", "messages")]
    [InlineData("group_types", "group_types")]
    [InlineData("default-types", "default_types")]
    public async Task Lists_of_the_cloud_itself_answer(string path, string member)
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        Assert.True((await admin.Get(path)).TryGetProperty(member, out _));
    }

    [Fact]
    public async Task First_of_the_hosts_is_one_that_tells_its_capabilities()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        var host = (await admin.Get("os-hosts")).GetProperty("hosts")[0].GetProperty("host_name").GetString();
        Assert.Equal("local", (await admin.Get($"capabilities/{host}")).GetProperty("volume_backend_name").GetString());
    }

    [Fact]
    public async Task Group_is_snapshotted_and_copied_as_a_whole()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        var type = (await admin.Expect(HttpStatusCode.Accepted, "POST", "group_types", """{"group_type":{"name":"g"}}""")).GetProperty("group_type").GetProperty("id").GetString();
        var group = (await admin.Expect(HttpStatusCode.Accepted, "POST", "groups", $$"""{"group":{"group_type":"{{type}}","volume_types":["__DEFAULT__"],"name":"n"} }"""))
            .GetProperty("group").GetProperty("id").GetString()!;
        await admin.Refused(400, "POST", "group_snapshots", $$"""{"group_snapshot":{"group_id":"{{group}}"} }""");
        var volume = await admin.Create($"\"size\":1,\"group_id\":\"{group}\"");
        Assert.Contains("belong to a group", await admin.Refused(400, "DELETE", $"volumes/{volume}"));
        var snapshot = (await admin.Expect(HttpStatusCode.Accepted, "POST", "group_snapshots", $$"""{"group_snapshot":{"group_id":"{{group}}"} }"""))
            .GetProperty("group_snapshot").GetProperty("id").GetString()!;
        await admin.Until($"group_snapshots/{snapshot}", "group_snapshot", "available");
        var member = (await admin.Get($"snapshots/detail?volume_id={volume}")).GetProperty("snapshots")[0];
        Assert.Equal(snapshot, member.GetProperty("group_snapshot_id").GetString());
        await admin.Refused(400, "DELETE", $"snapshots/{member.GetProperty("id").GetString()}");
        var copy = (await admin.Expect(HttpStatusCode.Accepted, "POST", "groups/action", $$"""{"create-from-src":{"group_snapshot_id":"{{snapshot}}"} }"""))
            .GetProperty("group").GetProperty("id").GetString()!;
        var copied = (await admin.Get($"groups/{copy}?list_volume=True")).GetProperty("group").GetProperty("volumes")[0].GetString()!;
        await admin.Until($"volumes/{copied}", "volume", "available");
        await admin.Expect(HttpStatusCode.Accepted, "POST", $"groups/{copy}/action", """{"delete":{"delete-volumes":true}}""");
        await admin.UntilGone($"volumes/{copied}");
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"group_snapshots/{snapshot}");
        await admin.UntilGone($"group_snapshots/{snapshot}");
        await admin.Refused(400, "POST", $"groups/{group}/action", """{"delete":{"delete-volumes":false}}""");
        await admin.Expect(HttpStatusCode.Accepted, "POST", $"groups/{group}/action", """{"delete":{"delete-volumes":true}}""");
        await admin.UntilGone($"volumes/{volume}");
    }

    [Fact]
    public async Task Backup_outlives_its_volume_and_is_restored()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var volume = await client.Create();
        await client.Refused(400, "POST", "backups", $$"""{"backup":{"volume_id":"{{volume}}","incremental":true} }""");
        await client.Expect(HttpStatusCode.OK, "POST", $"volumes/{volume}/metadata", """{"metadata":{"of":"the volume"}}""");
        var id = (await client.Expect(HttpStatusCode.Accepted, "POST", "backups", $$"""{"backup":{"volume_id":"{{volume}}","name":"b","metadata":{"k":"v"} } }"""))
            .GetProperty("backup").GetProperty("id").GetString()!;
        var backup = await client.Until($"backups/{id}", "backup", "available");
        Assert.Equal("v", backup.GetProperty("metadata").GetProperty("k").GetString());
        await client.Until($"volumes/{volume}", "volume", "available");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
        await client.UntilGone($"volumes/{volume}");
        var restored = (await client.Expect(HttpStatusCode.Accepted, "POST", $"backups/{id}/restore", """{"restore":{"name":"again"}}"""))
            .GetProperty("restore").GetProperty("volume_id").GetString()!;
        await client.Until($"volumes/{restored}", "volume", "available");
        async Task<string> Kept() => (await client.Expect(HttpStatusCode.OK, "GET", $"volumes/{restored}/metadata")).GetProperty("metadata").GetRawText();
        Assert.Equal("""{"of":"the volume"}""", await Kept());
        await client.Expect(HttpStatusCode.OK, "PUT", $"volumes/{restored}/metadata", """{"metadata":{"of":"another"}}""");
        await client.Expect(HttpStatusCode.Accepted, "POST", $"backups/{id}/restore", $$"""{"restore":{"volume_id":"{{restored}}"} }""");
        Assert.Equal("""{"of":"the volume"}""", await Kept());
        await client.Until($"volumes/{restored}", "volume", "available");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{id}");
        await client.UntilGone($"backups/{id}");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{restored}");
        await client.UntilGone($"volumes/{restored}");
    }

    [Fact]
    public async Task Features_without_a_backend_are_refused_clearly()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        Assert.Contains("daemon starts", await admin.Refused(501, "POST", "workers/cleanup", "{}"));
        await admin.Refused(404, "GET", "clusters/none");
    }
}
