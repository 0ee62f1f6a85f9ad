using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

/// <summary>What administrators choose for everybody: flavors, default rules, the topology that is made by itself; limits that are checked.</summary>
public sealed class CloudTemplateTests
{
    [Fact]
    public async Task Router_in_a_flavor_needs_one_that_is_enabled_and_has_a_profile()
    {
        await using var own = await TestCloud.Start();
        using var admin = await NetworkClient.As(own, "admin");
        var flavor = NetworkClient.Id((await admin.Post("flavors", """{"flavor": {"name": "f", "service_type": "L3_ROUTER_NAT"}}"""))["flavor"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Post("flavors", """{"flavor": {"name": "f", "service_type": "FIREWALL"}}""")).Status);
        var router = $$"""{"router": {"flavor_id": "{{flavor}}"} }""";
        Assert.Equal("FlavorServiceProfileBindingNotFound", (await admin.Post("routers", router)).Error);
        Assert.Equal("ServiceProfileDriverNotFound", (await admin.Post("service_profiles", """{"service_profile": {"driver": "x"}}""")).Error);
        var profile = NetworkClient.Id((await admin.Post("service_profiles", """{"service_profile": {"metainfo": "{}"}}"""))["service_profile"]);
        var bind = $$"""{"service_profile": {"id": "{{profile}}"} }""";
        Assert.Equal(HttpStatusCode.Created, (await admin.Post($"flavors/{flavor}/service_profiles", bind)).Status);
        Assert.Equal("FlavorServiceProfileBindingExists", (await admin.Post($"flavors/{flavor}/service_profiles", bind)).Error);
        Assert.Equal("ServiceProfileInUse", (await admin.Delete($"service_profiles/{profile}")).Error);
        Assert.Equal(flavor, (await admin.Post("routers", router))["router"].GetProperty("flavor_id").GetString());
        Assert.Equal("FlavorInUse", (await admin.Delete($"flavors/{flavor}")).Error);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"flavors/{flavor}/service_profiles/{profile}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Delete($"flavors/{flavor}/service_profiles/{profile}")).Status);
    }

