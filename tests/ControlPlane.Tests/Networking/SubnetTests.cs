using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class SubnetTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Create_takes_the_first_address_as_gateway_and_the_rest_as_pool()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var subnet = (await demo.Get($"subnets/{await demo.Subnet(network, "10.20.0.0/24")}"))["subnet"];
        Assert.Equal("10.20.0.1", subnet.GetProperty("gateway_ip").GetString());
        var pool = Assert.Single(subnet.GetProperty("allocation_pools").EnumerateArray());
        Assert.Equal("10.20.0.2", pool.GetProperty("start").GetString());
        Assert.Equal("10.20.0.254", pool.GetProperty("end").GetString());
        Assert.True(subnet.GetProperty("enable_dhcp").GetBoolean());
    }

    [Fact]
    public async Task Gateway_in_the_middle_splits_the_pool()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var id = await demo.Subnet(network, "10.21.0.0/29", """, "gateway_ip": "10.21.0.3" """);
        var pools = (await demo.Get($"subnets/{id}"))["subnet"].GetProperty("allocation_pools").EnumerateArray()
            .Select(p => $"{p.GetProperty("start").GetString()}-{p.GetProperty("end").GetString()}");
        Assert.Equal(["10.21.0.1-10.21.0.2", "10.21.0.4-10.21.0.6"], pools);
    }

    [Fact]
    public async Task Ipv6_prefix_spans_what_64_bits_cannot_count()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var id = await demo.Subnet(network, "fd00:1:2:3::/64");
        var subnet = (await demo.Get($"subnets/{id}"))["subnet"];
        Assert.Equal("fd00:1:2:3::1", subnet.GetProperty("gateway_ip").GetString());
        Assert.Equal("fd00:1:2:3:ffff:ffff:ffff:ffff", subnet.GetProperty("allocation_pools")[0].GetProperty("end").GetString());
    }

    [Theory]
    [InlineData(""" "ip_version": 4 """, "BadRequest")]
    [InlineData(""" "cidr": "10.0.0.0/24" """, "HTTPBadRequest")]
    [InlineData(""" "ip_version": 6, "cidr": "10.0.0.0/24" """, "InvalidInput")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.0/33" """, "HTTPBadRequest")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.300/24" """, "HTTPBadRequest")]
    [InlineData(""" "ip_version": 4, "cidr": "0.0.0.0/0" """, "InvalidInput")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.0/31" """, "InvalidInput")]
    [InlineData(""" "ip_version": 4, "cidr": "224.0.0.0/24" """, "InvalidInput")]
    [InlineData(""" "ip_version": 4, "cidr": "127.0.0.0/24" """, "InvalidInput")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.0/24", "gateway_ip": "10.0.0.255" """, "InvalidInput")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.0/24", "gateway_ip": "fd00::1" """, "InvalidInput")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.0/24", "dns_nameservers": ["one"] """, "HTTPBadRequest")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.0/24", "allocation_pools": [{"start": "10.0.0.9", "end": "10.0.0.4"}] """, "InvalidAllocationPool")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.0/24", "allocation_pools": [{"start": "10.0.1.9", "end": "10.0.1.14"}] """, "OutOfBoundsAllocationPool")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.0/24", "host_routes": [{"destination": "10.1.0.0/16"}] """, "HTTPBadRequest")]
    [InlineData(""" "ip_version": 4, "cidr": "10.0.0.0/24", "ipv6_ra_mode": "slaac" """, "InvalidInput")]
    [InlineData(""" "ip_version": 6, "cidr": "fd00::/80", "ipv6_address_mode": "slaac" """, "InvalidInput")]
    [InlineData(""" "ip_version": 6, "cidr": "fd00::/64", "ipv6_address_mode": "slaac", "ipv6_ra_mode": "dhcpv6-stateful" """, "InvalidInput")]
    [InlineData(""" "ip_version": 6, "cidr": "fd00::/64", "ipv6_ra_mode": "slaac", "enable_dhcp": false """, "InvalidInput")]
    public async Task Create_with_bad_input_is_400(string rest, string error)
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var answer = await demo.Post("subnets", $$"""{"subnet": {"network_id": "{{network}}", {{rest}} } }""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(error, answer.Error);
    }

    [Theory]
    [InlineData(""" "allocation_pools": [{"start": "10.0.0.4", "end": "10.0.0.9"}, {"start": "10.0.0.8", "end": "10.0.0.12"}] """, "OverlappingAllocationPools")]
    [InlineData(""" "gateway_ip": "10.0.0.6", "allocation_pools": [{"start": "10.0.0.4", "end": "10.0.0.9"}] """, "GatewayConflictWithAllocationPools")]
    public async Task Create_with_contradictions_is_409(string rest, string error)
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var answer = await demo.Post("subnets", $$"""{"subnet": {"network_id": "{{network}}", "ip_version": 4, "cidr": "10.0.0.0/24", {{rest}} } }""");
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal(error, answer.Error);
    }

    [Fact]
    public async Task Overlap_on_one_network_is_refused_and_on_two_is_not()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var (first, second) = (await demo.Network(), await demo.Network());
        await demo.Subnet(first, "10.30.0.0/24");
        var answer = await demo.Post("subnets", $$"""{"subnet": {"network_id": "{{first}}", "ip_version": 4, "cidr": "10.30.0.128/25"} }""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("overlaps with another subnet", answer.Message);
        await demo.Subnet(second, "10.30.0.0/24");
    }

    [Fact]
    public async Task Create_on_a_shared_network_of_others_is_403_and_on_a_hidden_one_404()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        using var admin = await NetworkClient.As(cloud, "admin");
        var (shared, hidden) = (await admin.Network(""", "shared": true"""), await admin.Network());
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Post("subnets", Body(shared))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Post("subnets", Body(hidden))).Status);
    }

    private static string Body(string network) => $$"""{"subnet": {"network_id": "{{network}}", "ip_version": 4, "cidr": "10.31.0.0/24"} }""";

    [Fact]
    public async Task Dhcp_port_follows_the_flag()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var subnet = await demo.Subnet(network, "10.32.0.0/24");
        var port = Assert.Single((await Dhcp(demo, network)).EnumerateArray());
        Assert.Equal("10.32.0.2", port.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString());
        Assert.Equal(HttpStatusCode.OK, (await demo.Put($"subnets/{subnet}", """{"subnet": {"enable_dhcp": false} }""")).Status);
        Assert.Empty((await Dhcp(demo, network)).EnumerateArray());
    }

    private static async Task<JsonElement> Dhcp(NetworkClient client, string network) =>
        (await client.Get($"ports?network_id={network}&device_owner=network:dhcp"))["ports"];

    [Fact]
    public async Task Update_changes_servers_routes_and_pools_and_refuses_the_cidr()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var id = await demo.Subnet(await demo.Network(), "10.33.0.0/24");
        var answer = await demo.Put($"subnets/{id}", """
            {"subnet": {"dns_nameservers": ["9.9.9.9"], "host_routes": [{"destination": "10.40.0.0/16", "nexthop": "10.33.0.9"}],
              "allocation_pools": [{"start": "10.33.0.10", "end": "10.33.0.20"}], "gateway_ip": null} }
            """);
        var subnet = answer["subnet"];
        Assert.Equal("9.9.9.9", subnet.GetProperty("dns_nameservers")[0].GetString());
        Assert.Equal("10.33.0.9", subnet.GetProperty("host_routes")[0].GetProperty("nexthop").GetString());
        Assert.Equal("10.33.0.10", subnet.GetProperty("allocation_pools")[0].GetProperty("start").GetString());
        Assert.Equal(JsonValueKind.Null, subnet.GetProperty("gateway_ip").ValueKind);
        var refused = await demo.Put($"subnets/{id}", """{"subnet": {"cidr": "10.34.0.0/24"} }""");
        Assert.Equal("Cannot update read-only attribute cidr", refused.Message);
    }

    [Fact]
    public async Task Delete_with_an_address_in_use_is_409()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var subnet = await demo.Subnet(network, "10.35.0.0/24");
        var port = NetworkClient.Id(await demo.Port(network));
        var refused = await demo.Delete($"subnets/{subnet}");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("SubnetInUse", refused.Error);
        await demo.Delete($"ports/{port}");
        Assert.Equal(HttpStatusCode.NoContent, (await demo.Delete($"subnets/{subnet}")).Status);
    }

    [Fact]
    public async Task Pool_gives_the_next_free_prefix_and_ends()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var made = await demo.Post("subnetpools", """{"subnetpool": {"name": "pool", "prefixes": ["10.50.0.0/24", "10.50.1.0/24"], "default_prefixlen": 24, "min_prefixlen": 24} }""");
        Assert.Equal("10.50.0.0/23", made["subnetpool"].GetProperty("prefixes")[0].GetString());
        var pool = NetworkClient.Id(made["subnetpool"]);
        var network = await demo.Network();
        Assert.Equal("10.50.0.0/24", await FromPool(demo, network, pool));
        Assert.Equal("10.50.1.0/24", await FromPool(demo, network, pool));
        var refused = await demo.Post("subnets", $$"""{"subnet": {"network_id": "{{network}}", "ip_version": 4, "subnetpool_id": "{{pool}}"} }""");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("SubnetAllocationError", refused.Error);
        Assert.Equal("SubnetPoolDeleteError", (await demo.Delete($"subnetpools/{pool}")).Error);
    }

    private static async Task<string> FromPool(NetworkClient client, string network, string pool) =>
        (await client.Post("subnets", $$"""{"subnet": {"network_id": "{{network}}", "ip_version": 4, "subnetpool_id": "{{pool}}"} }"""))["subnet"].GetProperty("cidr").GetString()!;

    [Fact]
    public async Task Subnets_of_the_external_network_are_shown_by_id_and_not_listed_to_members()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var outside = await demo.Named("public");
        Assert.Empty((await demo.Get($"subnets?network_id={outside}"))["subnets"].EnumerateArray());
        var id = (await demo.Get($"networks/{outside}"))["network"].GetProperty("subnets")[0].GetString();
        Assert.Equal("172.24.4.0/24", (await demo.Get($"subnets/{id}"))["subnet"].GetProperty("cidr").GetString());
    }
}
