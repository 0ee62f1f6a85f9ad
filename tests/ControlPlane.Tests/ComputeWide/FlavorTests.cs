using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.ComputeWide;

public sealed class FlavorTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task New_cloud_has_the_well_known_flavors()
    {
        var nova = await NovaClient.As(cloud, "demo");
        var flavors = (await nova.Get("flavors/detail")).GetProperty("flavors").EnumerateArray().ToList();
        var tiny = flavors.Single(f => f.GetProperty("name").GetString() == "m1.tiny");
        Assert.Equal("1", tiny.GetProperty("id").GetString());
        Assert.Equal(512, tiny.GetProperty("ram").GetInt32());
        Assert.Contains(flavors, f => f.GetProperty("name").GetString() == "m1.xlarge");
    }

    [Theory]
    [InlineData("2.1", "flavors/flavors-detail-resp.json")]
    [InlineData("2.55", "flavors/v2.55/flavors-detail-resp.json")]
    [InlineData("2.61", "flavors/v2.61/flavors-detail-resp.json")]
    [InlineData("2.75", "flavors/v2.75/flavors-detail-resp.json")]
    public async Task Detail_has_the_members_of_the_sample(string version, string sample)
    {
        var nova = await NovaClient.As(cloud, "admin", version);
        Samples.AssertSameMembers(sample, await nova.Get("flavors/detail"), "flavors[].extra_specs");
    }

    [Theory]
    [InlineData("2.1", "flavors/flavors-list-resp.json")]
    [InlineData("2.55", "flavors/v2.55/flavors-list-resp.json")]
    public async Task List_has_the_members_of_the_sample(string version, string sample)
    {
        var nova = await NovaClient.As(cloud, "admin", version);
        Samples.AssertSameMembers(sample, await nova.Get("flavors"));
    }

    [Fact]
    public async Task Flavor_lives_from_creation_to_deletion()
    {
        var nova = await NovaClient.As(cloud, "admin", "2.75");
        var made = await nova.Post("flavors", """
            {"flavor":{"name":"life","ram":"1024","vcpus":2,"disk":10,"id":"life-1","rxtx_factor":2.0,"description":"first"} }
            """, 200);
        Samples.AssertSameMembers("flavor-manage/v2.75/flavor-create-post-resp.json", made);
        Assert.Equal("2.0", made.GetProperty("flavor").GetProperty("rxtx_factor").GetRawText());
        await nova.Put("flavors/life-1", """{"flavor":{"description":"second"} }""", 200);
        Assert.Equal("second", (await nova.Get("flavors/life-1")).GetProperty("flavor").GetProperty("description").GetString());
        await nova.Post("flavors/life-1/os-extra_specs", """{"extra_specs":{"hw:cpu_policy":"shared","hw:numa_nodes":"1"} }""", 200);
        await nova.Put("flavors/life-1/os-extra_specs/hw:numa_nodes", """{"hw:numa_nodes":"2"}""", 200);
        Assert.Equal("2", (await nova.Get("flavors/life-1/os-extra_specs/hw:numa_nodes")).GetProperty("hw:numa_nodes").GetString());
        await nova.Put("flavors/life-1/os-extra_specs/hw:numa_nodes", """{"other":"2"}""", 400);
        await nova.Delete("flavors/life-1/os-extra_specs/hw:numa_nodes", 200);
        await nova.Delete("flavors/life-1/os-extra_specs/hw:numa_nodes", 404);
        await nova.Delete("flavors/life-1", 202);
        Assert.Equal("Flavor life-1 could not be found.", NovaClient.Message(await nova.Get("flavors/life-1", 404)));
    }

    [Fact]
    public async Task Private_flavor_is_seen_by_its_projects_only()
    {
        var admin = await NovaClient.As(cloud, "admin", "2.75");
        var demo = await NovaClient.As(cloud, "demo", "2.75");
        await admin.Post("flavors", """{"flavor":{"name":"private","ram":64,"vcpus":1,"disk":0,"id":"p1","os-flavor-access:is_public":false} }""", 200);
        await demo.Get("flavors/p1", 404);
        var project = cloud.First.DemoProjectId;
        await admin.Post("flavors/p1/action", $$$"""{"addTenantAccess":{"tenant":"{{{project}}}"} }""", 200);
        await admin.Post("flavors/p1/action", $$$"""{"addTenantAccess":{"tenant":"{{{project}}}"} }""", 409);
        await admin.Post("flavors/p1/action", """{"addTenantAccess":{"tenant":"nobody"} }""", 400);
        await admin.Post("flavors/1/action", $$$"""{"addTenantAccess":{"tenant":"{{{project}}}"} }""", 409);
        await demo.Get("flavors/p1");
        Assert.Contains((await demo.Get("flavors")).GetProperty("flavors").EnumerateArray(), f => f.GetProperty("id").GetString() == "p1");
        var access = (await admin.Get("flavors/p1/os-flavor-access")).GetProperty("flavor_access")[0];
        Assert.Equal(project, access.GetProperty("tenant_id").GetString());
        await admin.Get("flavors/1/os-flavor-access", 404);
        await admin.Post("flavors/p1/action", $$$"""{"removeTenantAccess":{"tenant":"{{{project}}}"} }""", 200);
        await demo.Get("flavors/p1", 404);
        await admin.Delete("flavors/p1", 202);
    }

    [Theory]
    [InlineData("?minRam=8192", new[] { "4", "5" })]
    [InlineData("?minDisk=160", new[] { "5" })]
    [InlineData("?sort_key=memory_mb&sort_dir=desc&limit=2", new[] { "5", "4" })]
    [InlineData("?sort_key=memory_mb&sort_dir=desc&limit=1&marker=5", new[] { "4" })]
    [InlineData("?is_public=false", new string[0])]
    public async Task Filters_and_order_select(string query, string[] ids)
    {
        var nova = await NovaClient.As(cloud, "admin");
        var found = (await nova.Get("flavors" + query)).GetProperty("flavors").EnumerateArray()
            .Select(f => f.GetProperty("id").GetString()!).Where(id => id.Length == 1).ToList();
        Assert.Equal(ids, found);
    }

    [Fact]
    public async Task Next_link_leads_to_the_rest()
    {
        var nova = await NovaClient.As(cloud, "demo");
        var first = await nova.Get("flavors?limit=3");
        var href = first.GetProperty("flavors_links")[0].GetProperty("href").GetString()!;
        var second = await nova.Get(href[(href.IndexOf("/v2.1/", StringComparison.Ordinal) + 6)..]);
        Assert.Empty(first.GetProperty("flavors").EnumerateArray().Select(f => f.GetProperty("id").GetString())
            .Intersect(second.GetProperty("flavors").EnumerateArray().Select(f => f.GetProperty("id").GetString())));
    }

    [Theory]
    [InlineData("?minRam=lots", "2.1", "Invalid minRam filter [lots]")]
    [InlineData("?is_public=perhaps", "2.1", "Invalid is_public filter [perhaps]")]
    [InlineData("?marker=nowhere", "2.1", "marker [nowhere] not found")]
    [InlineData("?limit=-1", "2.1", null)]
    [InlineData("?sort_key=colour", "2.1", null)]
    [InlineData("?colour=red", "2.75", null)]
    public async Task Bad_query_is_refused(string query, string version, string? message)
    {
        var nova = await NovaClient.As(cloud, "admin", version);
        var answer = await nova.Get("flavors" + query, 400);
        if (message is not null) Assert.Equal(message, NovaClient.Message(answer));
    }

    [Theory]
    [InlineData("""{"flavor":{"name":"x","ram":0,"vcpus":1,"disk":1} }""", "2.1", 400)]
    [InlineData("""{"flavor":{"name":"x","ram":1,"vcpus":1} }""", "2.1", 400)]
    [InlineData("""{"flavor":{"name":" x","ram":1,"vcpus":1,"disk":1} }""", "2.1", 400)]
    [InlineData("""{"flavor":{"name":"x","ram":1,"vcpus":1,"disk":1,"id":"a/b"} }""", "2.1", 400)]
    [InlineData("""{"flavor":{"name":"x","ram":1,"vcpus":1,"disk":1,"rxtx_factor":0} }""", "2.1", 400)]
    [InlineData("""{"flavor":{"name":"x","ram":1,"vcpus":1,"disk":1,"description":"early"} }""", "2.54", 400)]
    [InlineData("""{"flavor":{"name":"m1.tiny","ram":1,"vcpus":1,"disk":1} }""", "2.1", 409)]
    [InlineData("""{"flavor":{"name":"other","ram":1,"vcpus":1,"disk":1,"id":"1"} }""", "2.1", 409)]
    [InlineData("""{"flavour":{} }""", "2.1", 400)]
    public async Task Bad_flavor_is_refused(string body, string version, int status)
    {
        var nova = await NovaClient.As(cloud, "admin", version);
        await nova.Post("flavors", body, status);
    }

    [Fact]
    public async Task User_may_not_manage_flavors_nor_update_before_its_microversion()
    {
        var demo = await NovaClient.As(cloud, "demo", "2.75");
        Assert.Equal("Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed.", NovaClient.Message(
            await demo.Post("flavors", """{"flavor":{"name":"x","ram":1,"vcpus":1,"disk":1} }""", 403)));
        await demo.Delete("flavors/1", 403);
        var admin = await NovaClient.As(cloud, "admin", "2.54");
        await admin.Put("flavors/1", """{"flavor":{"description":"x"} }""", 404);
    }
}
