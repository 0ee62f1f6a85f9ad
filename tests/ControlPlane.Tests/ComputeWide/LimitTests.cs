using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.ComputeWide;

/// <summary>Quotas, limits, server groups, usage.</summary>
public sealed class LimitTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private string Demo => cloud.First.DemoProjectId;

    [Theory]
    [InlineData("2.1", "", "os-quota-sets/quotas-show-get-resp.json")]
    [InlineData("2.1", "/detail", "os-quota-sets/quotas-show-detail-get-resp.json")]
    [InlineData("2.1", "/defaults", "os-quota-sets/quotas-show-defaults-get-resp.json")]
    [InlineData("2.36", "", "os-quota-sets/v2.36/quotas-show-get-resp.json")]
    [InlineData("2.57", "", "os-quota-sets/v2.57/quotas-show-get-resp.json")]
    [InlineData("2.57", "/detail", "os-quota-sets/v2.57/quotas-show-detail-get-resp.json")]
    public async Task Quotas_have_the_members_of_the_sample(string version, string path, string sample) =>
        Samples.AssertSameMembers(sample, await (await NovaClient.As(cloud, "demo", version)).Get($"os-quota-sets/{Demo}{path}"));

    [Theory]
    [InlineData("2.1", "limits/limit-get-resp.json")]
    [InlineData("2.36", "limits/v2.36/limit-get-resp.json")]
    [InlineData("2.39", "limits/v2.39/limit-get-resp.json")]
    [InlineData("2.57", "limits/v2.57/limit-get-resp.json")]
    public async Task Limits_have_the_members_of_the_sample(string version, string sample) =>
        Samples.AssertSameMembers(sample, await (await NovaClient.As(cloud, "demo", version)).Get("limits"));

    [Theory]
    [InlineData("2.1", "os-quota-class-sets/quota-classes-show-get-resp.json")]
    [InlineData("2.50", "os-quota-class-sets/v2.50/quota-classes-show-get-resp.json")]
    [InlineData("2.57", "os-quota-class-sets/v2.57/quota-classes-show-get-resp.json")]
    public async Task Quota_classes_have_the_members_of_the_sample(string version, string sample) =>
        Samples.AssertSameMembers(sample, await (await NovaClient.As(cloud, "admin", version)).Get("os-quota-class-sets/default"));

    [Fact]
    public async Task Limit_of_project_and_user_is_set_bounded_and_forgotten()
    {
        var admin = await NovaClient.As(cloud, "admin", "2.57");
        var set = await admin.Put($"os-quota-sets/{Demo}", """{"quota_set":{"cores":"40","instances":5} }""", 200);
        Assert.Equal(40, set.GetProperty("quota_set").GetProperty("cores").GetInt32());
        Assert.False(set.GetProperty("quota_set").TryGetProperty("id", out _));
        var user = $"os-quota-sets/{Demo}?user_id={cloud.First.DemoUserId}";
        await admin.Put(user, """{"quota_set":{"instances":3} }""", 200);
        Assert.Equal(3, (await admin.Get(user)).GetProperty("quota_set").GetProperty("instances").GetInt32());
        Assert.Equal("Quota limit 6 for instances must be less than or equal to 5.",
            NovaClient.Message(await admin.Put(user, """{"quota_set":{"instances":6} }""", 400)));
        await admin.Put(user, """{"quota_set":{"instances":6,"force":true} }""", 200);
        await admin.Delete(user, 202);
        Assert.Equal(5, (await admin.Get(user)).GetProperty("quota_set").GetProperty("instances").GetInt32());
        await admin.Delete($"os-quota-sets/{Demo}", 202);
        Assert.Equal(20, (await admin.Get($"os-quota-sets/{Demo}")).GetProperty("quota_set").GetProperty("cores").GetInt32());
    }

    [Theory]
    [InlineData("2.57", """{"quota_set":{"cores":-2} }""")]
    [InlineData("2.57", """{"quota_set":{"cores":"many"} }""")]
    [InlineData("2.57", """{"quota_set":{"injected_files":1} }""")]
    [InlineData("2.36", """{"quota_set":{"floating_ips":1} }""")]
    public async Task Bad_quota_is_refused(string version, string body) =>
        await (await NovaClient.As(cloud, "admin", version)).Put($"os-quota-sets/{Demo}", body, 400);

    [Fact]
    public async Task Quotas_of_others_are_the_administrators_only()
    {
        var demo = await NovaClient.As(cloud, "demo");
        await demo.Get($"os-quota-sets/{cloud.First.AdminProjectId}", 403);
        await demo.Put($"os-quota-sets/{Demo}", """{"quota_set":{"cores":1000} }""", 403);
        await demo.Get($"limits?tenant_id={cloud.First.AdminProjectId}", 403);
        var admin = await NovaClient.As(cloud, "admin");
        await admin.Get("os-quota-sets/nobody", 400);
        await admin.Get($"limits?tenant_id={Demo}");
    }

    [Fact]
    public async Task Class_default_becomes_the_limit_of_projects_without_their_own()
    {
        await using var own = await TestCloud.Start();
        var admin = await NovaClient.As(own, "admin", "2.57");
        await admin.Put("os-quota-class-sets/default", """{"quota_class_set":{"server_groups":1,"key_pairs":0} }""", 200);
        var demo = await NovaClient.As(own, "demo", "2.64");
        Assert.Equal(1, (await demo.Get("limits")).GetProperty("limits").GetProperty("absolute").GetProperty("maxServerGroups").GetInt32());
        await demo.Post("os-server-groups", """{"server_group":{"name":"a","policy":"affinity"} }""", 200);
        Assert.Equal("Quota exceeded, too many server groups.", NovaClient.Message(
            await demo.Post("os-server-groups", """{"server_group":{"name":"b","policy":"affinity"} }""", 403)));
        Assert.Equal("Quota exceeded, too many key pairs.", NovaClient.Message(
            await demo.Post("os-keypairs", """{"keypair":{"name":"k"} }""", 403)));
        Assert.Equal(1, (await demo.Get("limits")).GetProperty("limits").GetProperty("absolute").GetProperty("totalServerGroupsUsed").GetInt32());
    }

    [Theory]
    [InlineData("2.1", """{"server_group":{"name":"g","policies":["affinity"]} }""", "os-server-groups/server-groups-post-resp.json")]
    [InlineData("2.13", """{"server_group":{"name":"g","policies":["anti-affinity"]} }""", "os-server-groups/v2.13/server-groups-post-resp.json")]
    [InlineData("2.64", """{"server_group":{"name":"g","policy":"anti-affinity","rules":{"max_server_per_host":3} } }""", "os-server-groups/v2.64/server-groups-post-resp.json")]
    public async Task Server_group_has_the_members_of_the_sample(string version, string body, string sample)
    {
        var nova = await NovaClient.As(cloud, "demo", version);
        var made = await nova.Post("os-server-groups", body, 200);
        Samples.AssertSameMembers(sample, made);
        var id = made.GetProperty("server_group").GetProperty("id").GetString();
        Assert.Equal(made.GetRawText(), (await nova.Get($"os-server-groups/{id}")).GetRawText());
        await (await NovaClient.As(cloud, "admin")).Get($"os-server-groups/{id}");
        Assert.Contains((await (await NovaClient.As(cloud, "admin")).Get("os-server-groups?all_projects=1")).GetProperty("server_groups").EnumerateArray(),
            g => g.GetProperty("id").GetString() == id);
        await nova.Delete($"os-server-groups/{id}", 204);
        await nova.Get($"os-server-groups/{id}", 404);
    }

    [Theory]
    [InlineData("2.1", """{"server_group":{"name":"g","policies":["soft-affinity"]} }""")]
    [InlineData("2.1", """{"server_group":{"name":"g","policies":["affinity","anti-affinity"]} }""")]
    [InlineData("2.1", """{"server_group":{"name":"g","policies":[]} }""")]
    [InlineData("2.64", """{"server_group":{"name":"g","policies":["affinity"]} }""")]
    [InlineData("2.64", """{"server_group":{"name":"g","policy":"affinity","rules":{"max_server_per_host":3} } }""")]
    [InlineData("2.64", """{"server_group":{"name":"g","policy":"anti-affinity","rules":{"max_server_per_host":0} } }""")]
    public async Task Bad_server_group_is_refused(string version, string body) =>
        await (await NovaClient.As(cloud, "demo", version)).Post("os-server-groups", body, 400);

    [Fact]
    public async Task Usage_of_nothing_is_empty_and_needs_a_period()
    {
        var nova = await NovaClient.As(cloud, "demo", "2.40");
        var usage = await nova.Get($"os-simple-tenant-usage/{Demo}?start=2020-01-01T00:00:00");
        Assert.Empty(usage.GetProperty("tenant_usage").EnumerateObject());
        await nova.Get($"os-simple-tenant-usage/{Demo}?start=soon", 400);
        await nova.Get($"os-simple-tenant-usage/{Demo}?start=2020-01-02T00:00:00&end=2020-01-01T00:00:00", 400);
        await nova.Get($"os-simple-tenant-usage/{cloud.First.AdminProjectId}", 403);
        await nova.Get("os-simple-tenant-usage", 403);
    }

    [Fact]
    public async Task Events_about_unknown_servers_fail_one_by_one()
    {
        var admin = await NovaClient.As(cloud, "admin", "2.51");
        var answer = await admin.Post("os-server-external-events",
            $$"""{"events":[{"name":"network-changed","server_uuid":"{{Guid.NewGuid()}}"}]}""", 207);
        Assert.Equal(404, answer.GetProperty("events")[0].GetProperty("code").GetInt32());
        await admin.Post("os-server-external-events", """{"events":[{"name":"party","server_uuid":"x"}]}""", 400);
        await (await NovaClient.As(cloud, "demo")).Post("os-server-external-events", """{"events":[]}""", 403);
    }
}
