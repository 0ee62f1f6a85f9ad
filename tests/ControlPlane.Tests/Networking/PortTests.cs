using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class PortTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static string Address(JsonElement port, int at = 0) => port.GetProperty("fixed_ips")[at].GetProperty("ip_address").GetString()!;

    [Fact]
    public async Task Create_gives_address_mac_and_the_default_group()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        await demo.Subnet(network, "10.60.0.0/24");
        var port = await demo.Port(network);
        Assert.StartsWith("10.60.0.", Address(port));
        Assert.Matches("^fa:16:3e:[0-9a-f:]{8}$", port.GetProperty("mac_address").GetString());
        Assert.Equal("DOWN", port.GetProperty("status").GetString());
        var group = (await demo.Get("security-groups?name=default"))["security_groups"][0];
        Assert.Equal(NetworkClient.Id(group), port.GetProperty("security_groups")[0].GetString());
        Assert.Equal(4, group.GetProperty("security_group_rules").GetArrayLength());
        Assert.False(port.TryGetProperty("binding:host_id", out _));
        using var admin = await NetworkClient.As(cloud, "admin");
        Assert.Equal("unbound", (await admin.Get($"ports/{NetworkClient.Id(port)}"))["port"].GetProperty("binding:vif_type").GetString());
    }

    [Fact]
    public async Task Slaac_address_follows_from_the_mac_and_comes_with_the_ipv4_one()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        await demo.Subnet(network, "10.61.0.0/24");
        await demo.Subnet(network, "fd61::/64", """, "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac" """);
        var port = await demo.Port(network, """, "mac_address": "fa:16:3e:00:11:22" """);
        Assert.Equal(2, port.GetProperty("fixed_ips").GetArrayLength());
        Assert.Contains(port.GetProperty("fixed_ips").EnumerateArray(), f => f.GetProperty("ip_address").GetString() == "fd61::f816:3eff:fe00:1122");
    }

    [Fact]
    public async Task Asked_address_is_given_once_and_then_is_409()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var subnet = await demo.Subnet(network, "10.62.0.0/24");
        var wanted = """, "fixed_ips": [{"ip_address": "10.62.0.77"}]""";
        Assert.Equal("10.62.0.77", Address(await demo.Port(network, wanted)));
        var answer = await demo.Post("ports", $$"""{"port": {"network_id": "{{network}}"{{wanted}} } }""");
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal("IpAddressAlreadyAllocated", answer.Error);
        Assert.Equal($"IP address 10.62.0.77 already allocated in subnet {subnet}", answer.Message);
    }

    [Theory]
    [InlineData(""" "fixed_ips": [{"ip_address": "10.99.0.1"}] """, "InvalidIpForNetwork", 400)]
    [InlineData(""" "fixed_ips": [{"ip_address": "10.63.0.255"}] """, "InvalidIpForNetwork", 400)]
    [InlineData(""" "fixed_ips": [{"ip_address": "10.63.0.300"}] """, "HTTPBadRequest", 400)]
    [InlineData(""" "fixed_ips": [{}] """, "InvalidInput", 400)]
    [InlineData(""" "fixed_ips": [{"subnet_id": "00000000-0000-0000-0000-000000000001"}] """, "InvalidInput", 400)]
    [InlineData(""" "mac_address": "nonsense" """, "HTTPBadRequest", 400)]
    [InlineData(""" "mac_address": "00:00:00:00:00:00" """, "HTTPBadRequest", 400)]
    [InlineData(""" "mac_address": "ff:ff:ff:ff:ff:ff" """, "HTTPBadRequest", 400)]
    [InlineData(""" "allowed_address_pairs": [{"ip_address": "10.63.0.9", "mac_address": "01:00:5e:00:00:01"}] """, "HTTPBadRequest", 400)]
    [InlineData(""" "security_groups": ["00000000-0000-0000-0000-000000000001"] """, "SecurityGroupNotFound", 404)]
    [InlineData(""" "allowed_address_pairs": [{"mac_address": "fa:16:3e:00:00:01"}] """, "HTTPBadRequest", 400)]
    [InlineData(""" "extra_dhcp_opts": [{"opt_name": "x\ndhcp-script=/bin/sh", "opt_value": "1"}] """, "HTTPBadRequest", 400)]
    [InlineData(""" "extra_dhcp_opts": [{"opt_name": "tftp-server", "opt_value": "a\nb"}] """, "HTTPBadRequest", 400)]
    [InlineData(""" "dns_name": "-bad-" """, "HTTPBadRequest", 400)]
    [InlineData(""" "device_id": 7 """, "HTTPBadRequest", 400)]
    public async Task Create_with_bad_input_is_refused(string rest, string error, int status)
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        await demo.Subnet(network, "10.63.0.0/24");
        var answer = await demo.Post("ports", $$"""{"port": {"network_id": "{{network}}", {{rest}} } }""");
        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Equal(error, answer.Error);
    }

    [Fact]
    public async Task Port_with_a_multicast_address_is_no_network_card()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        await demo.Subnet(network, "10.64.0.0/24");
        var port = await demo.Port(network, """, "mac_address": "11:22:33:44:55:66" """);
        Assert.Equal("11:22:33:44:55:66", port.GetProperty("mac_address").GetString());
        using var http = await cloud.As("demo");
        using var answer = await http.PostAsync("/compute/v2.1/servers", TestCloud.Body($$$"""
            {"server": {"name": "s", "flavorRef": "1", "imageRef": "", "networks": [{"port": "{{{NetworkClient.Id(port)}}}"}],
             "block_device_mapping_v2": [{"boot_index": 0, "source_type": "blank", "destination_type": "volume", "volume_size": 1}]} }
            """));
        var server = NetworkClient.Id((await TestCloud.Json(answer)).GetProperty("server"));
        JsonElement shown = default;
        await Eventually.Holds(async () =>
        {
            using var now = await http.GetAsync($"/compute/v2.1/servers/{server}");
            shown = (await TestCloud.Json(now)).GetProperty("server");
            return shown.GetProperty("status").GetString() == "ERROR";
        });
        Assert.Contains("multicast address 11:22:33:44:55:66", shown.GetProperty("fault").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifty_callers_for_the_last_addresses_get_each_once_and_the_rest_409()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        await demo.Subnet(network, "10.64.0.0/24", """, "enable_dhcp": false, "allocation_pools": [{"start": "10.64.0.10", "end": "10.64.0.19"}]""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => demo.Post("ports", $$"""{"port": {"network_id": "{{network}}"} }""")));
        var given = answers.Where(a => a.Status == HttpStatusCode.Created).Select(a => Address(a["port"])).ToList();
        Assert.Equal(Enumerable.Range(10, 10).Select(n => $"10.64.0.{n}"), given.Order(StringComparer.Ordinal));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a =>
        {
            Assert.Equal(HttpStatusCode.Conflict, a.Status);
            Assert.Equal("IpAddressGenerationFailure", a.Error);
        });
        // Nothing is left of the forty that were refused.
        Assert.Equal(10, (await demo.Get($"ports?network_id={network}"))["ports"].GetArrayLength());
    }

    [Fact]
    public async Task Every_allocation_belongs_to_a_port_and_a_subnet_after_much_coming_and_going()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        await demo.Subnet(network, "10.65.0.0/26");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
        {
            var port = await demo.Port(network);
            if (n % 2 == 0) await demo.Delete($"ports/{NetworkClient.Id(port)}");
        }));
        var database = cloud.Cloud.Parts.Database;
        Assert.False(database.Read(tx => tx.Exists(
            $"SELECT 1 FROM ip_allocations a WHERE NOT EXISTS (SELECT 1 FROM ports p WHERE p.id = a.port_id AND p.network_id = a.network_id) OR NOT EXISTS (SELECT 1 FROM subnets s WHERE s.id = a.subnet_id)")));
        Assert.False(database.Read(tx => tx.Exists(
            $"SELECT 1 FROM ip_allocations GROUP BY network_id, ip_address HAVING COUNT(*) > 1")));
        Assert.Equal(11, database.Read(tx => tx.Count($"SELECT COUNT(*) FROM ip_allocations WHERE network_id = {network}")));
    }

    [Fact]
    public async Task Update_replaces_addresses_and_keeps_those_that_stay()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var subnet = await demo.Subnet(network, "10.66.0.0/24");
        var port = await demo.Port(network, """, "fixed_ips": [{"ip_address": "10.66.0.10"}, {"ip_address": "10.66.0.11"}]""");
        var answer = await demo.Put($"ports/{NetworkClient.Id(port)}", $$"""{"port": {"fixed_ips": [{"ip_address": "10.66.0.11", "subnet_id": "{{subnet}}"}, {"ip_address": "10.66.0.12"}]} }""");
        Assert.Equal(["10.66.0.11", "10.66.0.12"], answer["port"].GetProperty("fixed_ips").EnumerateArray().Select(f => f.GetProperty("ip_address").GetString()).Order());
        Assert.Equal("10.66.0.10", Address(await demo.Port(network, """, "fixed_ips": [{"ip_address": "10.66.0.10"}]""")));
    }

    [Fact]
    public async Task Update_takes_groups_pairs_options_and_names()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        await demo.Subnet(network, "10.67.0.0/24");
        var group = NetworkClient.Id(await demo.Group("web"));
        var id = NetworkClient.Id(await demo.Port(network));
        var port = (await demo.Put($"ports/{id}", $$"""
            {"port": {"security_groups": ["{{group}}"], "allowed_address_pairs": [{"ip_address": "10.67.0.0/28"}], "dns_name": "box",
              "extra_dhcp_opts": [{"opt_name": "tftp-server", "opt_value": "10.67.0.9"}], "name": "named", "admin_state_up": false} }
            """))["port"];
        Assert.Equal(group, port.GetProperty("security_groups")[0].GetString());
        Assert.Equal(port.GetProperty("mac_address").GetString(), port.GetProperty("allowed_address_pairs")[0].GetProperty("mac_address").GetString());
        Assert.Equal("box.openstacklocal.", port.GetProperty("dns_assignment")[0].GetProperty("fqdn").GetString());
        Assert.Equal("tftp-server", port.GetProperty("extra_dhcp_opts")[0].GetProperty("opt_name").GetString());
        var cleared = (await demo.Put($"ports/{id}", """{"port": {"extra_dhcp_opts": [{"opt_name": "tftp-server", "opt_value": null}]} }"""))["port"];
        Assert.Empty(cleared.GetProperty("extra_dhcp_opts").EnumerateArray());
        var insecure = await demo.Put($"ports/{id}", """{"port": {"port_security_enabled": false} }""");
        Assert.Equal("PortSecurityPortHasSecurityGroup", insecure.Error);
    }

    [Fact]
    public async Task List_filters_by_address_part_of_it_and_group()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Network();
        var subnet = await demo.Subnet(network, "10.68.0.0/24", """, "enable_dhcp": false""");
        var first = NetworkClient.Id(await demo.Port(network, """, "fixed_ips": [{"ip_address": "10.68.0.10"}]"""));
        var second = NetworkClient.Id(await demo.Port(network, """, "fixed_ips": [{"ip_address": "10.68.0.20"}]"""));
        Assert.Equal([first], await Found("fixed_ips=ip_address%3D10.68.0.10"));
        Assert.Equal(Sorted(first, second), await Found($"fixed_ips=subnet_id%3D{subnet}"));
        Assert.Equal(Sorted(first, second), await Found("fixed_ips=ip_address_substr%3D10.68.0."));
        Assert.Equal(Sorted(first, second), await Found($"network_id={network}&id={first}&id={second}"));
        Assert.Equal(HttpStatusCode.BadRequest, (await demo.Get("ports?fixed_ips=nonsense")).Status);

        async Task<string[]> Found(string query) =>
            [.. (await demo.Get($"ports?{query}"))["ports"].EnumerateArray().Select(NetworkClient.Id).Order(StringComparer.Ordinal)];
        static string[] Sorted(params string[] ids) => [.. ids.Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Members_may_not_choose_addresses_macs_or_hosts_on_networks_of_others()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var network = await demo.Named("private");
        Assert.Equal(HttpStatusCode.Created, (await Post("")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(""", "fixed_ips": [{"ip_address": "10.0.0.99"}]""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(""", "mac_address": "fa:16:3e:01:02:03" """)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(""", "binding:host_id": "elsewhere" """)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(""", "device_owner": "network:dhcp" """)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(""", "port_security_enabled": false""")).Status);

        Task<NetworkAnswer> Post(string more) => demo.Post("ports", $$"""{"port": {"network_id": "{{network}}"{{more}} } }""");
    }

    [Fact]
    public async Task Members_may_not_put_ports_on_the_external_network()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var answer = await demo.Post("ports", $$"""{"port": {"network_id": "{{await demo.Named("public")}}"} }""");
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
    }

    [Fact]
    public async Task Nobody_attaches_a_port_to_a_router_of_another_project()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        using var admin = await NetworkClient.As(cloud, "admin");
        var router = NetworkClient.Id((await admin.Get("routers?name=router1"))["routers"][0]);
        var network = await demo.Network();
        var answer = await demo.Post("ports", $$"""{"port": {"network_id": "{{network}}", "device_owner": "network:router_interface", "device_id": "{{router}}"} }""");
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal("DeviceIDNotOwnedByTenant", answer.Error);
    }
}
