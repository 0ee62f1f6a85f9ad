using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.ComputeWide;

/// <summary>Services, hypervisors, aggregates, zones: what administrators see and do of a cloud with three hosts.</summary>
public sealed class HostTests(HostTests.ThreeHosts hosts) : IClassFixture<HostTests.ThreeHosts>
{
    private readonly TestCloud cloud = hosts.Cloud;

    [Theory]
    [InlineData("2.1", "os-services/services-list-get-resp.json")]
    [InlineData("2.11", "os-services/v2.11/services-list-get-resp.json")]
    [InlineData("2.53", "os-services/v2.53/services-list-get-resp.json")]
    public async Task Services_have_the_members_of_the_sample(string version, string sample) =>
        Samples.AssertSameMembers(sample, await (await Admin(version)).Get("os-services"));

    [Fact]
    public async Task Every_host_has_a_service_and_scheduler_and_conductor_are_there_once()
    {
        var services = (await (await Admin("2.53")).Get("os-services")).GetProperty("services").EnumerateArray().ToList();
        Assert.Equal(3, services.Count(s => s.GetProperty("binary").GetString() == "nova-compute"));
        Assert.All(services, s => Assert.Equal("up", s.GetProperty("state").GetString()));
        Assert.Equal(["nova-scheduler", "nova-conductor"], services.Where(s => s.GetProperty("zone").GetString() == "internal")
            .Select(s => s.GetProperty("binary").GetString()));
    }