    [Fact]
    public async Task Router_is_of_the_kind_that_its_flavor_says()
    {
        await using var own = await TestCloud.Start();
        using var admin = await NetworkClient.As(own, "admin");
        Assert.Equal(["dvrha", "dvr", "ha", "single_node"],
            (await admin.Get("service-providers"))["service_providers"].EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        Assert.Single((await admin.Get("service-providers?name=ha"))["service_providers"].EnumerateArray());
        var distributed = $$"""{"router": {"flavor_id": "{{await Flavor(admin, "dvr.DvrDriver")}}" """;
        var made = (await admin.Post("routers", distributed + "} }"))["router"];
        Assert.True(made.GetProperty("distributed").GetBoolean());
        Assert.Equal("InvalidInput", (await admin.Post("routers", distributed + """, "distributed": false } }""")).Error);
        Assert.Equal("InvalidInput", (await admin.Put($"routers/{NetworkClient.Id(made)}", """{"router": {"distributed": false, "admin_state_up": false}}""")).Error);
        var available = $$"""{"router": {"flavor_id": "{{await Flavor(admin, "ha.HaDriver")}}"} }""";
        Assert.Equal("HANotEnoughAvailableAgents", (await admin.Post("routers", available)).Error);
    }

    private static async Task<string> Flavor(NetworkClient admin, string driver)
    {
        var flavor = NetworkClient.Id((await admin.Post("flavors", """{"flavor": {"name": "f", "service_type": "L3_ROUTER_NAT"}}"""))["flavor"]);
        var profile = NetworkClient.Id((await admin.Post("service_profiles",
            $$"""{"service_profile": {"driver": "neutron.services.l3_router.service_providers.{{driver}}"} }"""))["service_profile"]);
        await admin.Post($"flavors/{flavor}/service_profiles", $$"""{"service_profile": {"id": "{{profile}}"} }""");
        return flavor;
    }

    [Fact]
    public async Task New_security_groups_begin_with_the_default_rules_of_the_cloud()
    {
        await using var own = await TestCloud.Start();
        using var admin = await NetworkClient.As(own, "admin");
        using var demo = await NetworkClient.As(own, "demo");
        Assert.Equal(4, (await demo.Get("default-security-group-rules"))["default_security_group_rules"].GetArrayLength());
        const string ssh = """{"default_security_group_rule": {"direction": "ingress", "protocol": "tcp", "port_range_min": 22, "port_range_max": 22}}""";
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Post("default-security-group-rules", ssh)).Status);
        var made = await admin.Post("default-security-group-rules", ssh);
        Assert.True(made.Status == HttpStatusCode.Created, made.ToString());
        Assert.Equal("DefaultSecurityGroupRuleExists", (await admin.Post("default-security-group-rules", ssh)).Error);
        var group = await demo.Group("g");
        var rules = group.GetProperty("security_group_rules").EnumerateArray().ToList();
        Assert.Equal(3, rules.Count);
        Assert.Contains(rules, r => r.GetProperty("port_range_min").ValueKind == JsonValueKind.Number && r.GetProperty("port_range_min").GetInt32() == 22);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"default-security-group-rules/{NetworkClient.Id(made["default_security_group_rule"])}")).Status);
        Assert.Equal(2, (await demo.Group("h")).GetProperty("security_group_rules").GetArrayLength());
    }

    [Fact]
    public async Task Topology_is_made_once_from_the_default_pool_and_removed_whole()
    {
        await using var own = await TestCloud.Start();
        using var admin = await NetworkClient.As(own, "admin");
        using var demo = await NetworkClient.As(own, "demo");
        var project = own.First.DemoProjectId;
        Assert.Equal("dry-run=pass", (await demo.Get($"auto-allocated-topology/{project}?fields=dry-run"))["auto_allocated_topology"].GetProperty("id").GetString());
        await admin.WithoutDefaultPools();
        Assert.Equal("AutoAllocationFailure", (await demo.Get($"auto-allocated-topology/{project}?fields=dry-run")).Error);
        await admin.Post("subnetpools", """{"subnetpool": {"name": "p", "prefixes": ["10.200.0.0/16"], "default_prefixlen": 26, "is_default": true, "shared": true}}""");
        Assert.Equal("dry-run=pass", (await demo.Get($"auto-allocated-topology/{project}?fields=dry-run"))["auto_allocated_topology"].GetProperty("id").GetString());
        var made = (await demo.Get($"auto-allocated-topology/{project}"))["auto_allocated_topology"].GetProperty("id").GetString();
        Assert.Equal(made, (await demo.Get("auto-allocated-topology/None"))["auto_allocated_topology"].GetProperty("id").GetString());
        var subnet = (await demo.Get($"subnets?network_id={made}"))["subnets"][0];
        Assert.StartsWith("10.200.", subnet.GetProperty("cidr").GetString());
        Assert.Single((await demo.Get("routers?name=auto_allocated_router"))["routers"].EnumerateArray());
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Get($"auto-allocated-topology/{own.First.AdminProjectId}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await demo.Delete($"auto-allocated-topology/{project}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Get($"networks/{made}")).Status);
        Assert.Empty((await demo.Get("routers"))["routers"].EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await demo.Delete($"auto-allocated-topology/{project}")).Status);
    }

    [Fact]
    public async Task Limit_below_use_is_refused_only_when_asked_to_check()
    {
        await using var own = await TestCloud.Start();
        using var admin = await NetworkClient.As(own, "admin");
        using var demo = await NetworkClient.As(own, "demo");
        await demo.Network();
        await demo.Network();
        var project = own.First.DemoProjectId;
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Put($"quotas/{project}", """{"quota": {"network": 1, "check_limit": true}}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.Put($"quotas/{project}", """{"quota": {"network": 1}}""")).Status);
    }
}
