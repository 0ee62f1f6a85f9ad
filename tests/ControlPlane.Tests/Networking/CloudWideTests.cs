using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class CloudWideTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Discovery_needs_no_token()
    {
        using var nobody = cloud.Anonymous();
        var versions = await nobody.GetStringAsync("/network/", TestContext.Current.CancellationToken);
        Assert.Contains("\"v2.0\"", versions);
        var resources = await nobody.GetStringAsync("/network/v2.0/", TestContext.Current.CancellationToken);
        Assert.Contains("\"networks\"", resources);
    }

    [Fact]
    public async Task Extensions_name_what_clients_take_for_granted()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var aliases = (await demo.Get("extensions"))["extensions"].EnumerateArray().Select(e => e.GetProperty("alias").GetString()).ToList();
        foreach (var alias in (string[])["subnet_allocation", "quotas", "security-group", "router", "external-net", "provider", "binding", "agent", "standard-attr-tag"])
            Assert.Contains(alias, aliases);
        Assert.Equal("router", (await demo.Get("extensions/router"))["extension"].GetProperty("alias").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Get("extensions/teleport")).Status);
    }

    [Fact]
    public async Task Tags_are_set_found_and_taken_off()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var id = await demo.Network();
        Assert.Equal(HttpStatusCode.Created, (await demo.Put($"networks/{id}/tags/red", "")).Status);
        Assert.Equal(HttpStatusCode.OK, (await demo.Put($"networks/{id}/tags", """{"tags": ["blue", "green"]}""")).Status);
        Assert.Equal(id, NetworkClient.Id(Assert.Single((await demo.Get("networks?tags=blue,green"))["networks"].EnumerateArray())));
        Assert.Empty((await demo.Get("networks?tags=blue,red"))["networks"].EnumerateArray());
        Assert.Equal(id, NetworkClient.Id(Assert.Single((await demo.Get("networks?tags-any=blue,red"))["networks"].EnumerateArray())));
        Assert.Equal(HttpStatusCode.NoContent, (await demo.Delete($"networks/{id}/tags/blue")).Status);
        Assert.Equal("TagNotFound", (await demo.Delete($"networks/{id}/tags/blue")).Error);
        Assert.Equal("green", (await demo.Get($"networks/{id}"))["network"].GetProperty("tags")[0].GetString());
    }

    [Fact]
    public async Task Share_by_policy_lets_one_project_in_and_stays_while_it_is_used()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        using var admin = await NetworkClient.As(cloud, "admin");
        var network = await admin.Network();
        await admin.Subnet(network, "10.70.0.0/24");
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Get($"networks/{network}")).Status);
        var policy = await admin.Post("rbac-policies", $$"""
            {"rbac_policy": {"object_type": "network", "object_id": "{{network}}", "action": "access_as_shared", "target_tenant": "{{cloud.First.DemoProjectId}}"} }
            """);
        Assert.Equal(HttpStatusCode.Created, policy.Status);
        Assert.True((await demo.Get($"networks/{network}"))["network"].GetProperty("shared").GetBoolean());
        var port = NetworkClient.Id(await demo.Port(network));
        var id = NetworkClient.Id(policy["rbac_policy"]);
        Assert.Equal("InvalidSharedSetting", (await admin.Delete($"rbac-policies/{id}")).Error);
        await demo.Delete($"ports/{port}");
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"rbac-policies/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Get($"networks/{network}")).Status);
    }

    [Fact]
    public async Task Share_with_everyone_is_for_administrators()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var answer = await demo.Post("rbac-policies", $$"""
            {"rbac_policy": {"object_type": "network", "object_id": "{{await demo.Network()}}", "action": "access_as_shared", "target_tenant": "*"} }
            """);
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
    }

    [Fact]
    public async Task Agents_are_alive_and_for_administrators()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        using var demo = await NetworkClient.As(cloud, "demo");
        var agents = (await admin.Get("agents?host=test-host"))["agents"].EnumerateArray().ToList();
        Assert.Equal(["DHCP agent", "L3 agent", "Linux bridge agent", "Metadata agent"], agents.Select(a => a.GetProperty("agent_type").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(agents, a => Assert.True(a.GetProperty("alive").GetBoolean()));
        Assert.Empty((await demo.Get("agents"))["agents"].EnumerateArray());
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Get($"agents/{NetworkClient.Id(agents[0])}")).Status);
    }

    [Fact]
    public async Task Availability_counts_pool_and_used_addresses()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var network = await admin.Network();
        await admin.Subnet(network, "10.71.0.0/28", """, "enable_dhcp": false""");
        await admin.Subnet(network, "fd71::/64", """, "enable_dhcp": false""");
        await admin.Port(network);
        var shown = (await admin.Get($"network-ip-availabilities/{network}"))["network_ip_availability"];
        Assert.Equal(2, shown.GetProperty("used_ips").GetInt32());
        Assert.Equal("18446744073709551627", shown.GetProperty("total_ips").GetRawText());
        Assert.Equal(13, shown.GetProperty("subnet_ip_availability")[0].GetProperty("total_ips").GetInt32());
    }

    [Fact]
    public async Task Zones_providers_and_pools_are_listed()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        Assert.Equal(2, (await demo.Get("availability_zones"))["availability_zones"].GetArrayLength());
        Assert.Equal("L3_ROUTER_NAT", (await demo.Get("service-providers"))["service_providers"][0].GetProperty("service_type").GetString());
        Assert.Equal("172.24.4.0/24", (await demo.Get("floatingip_pools"))["floatingip_pools"][0].GetProperty("cidr").GetString());
    }

    [Fact]
    public async Task Details_of_the_quota_count_what_is_there()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var project = cloud.First.AdminProjectId;
        var before = (await admin.Get($"quotas/{project}/details"))["quota"].GetProperty("network").GetProperty("used").GetInt32();
        await admin.Network();
        var after = (await admin.Get($"quotas/{project}/details.json"))["quota"].GetProperty("network");
        Assert.Equal(before + 1, after.GetProperty("used").GetInt32());
        Assert.Equal(100, after.GetProperty("limit").GetInt32());
    }
}
