using System.Text.Json;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.ComputeWide;

/// <summary>Servers between the hosts that the fake hypervisor shows: moved, brought back, saved from a host that is lost.</summary>
public sealed class MigrationTests : IAsyncLifetime
{
    private readonly TestCloud _cloud = new() { Configure = options => options with { FakeHosts = 3 } };
    private NovaClient _nova = null!;
    private string _image = "";

    public async ValueTask InitializeAsync()
    {
        await _cloud.InitializeAsync();
        _nova = await NovaClient.As(_cloud, "admin", "2.90");
        _image = await (await _cloud.As("admin")).CreateActive(ImageClient.Bytes(1 << 20));
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.Cloud.Parts.Sagas.Settled();
        var findings = await _cloud.Cloud.Audit.Run(TestContext.Current.CancellationToken);
        await _cloud.DisposeAsync();
        Assert.Empty(findings);
    }

    [Fact]
    public async Task Live_migration_takes_a_server_with_its_ports_and_its_room_to_another_host()
    {
        var id = await Server();
        var before = HostOf(await Show(id));
        await _nova.Post($"servers/{id}/action", """{"os-migrateLive":{"host":null,"block_migration":"auto"} }""", 202);
        await _cloud.Cloud.Parts.Sagas.Settled();

        var server = await Show(id);
        Assert.Equal("ACTIVE", server.GetProperty("status").GetString());
        Assert.NotEqual(before, HostOf(server));
        using var http = await _cloud.As("admin");
        var ports = await TestCloud.Json(await http.GetAsync($"/network/v2.0/ports?device_id={id}", TestContext.Current.CancellationToken));
        Assert.Equal(HostOf(server), ports.GetProperty("ports")[0].GetProperty("binding:host_id").GetString());
        http.DefaultRequestHeaders.Add("OpenStack-API-Version", "placement 1.39");
        var allocations = (await TestCloud.Json(await http.GetAsync($"/placement/allocations/{id}", TestContext.Current.CancellationToken))).GetProperty("allocations");
        var provider = Assert.Single(allocations.EnumerateObject()).Name;
        Assert.Equal(HostOf(server), (await TestCloud.Json(await http.GetAsync($"/placement/resource_providers/{provider}", TestContext.Current.CancellationToken))).GetProperty("name").GetString());
        var migration = (await _nova.Get("os-migrations")).GetProperty("migrations")[0];
        Assert.Equal(("live-migration", "completed", before, HostOf(server)), (migration.GetProperty("migration_type").GetString(),
            migration.GetProperty("status").GetString(), migration.GetProperty("source_compute").GetString(), migration.GetProperty("dest_compute").GetString()));
    }

    [Fact]
    public async Task Migration_to_a_named_host_is_reverted_or_confirmed()
    {
        var id = await Server();
        var before = HostOf(await Show(id));
        var target = (await Hosts()).First(h => h != before);
        var other = (await Hosts()).First(h => h != before && h != target);
        await Migrated(id, target);
        await _nova.Post($"servers/{id}/action", """{"revertResize":null}""", 202);
        await _cloud.Cloud.Parts.Sagas.Settled();
        Assert.Equal(("ACTIVE", before), ((await Show(id)).GetProperty("status").GetString(), HostOf(await Show(id))));

        await Migrated(id, other);
        await _nova.Post($"servers/{id}/action", """{"confirmResize":null}""", 204);
        Assert.Equal(("ACTIVE", other), ((await Show(id)).GetProperty("status").GetString(), HostOf(await Show(id))));
        await _nova.Post($"servers/{id}/action", $$"""{"migrate":{"host":"{{other}}"} }""", 400);
        await _nova.Post($"servers/{id}/action", """{"migrate":{"host":"nowhere"} }""", 400);
    }

