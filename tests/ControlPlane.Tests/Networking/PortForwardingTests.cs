using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class PortForwardingTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static int _next = 10;

    private sealed record Site(NetworkClient Demo, string Floating, string Router, string Subnet, string Port, string Address);

    private async Task<Site> Build()
    {
        var demo = await NetworkClient.As(cloud, "demo");
        var outside = await demo.Named("public");
        var network = await demo.Network();
        var subnet = await demo.Subnet(network, $"10.77.{Interlocked.Increment(ref _next)}.0/24");
        var router = NetworkClient.Id(await demo.Router($$""", "external_gateway_info": {"network_id": "{{outside}}"}"""));
        await demo.Put($"routers/{router}/add_router_interface", $$"""{"subnet_id": "{{subnet}}"}""");
        var port = await demo.Port(network);
        var floating = (await demo.Post("floatingips", $$"""{"floatingip": {"floating_network_id": "{{outside}}"} }"""))["floatingip"];
        return new Site(demo, NetworkClient.Id(floating), router, subnet, NetworkClient.Id(port), Address(port));
    }

    private static string Address(JsonElement port) => port.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString()!;

    private static Task<NetworkAnswer> Forward(Site site, int from, int to, string more = "") => site.Demo.Post($"floatingips/{site.Floating}/port_forwardings",
        $$"""{"port_forwarding": {"internal_port_id": "{{site.Port}}", "internal_ip_address": "{{site.Address}}", "internal_port": {{to}}, "external_port": {{from}}, "protocol": "tcp"{{more}} } }""");

    [Fact]
    public async Task Forwarding_puts_the_floating_ip_on_the_router_and_the_last_one_takes_it_off()
    {
        var site = await Build();
        var made = await Forward(site, 2222, 22, """, "description": "ssh" """);
        Assert.True(made.Status == HttpStatusCode.Created, made.ToString());
        var id = NetworkClient.Id(made["port_forwarding"]);
        var floating = (await site.Demo.Get($"floatingips/{site.Floating}"))["floatingip"];
        Assert.Equal(site.Router, floating.GetProperty("router_id").GetString());
        Assert.Equal("ACTIVE", floating.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, floating.GetProperty("port_id").ValueKind);
        Assert.Equal(2222, floating.GetProperty("port_forwardings")[0].GetProperty("external_port").GetInt32());
        Assert.Equal("RouterInterfaceInUseByFloatingIP", (await site.Demo.Put($"routers/{site.Router}/remove_router_interface", $$"""{"subnet_id": "{{site.Subnet}}"}""")).Error);
        var changed = await site.Demo.Put($"floatingips/{site.Floating}/port_forwardings/{id}", """{"port_forwarding": {"external_port": 2223}}""");
        Assert.Equal(2223, changed["port_forwarding"].GetProperty("external_port").GetInt32());
        Assert.Equal("ssh", changed["port_forwarding"].GetProperty("description").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await site.Demo.Delete($"floatingips/{site.Floating}/port_forwardings/{id}")).Status);
        floating = (await site.Demo.Get($"floatingips/{site.Floating}"))["floatingip"];
        Assert.Equal(JsonValueKind.Null, floating.GetProperty("router_id").ValueKind);
        Assert.Equal("DOWN", floating.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Forwardings_do_not_share_an_outer_port_nor_an_inner_one()
    {
        var site = await Build();
        Assert.Equal(HttpStatusCode.Created, (await Forward(site, 80, 8080)).Status);
        Assert.Equal("DuplicatePortForwarding", (await Forward(site, 80, 8081)).Error);
        Assert.Equal("DuplicatePortForwarding", (await Forward(site, 81, 8080)).Error);
        Assert.Equal(HttpStatusCode.BadRequest, (await Forward(site, 0, 8082)).Status);
        var stranger = await site.Demo.Post($"floatingips/{site.Floating}/port_forwardings",
            $$"""{"port_forwarding": {"internal_port_id": "{{site.Port}}", "internal_ip_address": "192.0.2.1", "internal_port": 1, "external_port": 1, "protocol": "udp"} }""");
        Assert.Equal("BadRequest", stranger.Error);
    }

    [Fact]
    public async Task Floating_ip_is_either_forwarded_by_port_or_given_whole()
    {
        var site = await Build();
        await Forward(site, 80, 8080);
        Assert.Equal("FipInUseByPortForwarding", (await site.Demo.Put($"floatingips/{site.Floating}", $$"""{"floatingip": {"port_id": "{{site.Port}}"} }""")).Error);
        var whole = await Build();
        await whole.Demo.Put($"floatingips/{whole.Floating}", $$"""{"floatingip": {"port_id": "{{whole.Port}}"} }""");
        Assert.Equal("FipInUseByPort", (await Forward(whole, 80, 8080)).Error);
    }

    [Fact]
    public async Task Port_that_goes_takes_its_forwardings()
    {
        var site = await Build();
        await Forward(site, 80, 8080);
        await site.Demo.Delete($"ports/{site.Port}");
        var floating = (await site.Demo.Get($"floatingips/{site.Floating}"))["floatingip"];
        Assert.Empty(floating.GetProperty("port_forwardings").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, floating.GetProperty("router_id").ValueKind);
    }
}
