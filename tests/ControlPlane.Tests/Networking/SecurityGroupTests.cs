using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class SecurityGroupTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task List_shows_the_default_group_that_nobody_made()
    {
        await using var own = await TestCloud.Start();
        using var demo = await NetworkClient.As(own, "demo");
        var group = Assert.Single((await demo.Get("security-groups"))["security_groups"].EnumerateArray());
        Assert.Equal("default", group.GetProperty("name").GetString());
        Assert.Equal("Default security group", group.GetProperty("description").GetString());
        var rules = group.GetProperty("security_group_rules").EnumerateArray().ToList();
        Assert.Equal(4, rules.Count);
        Assert.All(rules.Where(r => r.GetProperty("direction").GetString() == "ingress"),
            r => Assert.Equal(NetworkClient.Id(group), r.GetProperty("remote_group_id").GetString()));
        Assert.Equal("SecurityGroupCannotRemoveDefault", (await demo.Delete($"security-groups/{NetworkClient.Id(group)}")).Error);
    }

    [Fact]
    public async Task Create_begins_with_egress_rules()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var group = await demo.Group("fresh");
        Assert.Equal(["IPv4 egress", "IPv6 egress"], group.GetProperty("security_group_rules").EnumerateArray()
            .Select(r => $"{r.GetProperty("ethertype").GetString()} {r.GetProperty("direction").GetString()}").Order());
    }

    [Fact]
    public async Task Create_named_default_is_refused()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var answer = await demo.Post("security-groups", """{"security_group": {"name": "default"} }""");
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal("SecurityGroupDefaultAlreadyExists", answer.Error);
    }

    private static Task<NetworkAnswer> Rule(NetworkClient client, string group, string rest) => client.Post("security-group-rules",
        $$"""{"security_group_rule": {"security_group_id": "{{group}}", "direction": "ingress"{{rest}} } }""");

    [Fact]
    public async Task Rule_is_shown_as_it_was_written()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var group = NetworkClient.Id(await demo.Group("ssh"));
        var answer = await Rule(demo, group, """, "protocol": "tcp", "port_range_min": 22, "port_range_max": "22", "remote_ip_prefix": "10.0.0.5/8" """);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var rule = answer["security_group_rule"];
        Assert.Equal("tcp", rule.GetProperty("protocol").GetString());
        Assert.Equal(22, rule.GetProperty("port_range_max").GetInt32());
        Assert.Equal("10.0.0.5/8", rule.GetProperty("remote_ip_prefix").GetString());
        Assert.Equal("10.0.0.0/8", rule.GetProperty("normalized_cidr").GetString());
        Assert.Equal("IPv4", rule.GetProperty("ethertype").GetString());
    }

    [Theory]
    [InlineData(""", "protocol": "tcp", "port_range_min": 30, "port_range_max": 20""", "SecurityGroupInvalidPortRange")]
    [InlineData(""", "protocol": "tcp", "port_range_min": 30""", "SecurityGroupInvalidPortRange")]
    [InlineData(""", "protocol": "tcp", "port_range_min": 0, "port_range_max": 20""", "SecurityGroupInvalidPortValue")]
    [InlineData(""", "protocol": "tcp", "port_range_min": 1, "port_range_max": 70000""", "SecurityGroupInvalidPortValue")]
    [InlineData(""", "port_range_min": 1, "port_range_max": 2""", "SecurityGroupProtocolRequiredWithPorts")]
    [InlineData(""", "protocol": "gre", "port_range_min": 1, "port_range_max": 2""", "SecurityGroupInvalidProtocolForPort")]
    [InlineData(""", "protocol": "icmp", "port_range_min": 256""", "SecurityGroupInvalidIcmpValue")]
    [InlineData(""", "protocol": "icmp", "port_range_max": 3""", "SecurityGroupMissingIcmpType")]
    [InlineData(""", "protocol": "carrier-pigeon" """, "SecurityGroupRuleInvalidProtocol")]
    [InlineData(""", "protocol": 256""", "SecurityGroupRuleInvalidProtocol")]
    [InlineData(""", "protocol": "-1" """, "SecurityGroupRuleInvalidProtocol")]
    [InlineData(""", "protocol": "ipv6-icmp" """, "SecurityGroupEthertypeConflictWithProtocol")]
    [InlineData(""", "ethertype": "IPX" """, "SecurityGroupRuleInvalidEtherType")]
    [InlineData(""", "remote_ip_prefix": "fd00::/8" """, "SecurityGroupRuleParameterConflict")]
    [InlineData(""", "remote_ip_prefix": "10.0.0.0/99" """, "HTTPBadRequest")]
    [InlineData(""", "direction": "sideways" """, "HTTPBadRequest")]
    public async Task Rule_with_bad_input_is_400(string rest, string error)
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var answer = await Rule(demo, await Default(demo), rest);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(error, answer.Error);
    }

    private static async Task<string> Default(NetworkClient client) =>
        NetworkClient.Id((await client.Get("security-groups?name=default"))["security_groups"][0]);

    [Fact]
    public async Task Rule_twice_is_409_also_in_other_words()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var group = NetworkClient.Id(await demo.Group("twice"));
        var first = (await Rule(demo, group, """, "protocol": "tcp", "port_range_min": 80, "port_range_max": 80"""))["security_group_rule"];
        foreach (var same in (string[])[""", "protocol": "tcp", "port_range_min": 80, "port_range_max": 80""",
            """, "protocol": "6", "port_range_min": 80, "port_range_max": 80, "remote_ip_prefix": "0.0.0.0/0" """])
        {
            var again = await Rule(demo, group, same);
            Assert.Equal(HttpStatusCode.Conflict, again.Status);
            Assert.Equal("SecurityGroupRuleExists", again.Error);
            Assert.Equal($"Security group rule already exists. Rule id is {NetworkClient.Id(first)}.", again.Message);
        }
    }

    [Fact]
    public async Task Rule_in_a_group_of_others_is_404()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        using var admin = await NetworkClient.As(cloud, "admin");
        var answer = await Rule(demo, await Default(admin), "");
        // Administrators see all groups: the first default may be anyone's, so a group of its own is made.
        var theirs = NetworkClient.Id(await admin.Group("theirs"));
        answer = await Rule(demo, theirs, "");
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("SecurityGroupNotFound", answer.Error);
    }

    [Fact]
    public async Task Group_of_a_port_is_409_on_delete()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var group = NetworkClient.Id(await demo.Group("used"));
        var port = await demo.Port(await demo.Network(), $$""", "security_groups": ["{{group}}"]""");
        Assert.Equal("SecurityGroupInUse", (await demo.Delete($"security-groups/{group}")).Error);
        await demo.Delete($"ports/{NetworkClient.Id(port)}");
        Assert.Equal(HttpStatusCode.NoContent, (await demo.Delete($"security-groups/{group}")).Status);
    }

    [Fact]
    public async Task Address_group_keeps_distinct_addresses_and_is_kept_by_rules()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var addresses = NetworkClient.Id((await demo.Post("address-groups", """{"address_group": {"name": "a", "addresses": ["10.1.1.1", "fd00::/16"]} }"""))["address_group"]);
        var added = await demo.Put($"address-groups/{addresses}/add_addresses", """{"addresses": ["10.2.0.0/16"]}""");
        Assert.Equal(["10.1.1.1/32", "fd00::/16", "10.2.0.0/16"], added["address_group"].GetProperty("addresses").EnumerateArray().Select(a => a.GetString()!));
        var group = NetworkClient.Id(await demo.Group("by address group"));
        Assert.Equal(HttpStatusCode.Created, (await Rule(demo, group, $$""", "remote_address_group_id": "{{addresses}}" """)).Status);
        Assert.Equal("AddressGroupInUse", (await demo.Delete($"address-groups/{addresses}")).Error);
    }

    [Fact]
    public async Task Group_is_stateless_when_asked_and_changes_only_while_no_port_has_it()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var made = (await demo.Post("security-groups", """{"security_group": {"name": "alone", "stateful": "no"}}"""))["security_group"];
        Assert.False(made.GetProperty("stateful").GetBoolean());
        var id = NetworkClient.Id(made);
        Assert.Equal([id], (await demo.Get("security-groups?stateful=False"))["security_groups"].EnumerateArray().Select(NetworkClient.Id));
        Assert.Equal(HttpStatusCode.OK, (await demo.Get("extensions/stateful-security-group")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await demo.Put($"security-groups/{id}", """{"security_group": {"stateful": "perhaps"}}""")).Status);
        Assert.True((await demo.Put($"security-groups/{id}", """{"security_group": {"stateful": true}}"""))["security_group"].GetProperty("stateful").GetBoolean());
        var network = await demo.Network();
        await demo.Port(network, $$""", "security_groups": ["{{id}}"] """);
        Assert.Equal("SecurityGroupInUse", (await demo.Put($"security-groups/{id}", """{"security_group": {"stateful": false}}""")).Error);
        Assert.Equal(HttpStatusCode.OK, (await demo.Put($"security-groups/{id}", """{"security_group": {"stateful": true, "name": "b"}}""")).Status);
    }
}