    [Fact]
    public async Task Migration_that_fails_leaves_the_server_where_it_was()
    {
        var id = await Server(""","metadata":{"fake:fail":"migrate"}""");
        var before = HostOf(await Show(id));
        await _nova.Post($"servers/{id}/action", """{"os-migrateLive":{"host":null,"block_migration":"auto"} }""", 202);
        await _cloud.Cloud.Parts.Sagas.Settled();
        Assert.Equal(("ACTIVE", before), ((await Show(id)).GetProperty("status").GetString(), HostOf(await Show(id))));
        Assert.Equal("error", (await _nova.Get("os-migrations")).GetProperty("migrations")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task Hints_by_other_servers_are_kept_also_when_the_server_moves()
    {
        var (one, two) = (await Server(), await Server());
        var (a, b) = (HostOf(await Show(one)), HostOf(await Show(two)));
        Assert.NotEqual(a, b);
        var beside = await Server(hints: $$""","os:scheduler_hints":{"same_host":"{{one}}"}""");
        Assert.Equal(a, HostOf(await Show(beside)));
        await _nova.Post($"servers/{beside}/action", $$"""{"migrate":{"host":"{{b}}"} }""", 400);
        var apart = await Server(hints: $$""","os:scheduler_hints":{"different_host":["{{one}}","{{two}}"]}""");
        Assert.Equal((await Hosts()).Single(h => h != a && h != b), HostOf(await Show(apart)));
        await _nova.Post($"servers/{apart}/action", """{"migrate":null}""", 400);
        var either = await Server(hints: $$""","os:scheduler_hints":{"same_host":["{{one}}","{{two}}"],"different_host":"{{one}}"}""");
        Assert.Equal(b, HostOf(await Show(either)));
    }

    [Fact]
    public async Task Anti_affinity_holds_while_servers_migrate()
    {
        var group = (await _nova.Post("os-server-groups", """{"server_group":{"name":"apart","policy":"anti-affinity"} }""", 200))
            .GetProperty("server_group").GetProperty("id").GetString();
        var first = await Server(hints: $$""","os:scheduler_hints":{"group":"{{group}}"}""");
        var second = await Server(hints: $$""","os:scheduler_hints":{"group":"{{group}}"}""");
        var (a, b) = (HostOf(await Show(first)), HostOf(await Show(second)));
        Assert.NotEqual(a, b);
        await _nova.Post($"servers/{first}/action", $$"""{"migrate":{"host":"{{b}}"} }""", 400);
        await _nova.Post($"servers/{first}/action", """{"migrate":null}""", 202);
        await _cloud.Cloud.Parts.Sagas.Settled();
        Assert.DoesNotContain(HostOf(await Show(first)), new[] { a, b });
    }

    [Fact]
    public async Task Host_that_is_lost_is_down_and_its_servers_are_evacuated()
    {
        var id = await Server(""","metadata":{"fake:lose-host":"200"}""");
        var lost = HostOf(await Show(id));
        await Eventually.Holds(async () => (await Service(lost)).GetProperty("state").GetString() == "down");
        var server = await Show(id);
        Assert.Equal(("ACTIVE", "DOWN"), (server.GetProperty("status").GetString(), server.GetProperty("host_status").GetString()));
        var volume = await Server();
        Assert.NotEqual(lost, HostOf(await Show(volume)));
        await _nova.Post($"servers/{volume}/action", """{"evacuate":{} }""", 400);

        await _nova.Post($"servers/{id}/action", """{"evacuate":{} }""", 200);
        await _cloud.Cloud.Parts.Sagas.Settled();
        server = await Show(id);
        Assert.Equal(("ACTIVE", "UP"), (server.GetProperty("status").GetString(), server.GetProperty("host_status").GetString()));
        Assert.NotEqual(lost, HostOf(server));
        await _nova.Put($"os-services/{(await Service(lost)).GetProperty("id").GetString()}", """{"forced_down":false}""", 200);
        Assert.Equal("up", (await Service(lost)).GetProperty("state").GetString());
        // The one that has cost a host leaves its next one alone.
        await Task.Delay(400, TestContext.Current.CancellationToken);
        Assert.Equal("up", (await Service(HostOf(server))).GetProperty("state").GetString());
    }

    private async Task Migrated(string id, string host)
    {
        await _nova.Post($"servers/{id}/action", $$"""{"migrate":{"host":"{{host}}"} }""", 202);
        await _cloud.Cloud.Parts.Sagas.Settled();
        Assert.Equal(("VERIFY_RESIZE", host), ((await Show(id)).GetProperty("status").GetString(), HostOf(await Show(id))));
    }

    private async Task<string> Server(string more = "", string hints = "")
    {
        using var http = await _cloud.As("admin");
        var network = (await TestCloud.Json(await http.GetAsync("/network/v2.0/networks?name=private", TestContext.Current.CancellationToken))).GetProperty("networks")[0].GetProperty("id").GetString();
        var made = await _nova.Post("servers", $$"""
            {"server":{"name":"moves","imageRef":"{{_image}}","flavorRef":"1","networks":[{"uuid":"{{network}}"}]{{more}}}{{hints}}}
            """, 202);
        var id = made.GetProperty("server").GetProperty("id").GetString()!;
        await Eventually.Holds(async () => (await Show(id)).GetProperty("status").GetString() == "ACTIVE");
        return id;
    }

    private async Task<JsonElement> Show(string id) => (await _nova.Get($"servers/{id}")).GetProperty("server");

    private static string HostOf(JsonElement server) => server.GetProperty("OS-EXT-SRV-ATTR:host").GetString()!;

    private async Task<JsonElement> Service(string host) => (await _nova.Get($"os-services?host={host}&binary=nova-compute")).GetProperty("services")[0];

    private async Task<List<string>> Hosts() =>
        [.. (await _nova.Get("os-services?binary=nova-compute")).GetProperty("services").EnumerateArray().Select(s => s.GetProperty("host").GetString()!)];
}
