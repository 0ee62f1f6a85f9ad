using System.Net;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class QosTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static async Task<string> Policy(NetworkClient client, string more = "")
    {
        var made = await client.Post("qos/policies", $$"""{"policy": {"name": "gold"{{more}} } }""");
        Assert.True(made.Status == HttpStatusCode.Created, made.ToString());
        return NetworkClient.Id(made["policy"]);
    }

    [Fact]
    public async Task Rules_of_a_policy_are_made_changed_listed_and_removed_below_it_and_by_their_own_id()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var policy = await Policy(admin);
        var rules = $"qos/policies/{policy}/bandwidth_limit_rules";
        var made = await admin.Post(rules, """{"bandwidth_limit_rule": {"max_kbps": 1000, "max_burst_kbps": 200}}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var rule = made["bandwidth_limit_rule"];
        Assert.Equal("egress", rule.GetProperty("direction").GetString());
        Assert.Equal("QoSRulesConflict", (await admin.Post(rules, """{"bandwidth_limit_rule": {"max_kbps": 5}}""")).Error);
        Assert.Equal(HttpStatusCode.Created, (await admin.Post(rules, """{"bandwidth_limit_rule": {"max_kbps": 5, "direction": "ingress"}}""")).Status);
        var changed = await admin.Put($"{rules}/{NetworkClient.Id(rule)}", """{"bandwidth_limit_rule": {"max_kbps": 2000}}""");
        Assert.Equal(2000, changed["bandwidth_limit_rule"].GetProperty("max_kbps").GetInt32());
        Assert.Equal(2, (await admin.Get(rules))["bandwidth_limit_rules"].GetArrayLength());
        Assert.Equal(200, (await admin.Get($"qos/alias_bandwidth_limit_rules/{NetworkClient.Id(rule)}"))["alias_bandwidth_limit_rule"].GetProperty("max_burst_kbps").GetInt32());
        var whole = (await admin.Get($"qos/policies/{policy}"))["policy"].GetProperty("rules");
        Assert.Equal(["bandwidth_limit", "bandwidth_limit"], whole.EnumerateArray().Select(r => r.GetProperty("type").GetString()));
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"{rules}/{NetworkClient.Id(rule)}")).Status);
        Assert.Equal("QosRuleNotFound", (await admin.Get($"{rules}/{NetworkClient.Id(rule)}")).Error);
        // The rule of one policy is not below another.
        var other = await Policy(admin);
        Assert.Empty((await admin.Get($"qos/policies/{other}/bandwidth_limit_rules"))["bandwidth_limit_rules"].EnumerateArray());
    }

    [Theory]
    [InlineData("bandwidth_limit", """{"max_burst_kbps": 1}""")]
    [InlineData("bandwidth_limit", """{"max_kbps": -1}""")]
    [InlineData("bandwidth_limit", """{"max_kbps": 1, "direction": "up"}""")]
    [InlineData("dscp_marking", """{"dscp_mark": 7}""")]
    [InlineData("dscp_marking", """{"dscp_mark": "x"}""")]
    [InlineData("minimum_bandwidth", """{"max_kbps": 1}""")]
    public async Task Rule_with_bad_values_is_refused(string kind, string body)
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var refused = await admin.Post($"qos/policies/{await Policy(admin)}/{kind}_rules", $$"""{"{{kind}}_rule": {{body}} }""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
    }

    [Fact]
    public async Task Policy_in_use_stays_and_the_port_shows_its_networks_too()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var (own, wide) = (await Policy(admin), await Policy(admin));
        var network = await admin.Network($$""", "qos_policy_id": "{{wide}}" """);
        var port = await admin.Port(network, $$""", "qos_policy_id": "{{own}}" """);
        Assert.Equal(own, port.GetProperty("qos_policy_id").GetString());
        Assert.Equal(wide, port.GetProperty("qos_network_policy_id").GetString());
        Assert.Equal("QosPolicyInUse", (await admin.Delete($"qos/policies/{own}")).Error);
        Assert.Equal("QosPolicyInUse", (await admin.Delete($"qos/policies/{wide}")).Error);
        await admin.Put($"ports/{NetworkClient.Id(port)}", """{"port": {"qos_policy_id": null}}""");
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"qos/policies/{own}")).Status);
        Assert.Equal("QosPolicyNotFound", (await admin.Put($"networks/{network}", $$"""{"network": {"qos_policy_id": "{{own}}"} }""")).Error);
    }

    [Fact]
    public async Task Rule_that_the_datapath_cannot_keep_reaches_no_port()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var policy = await Policy(admin);
        var network = await admin.Network();
        Assert.Equal(HttpStatusCode.Created,
            (await admin.Post($"qos/policies/{policy}/minimum_bandwidth_rules", """{"minimum_bandwidth_rule": {"min_kbps": 100}}""")).Status);
        Assert.Equal("QosRuleNotSupported", (await admin.Post("ports", $$"""{"port": {"network_id": "{{network}}", "qos_policy_id": "{{policy}}"} }""")).Error);
        var used = await Policy(admin);
        await admin.Port(network, $$""", "qos_policy_id": "{{used}}" """);
        Assert.Equal("QosRuleNotSupported",
            (await admin.Post($"qos/policies/{used}/minimum_bandwidth_rules", """{"minimum_bandwidth_rule": {"min_kbps": 100}}""")).Error);
        var types = (await admin.Get("qos/rule-types"))["rule_types"].EnumerateArray().Select(t => t.GetProperty("type").GetString());
        Assert.Equal(["bandwidth_limit", "packet_rate_limit", "dscp_marking"], types);
    }

    [Fact]
    public async Task Default_policy_is_taken_by_new_networks_and_is_one()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var policy = await Policy(admin, """, "is_default": true""");
        Assert.Equal("QoSPolicyDefaultAlreadyExists", (await admin.Post("qos/policies", """{"policy": {"name": "b", "is_default": true}}""")).Error);
        var network = await admin.Network();
        Assert.Equal(policy, (await admin.Get($"networks/{network}"))["network"].GetProperty("qos_policy_id").GetString());
        await admin.Delete($"networks/{network}");
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"qos/policies/{policy}")).Status);
    }

    [Fact]
    public async Task Policy_of_another_project_is_seen_only_when_shared_and_never_changed()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        using var demo = await NetworkClient.As(cloud, "demo");
        var policy = await Policy(admin);
        Assert.Equal("QosPolicyNotFound", (await demo.Get($"qos/policies/{policy}")).Error);
        await admin.Put($"qos/policies/{policy}", """{"policy": {"shared": true}}""");
        Assert.Equal(HttpStatusCode.OK, (await demo.Get($"qos/policies/{policy}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Delete($"qos/policies/{policy}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Post($"qos/policies/{policy}/dscp_marking_rules", """{"dscp_marking_rule": {"dscp_mark": 10}}""")).Status);
    }
}
