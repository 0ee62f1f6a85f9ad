using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class AgentTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static async Task<string> Agent(NetworkClient admin, string type) =>
        NetworkClient.Id((await admin.Get($"agents?agent_type={Uri.EscapeDataString(type)}"))["agents"][0]);

    private static IEnumerable<string> Ids(JsonElement list) => list.EnumerateArray().Select(NetworkClient.Id);

    [Fact]
    public async Task Network_without_a_subnet_is_on_the_dhcp_agent_only_where_it_was_put_there()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var agent = await Agent(admin, "DHCP agent");
        var network = await admin.Network();
        Assert.Empty((await admin.Get($"networks/{network}/dhcp-agents"))["agents"].EnumerateArray());
        var body = $$"""{"network_id": "{{network}}"}""";
        Assert.Equal(HttpStatusCode.Created, (await admin.Post($"agents/{agent}/dhcp-networks", body)).Status);
        Assert.Contains(network, Ids((await admin.Get($"agents/{agent}/dhcp-networks"))["networks"]));
        Assert.Equal([agent], Ids((await admin.Get($"networks/{network}/dhcp-agents"))["agents"]));
        Assert.Equal("NetworkHostedByDHCPAgent", (await admin.Post($"agents/{agent}/dhcp-networks", body)).Error);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"agents/{agent}/dhcp-networks/{network}")).Status);
        Assert.Empty((await admin.Get($"networks/{network}/dhcp-agents"))["agents"].EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"networks/{network}")).Status);
    }

    [Fact]
    public async Task Network_taken_from_the_dhcp_agent_has_no_dhcp_port_until_it_is_given_back()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var agent = await Agent(admin, "DHCP agent");
        var network = await admin.Network();
        await admin.Subnet(network, "10.66.0.0/24");
        Assert.Contains(network, Ids((await admin.Get($"agents/{agent}/dhcp-networks"))["networks"]));
        Assert.Equal([agent], Ids((await admin.Get($"networks/{network}/dhcp-agents"))["agents"]));
        var body = $$"""{"network_id": "{{network}}"}""";
        Assert.Equal("NetworkHostedByDHCPAgent", (await admin.Post($"agents/{agent}/dhcp-networks", body)).Error);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"agents/{agent}/dhcp-networks/{network}")).Status);
        Assert.Empty((await admin.Get($"networks/{network}/dhcp-agents"))["agents"].EnumerateArray());
        Assert.Empty((await admin.Get($"ports?network_id={network}&device_owner=network:dhcp"))["ports"].EnumerateArray());
        Assert.Equal("NetworkNotHostedByDhcpAgent", (await admin.Delete($"agents/{agent}/dhcp-networks/{network}")).Error);
        Assert.Equal(HttpStatusCode.Created, (await admin.Post($"agents/{agent}/dhcp-networks", body)).Status);
        Assert.Single((await admin.Get($"ports?network_id={network}&device_owner=network:dhcp"))["ports"].EnumerateArray());
        Assert.Equal("InvalidDHCPAgent", (await admin.Post($"agents/{await Agent(admin, "L3 agent")}/dhcp-networks", body)).Error);
    }

    [Fact]
    public async Task Router_taken_from_the_l3_agent_is_listed_at_none()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var agent = await Agent(admin, "L3 agent");
        var router = NetworkClient.Id(await admin.Router());
        Assert.Contains(router, Ids((await admin.Get($"agents/{agent}/l3-routers"))["routers"]));
        var body = $$"""{"router_id": "{{router}}"}""";
        Assert.Equal(HttpStatusCode.Created, (await admin.Post($"agents/{agent}/l3-routers", body)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"agents/{agent}/l3-routers/{router}")).Status);
        Assert.Empty((await admin.Get($"routers/{router}/l3-agents"))["agents"].EnumerateArray());
        Assert.Equal("RouterNotHostedByL3Agent", (await admin.Delete($"agents/{agent}/l3-routers/{router}")).Error);
        Assert.Equal(HttpStatusCode.Created, (await admin.Post($"agents/{agent}/l3-routers", body)).Status);
        Assert.Equal([agent], Ids((await admin.Get($"routers/{router}/l3-agents"))["agents"]));
    }

    [Fact]
    public async Task Floating_ip_is_down_while_no_agent_has_its_router()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var agent = await Agent(admin, "L3 agent");
        var outside = await admin.Named("public");
        var network = await admin.Network();
        var subnet = await admin.Subnet(network, "10.67.0.0/24");
        var router = NetworkClient.Id(await admin.Router($$""", "external_gateway_info": {"network_id": "{{outside}}"}"""));
        await admin.Put($"routers/{router}/add_router_interface", $$"""{"subnet_id": "{{subnet}}"}""");
        var port = NetworkClient.Id(await admin.Port(network));
        var first = (await admin.Post("floatingips", Floating(port)))["floatingip"];
        Assert.Equal("ACTIVE", Status(first));
        await admin.Delete($"agents/{agent}/l3-routers/{router}");
        Assert.Equal("DOWN", await StatusNow(first));
        var second = (await admin.Post("floatingips", Floating(NetworkClient.Id(await admin.Port(network)))))["floatingip"];
        Assert.Equal("DOWN", Status(second));
        await admin.Post($"agents/{agent}/l3-routers", $$"""{"router_id": "{{router}}"}""");
        Assert.Equal(("ACTIVE", "ACTIVE"), (await StatusNow(first), await StatusNow(second)));

        string Floating(string behind) => $$"""{"floatingip": {"floating_network_id": "{{outside}}", "port_id": "{{behind}}"} }""";
        string? Status(JsonElement floating) => floating.GetProperty("status").GetString();
        async Task<string?> StatusNow(JsonElement floating) => Status((await admin.Get($"floatingips/{NetworkClient.Id(floating)}"))["floatingip"]);
    }

    [Fact]
    public async Task Agents_are_for_administrators_and_one_that_lives_comes_back()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        using var demo = await NetworkClient.As(cloud, "demo");
        var agent = await Agent(admin, "Metadata agent");
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Delete($"agents/{agent}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Get($"agents/{agent}/dhcp-networks")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"agents/{agent}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Get($"agents/{agent}")).Status);
        Assert.NotEqual(agent, await Agent(admin, "Metadata agent"));
    }
}
