using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class RouterTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static int _next = 100;

    /// <summary>A network of demo's with one subnet and one port, on a router with a gateway.</summary>
    private sealed record Site(NetworkClient Demo, string Outside, string Network, string Subnet, string Router, JsonElement Port);

    private async Task<Site> Build()
    {
        var demo = await NetworkClient.As(cloud, "demo");
        var octet = Interlocked.Increment(ref _next);
        var outside = await demo.Named("public");
        var network = await demo.Network();
        var subnet = await demo.Subnet(network, $"10.{octet}.0.0/24");
        var router = NetworkClient.Id(await demo.Router($$""", "external_gateway_info": {"network_id": "{{outside}}"}"""));
        var added = await demo.Put($"routers/{router}/add_router_interface", $$"""{"subnet_id": "{{subnet}}"}""");
        Assert.Equal(HttpStatusCode.OK, added.Status);
        Assert.Equal(subnet, added["subnet_ids"][0].GetString());
        return new Site(demo, outside, network, subnet, router, await demo.Port(network));
    }

    [Fact]
    public async Task Gateway_on_a_network_without_subnets_has_an_address_from_its_first_one()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var outside = await admin.Network(""", "router:external": true""");
        var router = NetworkClient.Id(await admin.Router($$""", "external_gateway_info": {"network_id": "{{outside}}"}"""));
        var floating = $$"""{"floatingip": {"floating_network_id": "{{outside}}"} }""";
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Post("floatingips", floating)).Status);
        Assert.Equal(0, (await Addresses()).GetArrayLength());
        var subnet = await admin.Subnet(outside, "203.0.113.0/24");
        Assert.Equal(subnet, Assert.Single((await Addresses()).EnumerateArray()).GetProperty("subnet_id").GetString());
        await admin.Subnet(outside, "198.51.100.0/24");
        Assert.Single((await Addresses()).EnumerateArray());
        Assert.Equal(HttpStatusCode.Created, (await admin.Post("floatingips", floating)).Status);

        async Task<JsonElement> Addresses() =>
            (await admin.Get($"routers/{router}"))["router"].GetProperty("external_gateway_info").GetProperty("external_fixed_ips");
    }

    [Fact]
    public async Task Gateway_has_an_address_of_the_external_network()
    {
        var site = await Build();
        var info = (await site.Demo.Get($"routers/{site.Router}"))["router"].GetProperty("external_gateway_info");
        Assert.StartsWith("172.24.4.", info.GetProperty("external_fixed_ips")[0].GetProperty("ip_address").GetString());
        Assert.True(info.GetProperty("enable_snat").GetBoolean());
    }

    [Fact]
    public async Task Distributed_is_what_an_administrator_says_of_a_router_that_is_down()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        using var demo = await NetworkClient.As(cloud, "demo");
        Assert.Equal("PolicyNotAuthorized", (await demo.Post("routers", """{"router": {"distributed": true}}""")).Error);
        Assert.False((await demo.Router()).TryGetProperty("distributed", out _));
        var made = await admin.Router(", \"distributed\": true, \"ha\": false");
        Assert.Equal((true, false), (made.GetProperty("distributed").GetBoolean(), made.GetProperty("ha").GetBoolean()));
        var id = NetworkClient.Id(made);
        Assert.Contains("admin_state_up", (await admin.Put($"routers/{id}", """{"router": {"distributed": false}}""")).Message);
        var down = await admin.Put($"routers/{id}", """{"router": {"admin_state_up": false}}""");
        Assert.Equal(HttpStatusCode.OK, down.Status);
        Assert.False((await admin.Put($"routers/{id}", """{"router": {"distributed": false}}"""))["router"].GetProperty("distributed").GetBoolean());
        Assert.Empty((await admin.Get($"routers?distributed=true&id={id}"))["routers"].EnumerateArray());
        Assert.Equal("HANotEnoughAvailableAgents", (await admin.Post("routers", """{"router": {"ha": true}}""")).Error);
    }

    [Fact]
    public async Task Interface_has_the_gateways_address_and_cannot_be_added_twice()
    {
        var site = await Build();
        var port = (await site.Demo.Get($"ports?device_id={site.Router}"))["ports"][0];
        Assert.Equal("network:router_interface", port.GetProperty("device_owner").GetString());
        Assert.EndsWith(".0.1", port.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString());
        var again = await site.Demo.Put($"routers/{site.Router}/add_router_interface", $$"""{"subnet_id": "{{site.Subnet}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.Equal($"Bad router request: Router already has a port on subnet {site.Subnet}.", again.Message);
        var alone = await site.Demo.Delete($"ports/{NetworkClient.Id(port)}");
        Assert.Equal("ServicePortInUse", alone.Error);
    }

    [Theory]
    [InlineData("{}", "BadRequest")]
    [InlineData("""{"subnet_id": "x"}""", "HTTPBadRequest")]
    [InlineData("""{"subnet_id": "00000000-0000-0000-0000-000000000001"}""", "SubnetNotFound")]
    [InlineData("""{"port_id": "00000000-0000-0000-0000-000000000001"}""", "PortNotFound")]
    public async Task Interface_with_bad_input_is_refused(string body, string error)
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var router = NetworkClient.Id(await demo.Router());
        Assert.Equal(error, (await demo.Put($"routers/{router}/add_router_interface", body)).Error);
        await demo.Delete($"routers/{router}");
    }

    [Fact]
    public async Task Router_with_interfaces_stays()
    {
        var site = await Build();
        var refused = await site.Demo.Delete($"routers/{site.Router}");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("RouterInUse", refused.Error);
        var removed = await site.Demo.Put($"routers/{site.Router}/remove_router_interface", $$"""{"subnet_id": "{{site.Subnet}}"}""");
        Assert.Equal(HttpStatusCode.OK, removed.Status);
        Assert.Equal(HttpStatusCode.NoContent, (await site.Demo.Delete($"routers/{site.Router}")).Status);
        using var admin = await NetworkClient.As(cloud, "admin");
        Assert.Empty((await admin.Get($"ports?device_id={site.Router}"))["ports"].EnumerateArray());
    }

    [Fact]
    public async Task Gateway_on_a_network_that_is_not_external_is_400()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var answer = await demo.Post("routers", $$"""{"router": {"external_gateway_info": {"network_id": "{{network}}"} } }""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal($"Bad router request: Network {network} is not an external network.", answer.Message);
    }

    [Fact]
    public async Task Members_may_not_choose_the_gateways_address_or_switch_off_snat()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var outside = await demo.Named("public");
        foreach (var more in (string[])[""", "enable_snat": false""", """, "external_fixed_ips": [{"ip_address": "172.24.4.9"}]"""])
        {
            var answer = await demo.Post("routers", $$"""{"router": {"external_gateway_info": {"network_id": "{{outside}}"{{more}} } } }""");
            Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        }
    }

    [Fact]
    public async Task Routes_need_a_neighbour_as_next_hop()
    {
        var site = await Build();
        var hop = site.Port.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString();
        var good = await site.Demo.Put($"routers/{site.Router}/add_extraroutes", $$"""{"router": {"routes": [{"destination": "192.168.9.0/24", "nexthop": "{{hop}}"}]} }""");
        Assert.Equal("192.168.9.0/24", good["router"].GetProperty("routes")[0].GetProperty("destination").GetString());
        var bad = await site.Demo.Put($"routers/{site.Router}", """{"router": {"routes": [{"destination": "192.168.9.0/24", "nexthop": "192.0.2.1"}]} }""");
        Assert.Equal("InvalidRoutes", bad.Error);
        var held = await site.Demo.Put($"routers/{site.Router}/remove_router_interface", $$"""{"subnet_id": "{{site.Subnet}}"}""");
        Assert.Equal("RouterInterfaceInUseByRoute", held.Error);
    }

    [Fact]
    public async Task Floating_ip_ties_to_a_port_holds_its_way_and_lets_go()
    {
        var site = await Build();
        var (demo, port) = (site.Demo, NetworkClient.Id(site.Port));
        var made = await demo.Post("floatingips", $$"""{"floatingip": {"floating_network_id": "{{site.Outside}}", "port_id": "{{port}}"} }""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var floating = made["floatingip"];
        Assert.Equal(site.Router, floating.GetProperty("router_id").GetString());
        Assert.Equal(site.Port.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString(), floating.GetProperty("fixed_ip_address").GetString());
        Assert.Equal(site.Network, floating.GetProperty("port_details").GetProperty("network_id").GetString());
        var second = await demo.Post("floatingips", $$"""{"floatingip": {"floating_network_id": "{{site.Outside}}", "port_id": "{{port}}"} }""");
        Assert.Equal("FloatingIPPortAlreadyAssociated", second.Error);
        Assert.Equal("RouterInterfaceInUseByFloatingIP",
            (await demo.Put($"routers/{site.Router}/remove_router_interface", $$"""{"subnet_id": "{{site.Subnet}}"}""")).Error);
        Assert.Equal("RouterExternalGatewayInUseByFloatingIp",
            (await demo.Put($"routers/{site.Router}", """{"router": {"external_gateway_info": null} }""")).Error);
        var free = await demo.Put($"floatingips/{NetworkClient.Id(floating)}", """{"floatingip": {"port_id": null} }""");
        Assert.Equal(JsonValueKind.Null, free["floatingip"].GetProperty("port_id").ValueKind);
        Assert.Equal("DOWN", free["floatingip"].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await demo.Delete($"floatingips/{NetworkClient.Id(floating)}")).Status);
    }

    [Fact]
    public async Task Port_that_goes_leaves_its_floating_ip_free()
    {
        var site = await Build();
        var port = NetworkClient.Id(site.Port);
        var floating = NetworkClient.Id((await site.Demo.Post("floatingips", $$"""{"floatingip": {"floating_network_id": "{{site.Outside}}", "port_id": "{{port}}"} }"""))["floatingip"]);
        await site.Demo.Delete($"ports/{port}");
        Assert.Equal(JsonValueKind.Null, (await site.Demo.Get($"floatingips/{floating}"))["floatingip"].GetProperty("port_id").ValueKind);
    }

    [Fact]
    public async Task Floating_ip_without_a_way_is_404_and_from_an_inner_network_400()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        await demo.Subnet(network, "10.99.0.0/24");
        var port = NetworkClient.Id(await demo.Port(network));
        var outside = await demo.Named("public");
        var lost = await demo.Post("floatingips", $$"""{"floatingip": {"floating_network_id": "{{outside}}", "port_id": "{{port}}"} }""");
        Assert.Equal(HttpStatusCode.NotFound, lost.Status);
        Assert.Equal("ExternalGatewayForFloatingIPNotFound", lost.Error);
        var inner = await demo.Post("floatingips", $$"""{"floatingip": {"floating_network_id": "{{network}}"} }""");
        Assert.Equal($"Bad floatingip request: Network {network} is not a valid external network.", inner.Message);
        var chosen = await demo.Post("floatingips", $$"""{"floatingip": {"floating_network_id": "{{outside}}", "floating_ip_address": "172.24.4.77"} }""");
        Assert.Equal(HttpStatusCode.Forbidden, chosen.Status);
    }

    [Fact]
    public async Task External_network_takes_floating_ips_that_point_nowhere_along()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var outside = await admin.Network(""", "router:external": true""");
        await admin.Subnet(outside, "192.0.2.0/24", """, "enable_dhcp": false""");
        var floating = NetworkClient.Id((await admin.Post("floatingips", $$"""{"floatingip": {"floating_network_id": "{{outside}}"} }"""))["floatingip"]);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"networks/{outside}")).Status);
        Assert.Equal("FloatingIPNotFound", (await admin.Get($"floatingips/{floating}")).Error);
    }
}