    [Fact]
    public async Task Service_is_disabled_with_a_reason_forced_down_and_back_by_uuid()
    {
        var nova = await Admin("2.53");
        var (id, host) = await Service(nova, 0);
        var answer = await nova.Put($"os-services/{id}", """{"status":"disabled","disabled_reason":"repair","forced_down":true}""", 200);
        Samples.AssertSameMembers("os-services/v2.53/service-enable-put-resp.json", answer);
        Assert.Equal("down", answer.GetProperty("service").GetProperty("state").GetString());
        Assert.Equal("repair", answer.GetProperty("service").GetProperty("disabled_reason").GetString());
        var hypervisor = (await nova.Get($"os-hypervisors?hypervisor_hostname_pattern={host}")).GetProperty("hypervisors")[0];
        Assert.Equal(("down", "disabled"), (hypervisor.GetProperty("state").GetString(), hypervisor.GetProperty("status").GetString()));
        await nova.Put($"os-services/{id}", """{"status":"enabled","disabled_reason":"x"}""", 400);
        await nova.Put($"os-services/{id}", "{}", 400);
        await nova.Put("os-services/nonsense", """{"status":"enabled"}""", 400);
        await nova.Put($"os-services/{Guid.NewGuid()}", """{"status":"enabled"}""", 404);
        answer = await nova.Put($"os-services/{id}", """{"status":"enabled","forced_down":false}""", 200);
        Assert.Equal("up", answer.GetProperty("service").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Old_actions_name_host_and_kind()
    {
        var nova = await Admin("2.11");
        var host = (await Service(nova, 1)).Host;
        Samples.AssertSameMembers("os-services/service-disable-log-put-resp.json", await nova.Put("os-services/disable-log-reason",
            $$"""{"host":"{{host}}","binary":"nova-compute","disabled_reason":"r"}""", 200));
        await nova.Put("os-services/disable-log-reason", $$"""{"host":"{{host}}","binary":"nova-compute"}""", 400);
        await nova.Put("os-services/enable", $$"""{"host":"{{host}}","binary":"nova-compute"}""", 200);
        Samples.AssertSameMembers("os-services/v2.11/service-force-down-put-resp.json", await nova.Put("os-services/force-down",
            $$"""{"host":"{{host}}","binary":"nova-compute","forced_down":false}""", 200));
        await nova.Put("os-services/enable", """{"host":"nowhere","binary":"nova-compute"}""", 404);
        await nova.Put("os-services/enable", $$"""{"host":"{{host}}","binary":"nova-scheduler"}""", 400);
        await nova.Put("os-services/dance", $$"""{"host":"{{host}}","binary":"nova-compute"}""", 404);
        await (await Admin("2.10")).Put("os-services/force-down", $$"""{"host":"{{host}}","binary":"nova-compute"}""", 404);
    }

    [Fact]
    public async Task Deleted_service_comes_back_with_the_next_start()
    {
        await using var own = await ThreeHosts.StartCloud();
        var nova = await NovaClient.As(own, "admin", "2.53");
        var (id, _) = await Service(nova, 2);
        await nova.Delete($"os-services/{id}", 204);
        await nova.Delete($"os-services/{id}", 404);
        Assert.Equal(2, (await nova.Get("os-hypervisors")).GetProperty("hypervisors").GetArrayLength());
        await own.Restart();
        Assert.Equal(3, (await (await NovaClient.As(own, "admin", "2.53")).Get("os-hypervisors")).GetProperty("hypervisors").GetArrayLength());
    }

    [Theory]
    [InlineData("2.1", "os-hypervisors", "os-hypervisors/hypervisors-list-resp.json")]
    [InlineData("2.1", "os-hypervisors/detail", "os-hypervisors/hypervisors-detail-resp.json")]
    [InlineData("2.1", "os-hypervisors/test-host-1/search", "os-hypervisors/hypervisors-search-resp.json")]
    [InlineData("2.1", "os-hypervisors/statistics", "os-hypervisors/hypervisors-statistics-resp.json")]
    [InlineData("2.33", "os-hypervisors?limit=1", "os-hypervisors/v2.33/hypervisors-list-resp.json")]
    [InlineData("2.53", "os-hypervisors?limit=1", "os-hypervisors/v2.53/hypervisors-list-resp.json")]
    [InlineData("2.88", "os-hypervisors/detail?limit=1", "os-hypervisors/v2.88/hypervisors-detail-resp.json")]
    public async Task Hypervisors_have_the_members_of_the_sample(string version, string path, string sample) =>
        Samples.AssertSameMembers(sample, await (await Admin(version)).Get(path));

    [Fact]
    public async Task Hypervisors_page_by_uuid_and_old_figures_end_at_their_microversion()
    {
        var nova = await Admin("2.88");
        var first = await nova.Get("os-hypervisors?limit=2");
        var second = await nova.Get($"os-hypervisors?limit=2&marker={first.GetProperty("hypervisors")[1].GetProperty("id").GetString()}");
        Assert.Equal(1, second.GetProperty("hypervisors").GetArrayLength());
        Assert.False(second.TryGetProperty("hypervisors_links", out _));
        await nova.Get("os-hypervisors/statistics", 404);
        await nova.Get("os-hypervisors?marker=nothing", 400);
        await nova.Get("os-hypervisors?limit=1&hypervisor_hostname_pattern=x", 400);
        await nova.Get("os-hypervisors?hypervisor_hostname_pattern=nothing", 404);
        await nova.Get("os-hypervisors/7", 400);
        await nova.Get($"os-hypervisors/{Guid.NewGuid()}", 404);
        await (await NovaClient.As(cloud, "demo")).Get("os-hypervisors", 403);
        await (await Admin("2.1")).Get("os-hypervisors/1/uptime", 501);
    }

    [Fact]
    public async Task Aggregate_makes_a_zone_of_its_hosts()
    {
        var nova = await Admin("2.41");
        var made = await nova.Post("os-aggregates", """{"aggregate":{"name":"racks","availability_zone":"north"} }""", 200);
        Samples.AssertSameMembers("os-aggregates/v2.41/aggregate-post-resp.json", made);
        var id = made.GetProperty("aggregate").GetProperty("id").GetInt64();
        var path = $"os-aggregates/{id}";
        var host = (await Service(nova, 2)).Host;
        Samples.AssertSameMembers("os-aggregates/v2.41/aggregates-get-resp.json",
            await nova.Post($"{path}/action", $$$"""{"add_host":{"host":"{{{host}}}"} }""", 200), "aggregate.metadata");
        await nova.Post($"{path}/action", $$$"""{"add_host":{"host":"{{{host}}}"} }""", 409);
        await nova.Post($"{path}/action", """{"add_host":{"host":"nowhere"} }""", 404);
        var zones = (await (await NovaClient.As(cloud, "demo")).Get("os-availability-zone")).GetProperty("availabilityZoneInfo");
        Assert.Equal(["north", "nova"], zones.EnumerateArray().Select(z => z.GetProperty("zoneName").GetString()));
        var detail = (await nova.Get("os-availability-zone/detail")).GetProperty("availabilityZoneInfo").EnumerateArray()
            .Single(z => z.GetProperty("zoneName").GetString() == "north");
        Assert.True(detail.GetProperty("hosts").GetProperty(host).GetProperty("nova-compute").GetProperty("available").GetBoolean());
        await nova.Post($"{path}/action", """{"set_metadata":{"metadata":{"ssd":"true","availability_zone":"south"} } }""", 200);
        var shown = (await nova.Get(path)).GetProperty("aggregate");
        Assert.Equal("south", shown.GetProperty("availability_zone").GetString());
        await nova.Post($"{path}/action", """{"set_metadata":{"metadata":{"ssd":null} } }""", 200);
        Assert.False((await nova.Get(path)).GetProperty("aggregate").GetProperty("metadata").TryGetProperty("ssd", out _));
        await nova.Put(path, """{"aggregate":{"name":"shelves"} }""", 200);
        var other = (await nova.Post("os-aggregates", """{"aggregate":{"name":"other","availability_zone":"west"} }""", 200)).GetProperty("aggregate").GetProperty("id");
        await nova.Post($"os-aggregates/{other}/action", $$$"""{"add_host":{"host":"{{{host}}}"} }""", 409);
        await nova.Delete(path, 400);
        await nova.Post($"{path}/action", $$$"""{"remove_host":{"host":"{{{host}}}"} }""", 200);
        await nova.Post($"{path}/action", $$$"""{"remove_host":{"host":"{{{host}}}"} }""", 404);
        await nova.Delete(path, 200);
        await nova.Delete($"os-aggregates/{other}", 200);
        await nova.Get(path, 404);
    }

    [Theory]
    [InlineData("""{"aggregate":{"name":""} }""")]
    [InlineData("""{"aggregate":{"availability_zone":"x"} }""")]
    [InlineData("""{"aggregate":{"name":"x","availability_zone":""} }""")]
    [InlineData("""{"aggregate":{"name":"x","colour":"red"} }""")]
    public async Task Bad_aggregate_is_refused(string body) => await (await Admin("2.1")).Post("os-aggregates", body, 400);

    [Fact]
    public async Task Aggregate_number_must_be_one_and_names_are_unique()
    {
        var nova = await Admin("2.81");
        await nova.Get("os-aggregates/nonsense", 400);
        await nova.Get("os-aggregates/9999", 404);
        var id = (await nova.Post("os-aggregates", """{"aggregate":{"name":"twice"} }""", 200)).GetProperty("aggregate").GetProperty("id");
        await nova.Post("os-aggregates", """{"aggregate":{"name":"twice"} }""", 409);
        var image = Guid.NewGuid();
        await nova.Post($"os-aggregates/{id}/images", $$"""{"cache":[{"id":"{{image}}"}]}""", 202);
        await nova.Post($"os-aggregates/{id}/images", $$"""{"cache":[{"id":"{{image}}"},{"id":"{{image}}"}]}""", 400);
        await (await Admin("2.80")).Post($"os-aggregates/{id}/images", $$"""{"cache":[{"id":"{{image}}"}]}""", 404);
        await nova.Delete($"os-aggregates/{id}", 200);
    }

    [Fact]
    public async Task Old_host_words_end_at_2_42()
    {
        var nova = await Admin("2.42");
        Samples.AssertSameMembers("os-hosts/hosts-list-resp.json", await nova.Get("os-hosts"));
        var host = (await Service(nova, 0)).Host;
        Samples.AssertSameMembers("os-hosts/host-get-resp.json", await nova.Get($"os-hosts/{host}"));
        Assert.Equal("disabled", (await nova.Put($"os-hosts/{host}", """{"status":"disable"}""", 200)).GetProperty("status").GetString());
        await nova.Put($"os-hosts/{host}", """{"status":"enable"}""", 200);
        await nova.Put($"os-hosts/{host}", """{"maintenance_mode":"enable"}""", 501);
        await nova.Get($"os-hosts/{host}/reboot", 501);
        await nova.Get("os-hosts/nowhere", 404);
        await (await Admin("2.43")).Get("os-hosts", 404);
        Samples.AssertSameMembers("os-instance-usage-audit-log/inst-usage-audit-log-index-get-resp.json",
            await nova.Get("os-instance_usage_audit_log"), "instance_usage_audit_logs.log");
        await nova.Get("os-instance_usage_audit_log/yesterday", 400);
    }

    private Task<NovaClient> Admin(string version) => NovaClient.As(cloud, "admin", version);

    private static async Task<(string Id, string Host)> Service(NovaClient nova, int index)
    {
        var service = (await nova.Get("os-services?binary=nova-compute")).GetProperty("services")[index];
        return (service.GetProperty("id").ToString(), service.GetProperty("host").GetString()!);
    }

    public sealed class ThreeHosts : IAsyncLifetime
    {
        public TestCloud Cloud { get; private set; } = null!;

        public static async Task<TestCloud> StartCloud()
        {
            var cloud = new TestCloud { Configure = options => options with { FakeHosts = 3 } };
            await cloud.InitializeAsync();
            return cloud;
        }

        public async ValueTask InitializeAsync() => Cloud = await StartCloud();

        public ValueTask DisposeAsync() => Cloud.DisposeAsync();
    }
}
