using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class NetworkTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Create_gives_the_attributes_the_real_service_gives()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var answer = await demo.Post("networks", """{"network": {"name": "mine", "admin_state_up": true}}""");
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var network = answer["network"];
        Assert.Equal("mine", network.GetProperty("name").GetString());
        Assert.Equal(cloud.First.DemoProjectId, network.GetProperty("project_id").GetString());
        Assert.Equal(cloud.First.DemoProjectId, network.GetProperty("tenant_id").GetString());
        Assert.Equal("ACTIVE", network.GetProperty("status").GetString());
        Assert.False(network.GetProperty("shared").GetBoolean());
        Assert.False(network.GetProperty("router:external").GetBoolean());
        Assert.Equal(1500, network.GetProperty("mtu").GetInt32());
        Assert.Empty(network.GetProperty("subnets").EnumerateArray());
        Assert.Equal(1, network.GetProperty("revision_number").GetInt32());
    }

    [Fact]
    public async Task Provider_attributes_are_shown_to_administrators_only()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        using var admin = await NetworkClient.As(cloud, "admin");
        var id = await demo.Network();
        Assert.False((await demo.Get($"networks/{id}"))["network"].TryGetProperty("provider:network_type", out _));
        Assert.Equal("vxlan", (await admin.Get($"networks/{id}"))["network"].GetProperty("provider:network_type").GetString());
    }

    [Theory]
    [InlineData("""{"network": {"name": "n", "shared": true}}""")]
    [InlineData("""{"network": {"name": "n", "router:external": true}}""")]
    [InlineData("""{"network": {"name": "n", "provider:network_type": "vlan", "provider:physical_network": "p", "provider:segmentation_id": 7}}""")]
    public async Task Create_with_attributes_of_administrators_is_403_for_members(string body)
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var answer = await demo.Post("networks", body);
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal("PolicyNotAuthorized", answer.Error);
    }

    [Fact]
    public async Task Create_with_defaults_spelled_out_needs_no_administrator()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var answer = await demo.Post("networks", """{"network": {"name": "n", "shared": false, "router:external": false}}""");
        Assert.Equal(HttpStatusCode.Created, answer.Status);
    }

    [Theory]
    [InlineData("""{}""", "Unable to find 'network' in request body")]
    [InlineData("""{"network": {"colour": "red"}}""", "Unrecognized attribute(s) 'colour'")]
    [InlineData("""{"network": {"id": "x"}}""", "Attribute 'id' not allowed in POST")]
    [InlineData("""{"network": {"name": 3}}""", "Invalid input for name. Reason: '3' is not a valid string.")]
    [InlineData("""{"network": {"admin_state_up": "perhaps"}}""", "Invalid input for admin_state_up. Reason: 'perhaps' cannot be converted to boolean.")]
    [InlineData("""{"network": {"mtu": 20}}""", "Invalid input for operation: Requested MTU 20 is too small, minimum is 68.")]
    [InlineData("""{"network": {"project_id": "someone"}}""", "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges")]
    public async Task Create_with_a_bad_body_is_400_and_says_why(string body, string message)
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var answer = await demo.Post("networks", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(message, answer.Message);
    }

    [Fact]
    public async Task Others_networks_are_404_and_shared_ones_are_not()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        using var demo = await NetworkClient.As(cloud, "demo");
        var hidden = await admin.Network();
        var shared = await admin.Network(""", "shared": true""");
        var answer = await demo.Get($"networks/{hidden}");
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("NetworkNotFound", answer.Error);
        Assert.Equal($"Network {hidden} could not be found.", answer.Message);
        Assert.True((await demo.Get($"networks/{shared}"))["network"].GetProperty("shared").GetBoolean());
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Put($"networks/{shared}", """{"network": {"name": "taken"}}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Delete($"networks/{hidden}")).Status);
    }

    [Fact]
    public async Task Bulk_create_makes_all_or_none()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var made = await demo.Post("networks", """{"networks": [{"name": "bulk-a"}, {"name": "bulk-b"}]}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(2, made["networks"].GetArrayLength());
        var refused = await demo.Post("networks", """{"networks": [{"name": "bulk-c"}, {"name": "bulk-d", "shared": true}]}""");
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal(0, (await demo.Get("networks?name=bulk-c"))["networks"].GetArrayLength());
    }

    [Fact]
    public async Task List_takes_fields_filters_order_and_pages_both_ways()
    {
        await using var own = await TestCloud.Start();
        using var demo = await NetworkClient.As(own, "demo");
        foreach (var name in (string[])["p3", "p1", "p2"])
            await demo.Post("networks", $$"""{"network": {"name": "{{name}}"} }""");
        var mine = $"project_id={own.First.DemoProjectId}&sort_key=name&sort_dir=asc";
        var first = await demo.Get($"networks?{mine}&limit=2&fields=name");
        Assert.Equal(["p1", "p2"], Names(first));
        Assert.Single(first["networks"][0].EnumerateObject());
        Assert.Contains(first["networks_links"].EnumerateArray(), l => l.GetProperty("rel").GetString() == "next");
        var ids = (await demo.Get($"networks?{mine}"))["networks"];
        Assert.Equal(["p3"], Names(await demo.Get($"networks?{mine}&limit=2&marker={NetworkClient.Id(ids[1])}")));
        Assert.Equal(["p1", "p2"], Names(await demo.Get($"networks?{mine}&limit=2&page_reverse=True&marker={NetworkClient.Id(ids[2])}")));
        Assert.Equal(["p1", "p3"], Names(await demo.Get($"networks?{mine}&name=p1&name=p3")));
        
    }

    private static string[] Names(NetworkAnswer answer) =>
        [.. answer["networks"].EnumerateArray().Select(n => n.GetProperty("name").GetString()!)];

    [Theory]
    [InlineData("colour=red", "['colour'] is invalid attribute for filtering")]
    [InlineData("limit=few", "Limit must be an integer 0 or greater and not 'few'")]
    [InlineData("sort_key=colour&sort_dir=asc", "['colour'] is invalid attribute for sort_keys")]
    public async Task List_with_a_bad_parameter_is_400(string query, string message)
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var answer = await demo.Get($"networks?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(message, answer.Message);
    }

    [Fact]
    public async Task Update_changes_what_is_named_and_counts_the_revision()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var id = await demo.Network(""", "description": "old" """);
        var answer = await demo.Put($"networks/{id}", """{"network": {"name": "new"}}""");
        Assert.Equal("new", answer["network"].GetProperty("name").GetString());
        Assert.Equal("old", answer["network"].GetProperty("description").GetString());
        Assert.Equal(2, answer["network"].GetProperty("revision_number").GetInt32());
        var late = await demo.Send(HttpMethod.Put, $"networks/{id}", """{"network": {"name": "late"}}""", "revision_number=1");
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.Status);
        Assert.Equal("RevisionNumberConstraintFailed", late.Error);
    }

    [Fact]
    public async Task Delete_with_a_port_is_409_and_without_takes_subnets_along()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var id = await demo.Network();
        var subnet = await demo.Subnet(id, "10.9.0.0/24");
        var port = NetworkClient.Id(await demo.Port(id));
        var refused = await demo.Delete($"networks/{id}");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("NetworkInUse", refused.Error);
        Assert.Equal(HttpStatusCode.NoContent, (await demo.Delete($"ports/{port}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await demo.Delete($"networks/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Get($"subnets/{subnet}")).Status);
    }

    [Fact]
    public async Task First_start_has_a_way_out_and_a_network_for_everyone()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var outside = (await demo.Get("networks?router:external=True"))["networks"];
        Assert.Equal("public", Assert.Single(outside.EnumerateArray()).GetProperty("name").GetString());
        var inside = (await demo.Get("networks?name=private"))["networks"][0];
        Assert.True(inside.GetProperty("shared").GetBoolean());
        Assert.Equal(2, inside.GetProperty("subnets").GetArrayLength());
        using var admin = await NetworkClient.As(cloud, "admin");
        var router = (await admin.Get("routers?name=router1"))["routers"][0];
        Assert.Equal(NetworkClient.Id(outside[0]), router.GetProperty("external_gateway_info").GetProperty("network_id").GetString());
        var interfaces = (await admin.Get($"ports?device_id={NetworkClient.Id(router)}&device_owner=network:router_interface"))["ports"];
        Assert.Contains(interfaces.EnumerateArray(), p => p.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString() == "10.0.0.1");
    }
}
