using System.Text.Json;
using Cumulet.ControlPlane.Tests.ComputeWide;

namespace Cumulet.ControlPlane.Tests.Placement;

public sealed class PlacementTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Host_of_the_cloud_is_a_provider_with_the_hypervisors_uuid()
    {
        var placement = await Admin();
        var provider = (await placement.Get("resource_providers?name=test-host")).GetProperty("resource_providers")[0];
        var id = provider.GetProperty("uuid").GetString()!;
        var nova = await NovaClient.As(cloud, "admin", "2.53");
        Assert.Equal(id, (await nova.Get("os-hypervisors")).GetProperty("hypervisors")[0].GetProperty("id").GetString());
        var inventories = (await placement.Get($"resource_providers/{id}/inventories")).GetProperty("inventories");
        Assert.Equal(["VCPU", "MEMORY_MB", "DISK_GB"], inventories.EnumerateObject().Select(i => i.Name));
        Assert.Equal(0, (await placement.Get($"resource_providers/{id}/usages")).GetProperty("usages").GetProperty("VCPU").GetInt64());
        Assert.Equal("placement.inventory.inuse", Code(await placement.Delete($"resource_providers/{id}/inventories/VCPU", 409)));
        await placement.Delete($"resource_providers/{id}", 409);
        Assert.Contains((await placement.Get($"resource_providers/{id}/traits")).GetProperty("traits").EnumerateArray(), t => t.GetString() == "COMPUTE_NODE");
        var candidates = await placement.Get("allocation_candidates?resources=VCPU:1,MEMORY_MB:64&limit=1");
        Assert.True(candidates.GetProperty("allocation_requests")[0].GetProperty("allocations").TryGetProperty(id, out _));
    }

    [Fact]
    public async Task Provider_tree_grows_moves_and_goes()
    {
        var placement = await Admin();
        var (root, child) = (await Provider(placement, "tree-root"), await Provider(placement, "tree-child"));
        var moved = await placement.Put($"resource_providers/{child}", $$"""{"name":"tree-child","parent_provider_uuid":"{{root}}"}""", 200);
        Assert.Equal(root, moved.GetProperty("root_provider_uuid").GetString());
        await placement.Put($"resource_providers/{root}", $$"""{"name":"tree-root","parent_provider_uuid":"{{child}}"}""", 400);
        Assert.Equal(2, (await placement.Get($"resource_providers?in_tree={child}")).GetProperty("resource_providers").GetArrayLength());
        Assert.Equal("placement.resource_provider.cannot_delete_parent", Code(await placement.Delete($"resource_providers/{root}", 409)));
        Assert.Equal("placement.duplicate_name", Code(await placement.Post("resource_providers", """{"name":"tree-root"}""", 409)));
        var old = await NovaClient.Placement(cloud, "admin", "1.36");
        await old.Put($"resource_providers/{child}", """{"name":"tree-child","parent_provider_uuid":null}""", 400);
        await placement.Delete($"resource_providers/{child}", 204);
        await placement.Delete($"resource_providers/{root}", 204);
        await placement.Get($"resource_providers/{root}", 404);
    }

    [Fact]
    public async Task Inventories_need_the_right_generation()
    {
        var placement = await Admin();
        var id = await Provider(placement, "inventory");
        var path = $"resource_providers/{id}/inventories";
        await placement.Put(path, """{"resource_provider_generation":0,"inventories":{"VCPU":{"total":8,"allocation_ratio":2.0},"IPV4_ADDRESS":{"total":4,"reserved":1} } }""", 200);
        Assert.Equal("placement.concurrent_update", Code(await placement.Put(path, """{"resource_provider_generation":0,"inventories":{} }""", 409)));
        Assert.Equal(1.0, (await placement.Get($"{path}/IPV4_ADDRESS")).GetProperty("allocation_ratio").GetDouble());
        await placement.Put(path, """{"resource_provider_generation":1,"inventories":{"NO_SUCH":{"total":1} } }""", 400);
        await placement.Put($"{path}/VCPU", """{"resource_provider_generation":1,"total":2,"reserved":3}""", 400);
        await placement.Post(path, """{"resource_class":"DISK_GB","total":100}""", 201);
        await placement.Post(path, """{"resource_class":"DISK_GB","total":100}""", 409);
        await placement.Delete($"{path}/DISK_GB", 204);
        await placement.Delete($"{path}/DISK_GB", 404);
        await placement.Delete(path, 204);
        await placement.Delete($"resource_providers/{id}", 204);
    }

    [Fact]
    public async Task Allocation_takes_room_and_guards_its_generation()
    {
        var placement = await Admin();
        var id = await Provider(placement, "allocation");
        await placement.Put($"resource_providers/{id}/inventories", """{"resource_provider_generation":0,"inventories":{"PCPU":{"total":4} } }""", 200);
        var (consumer, other) = (Guid.NewGuid(), Guid.NewGuid());
        await placement.Put($"allocations/{consumer}", Allocation(id, 3, "null"), 204);
        Assert.Equal("placement.concurrent_update", Code(await placement.Put($"allocations/{consumer}", Allocation(id, 4, "null"), 409)));
        await placement.Put($"allocations/{other}", Allocation(id, 2, "null"), 409);
        await placement.Put($"allocations/{consumer}", Allocation(id, 2, "1"), 204);
        await placement.Put($"allocations/{other}", Allocation(id, 2, "null"), 204);
        var shown = await placement.Get($"allocations/{consumer}");
        Assert.Equal(2, shown.GetProperty("consumer_generation").GetInt64());
        Assert.Equal("TEST", shown.GetProperty("consumer_type").GetString());
        Assert.Equal(4, (await placement.Get($"resource_providers/{id}/usages")).GetProperty("usages").GetProperty("PCPU").GetInt64());
        Assert.Equal(2, (await placement.Get("usages?project_id=p1&consumer_type=TEST")).GetProperty("usages").GetProperty("TEST").GetProperty("consumer_count").GetInt64());
        Assert.Equal("placement.inventory.inuse", Code(await placement.Delete($"resource_providers/{id}/inventories/PCPU", 409)));
        Assert.Equal("placement.resource_provider.inuse", Code(await placement.Delete($"resource_providers/{id}", 409)));
        Assert.Empty((await placement.Get("allocation_candidates?resources=PCPU:1")).GetProperty("allocation_requests").EnumerateArray());
        await placement.Post("allocations", $$"""{"{{other}}":{"allocations":{},"project_id":"p1","user_id":"u1","consumer_generation":1,"consumer_type":"TEST"} }""", 204);
        await placement.Delete($"allocations/{consumer}", 204);
        await placement.Delete($"allocations/{consumer}", 404);
        Assert.Empty((await placement.Get($"allocations/{other}")).GetProperty("allocations").EnumerateObject());
        await placement.Delete($"resource_providers/{id}", 204);
    }

    [Fact]
    public async Task Candidates_follow_traits_aggregates_and_groups()
    {
        var placement = await Admin();
        await placement.Put("traits/CUSTOM_FAST", "", 201);
        await placement.Put("traits/CUSTOM_FAST", "", 204);
        await placement.Put("resource_classes/CUSTOM_CARD", "", 201);
        var (root, a, b) = (await Provider(placement, "c-root"), await Provider(placement, "c-a"), await Provider(placement, "c-b"));
        foreach (var (id, name) in ((string, string)[])[(a, "c-a"), (b, "c-b")])
        {
            await placement.Put($"resource_providers/{id}", $$"""{"name":"{{name}}","parent_provider_uuid":"{{root}}"}""", 200);
            await placement.Put($"resource_providers/{id}/inventories", """{"resource_provider_generation":0,"inventories":{"CUSTOM_CARD":{"total":2} } }""", 200);
        }
        await placement.Put($"resource_providers/{a}/traits", """{"resource_provider_generation":1,"traits":["CUSTOM_FAST"]}""", 200);
        var aggregate = Guid.NewGuid();
        await placement.Put($"resource_providers/{b}/aggregates", $$"""{"resource_provider_generation":1,"aggregates":["{{aggregate}}"]}""", 200);
        Assert.Equal(2, await Count("resources=CUSTOM_CARD:1"));
        Assert.Equal(1, await Count("resources=CUSTOM_CARD:1&required=CUSTOM_FAST"));
        Assert.Equal(1, await Count("resources=CUSTOM_CARD:1&required=!CUSTOM_FAST"));
        Assert.Equal(1, await Count($"resources=CUSTOM_CARD:1&member_of={aggregate}"));
        Assert.Equal(2, await Count("resources1=CUSTOM_CARD:2&resources2=CUSTOM_CARD:2&group_policy=none"));
        Assert.Equal(2, await Count("resources_A=CUSTOM_CARD:1&resources_B=CUSTOM_CARD:1&group_policy=isolate"));
        Assert.Equal(0, await Count("resources=CUSTOM_CARD:3"));
        Assert.Equal(1, await Count("resources=CUSTOM_CARD:1&limit=1"));
        await placement.Get("allocation_candidates?resources1=CUSTOM_CARD:1&resources2=CUSTOM_CARD:1", 400);
        await placement.Get("allocation_candidates?resources=CUSTOM_NOTHING:1", 400);
        await placement.Get("allocation_candidates?resources=CUSTOM_CARD:1&required=CUSTOM_NOTHING", 400);
        await placement.Get("allocation_candidates", 400);
        await placement.Delete("traits/CUSTOM_FAST", 409);
        await placement.Delete("resource_classes/CUSTOM_CARD", 409);

        async Task<int> Count(string query) =>
            (await placement.Get($"allocation_candidates?{query}")).GetProperty("allocation_requests").GetArrayLength();
    }

    [Fact]
    public async Task Reshaping_is_for_services()
    {
        var admin = await Admin();
        await admin.Post("reshaper", """{"inventories":{},"allocations":{} }""", 403);
    }

    [Theory]
    [InlineData("1.39", "resource_providers?colour=red", 400)]
    [InlineData("1.3", "resource_providers?resources=VCPU:1", 400)]
    [InlineData("1.39", "resource_providers?resources=VCPU", 400)]
    [InlineData("1.39", "resource_providers?member_of=x", 400)]
    [InlineData("1.5", "traits", 404)]
    [InlineData("1.6", "traits", 200)]
    [InlineData("1.39", "traits?name=nonsense", 400)]
    [InlineData("1.39", "traits/CUSTOM_NOTHING", 404)]
    [InlineData("1.39", "resource_classes/CUSTOM_NOTHING", 404)]
    [InlineData("1.39", "resource_classes/VCPU", 200)]
    [InlineData("1.39", "usages", 400)]
    [InlineData("1.40", "resource_classes", 406)]
    public async Task Question_is_answered_or_refused(string version, string path, int status) =>
        await (await NovaClient.Placement(cloud, "admin", version)).Get(path, status);

    [Fact]
    public async Task Users_see_their_own_usage_only()
    {
        var demo = await NovaClient.Placement(cloud, "demo", "1.9");
        await demo.Get("resource_providers", 403);
        await demo.Get($"usages?project_id={cloud.First.DemoProjectId}");
        await demo.Get($"usages?project_id={cloud.First.AdminProjectId}", 403);
    }

    private Task<NovaClient> Admin() => NovaClient.Placement(cloud, "admin");

    private static string Code(JsonElement fault) => fault.GetProperty("errors")[0].GetProperty("code").GetString()!;

    private static async Task<string> Provider(NovaClient placement, string name) =>
        (await placement.Post("resource_providers", $$"""{"name":"{{name}}"}""", 200)).GetProperty("uuid").GetString()!;

    private static string Allocation(string provider, int amount, string generation) => $$"""
        {"allocations":{"{{provider}}":{"resources":{"PCPU":{{amount}}} } },"project_id":"p1","user_id":"u1","consumer_generation":{{generation}},"consumer_type":"TEST"}
        """;
}
