using System.Text.Json;
using Cumulet.ControlPlane.Compute.ServerMigrations;
using Cumulet.ControlPlane.Tests.ComputeWide;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>A server's migrations while they go on, and what is said of one that does not move.</summary>
public sealed class LiveMigrationTests(ServerCloud cloud) : IClassFixture<ServerCloud>
{
    private static readonly string[] Always =
    [
        "created_at", "dest_compute", "dest_host", "dest_node", "disk_processed_bytes", "disk_remaining_bytes", "disk_total_bytes", "id",
        "memory_processed_bytes", "memory_remaining_bytes", "memory_total_bytes", "server_uuid", "source_compute", "source_node", "status",
        "updated_at",
    ];

    [Theory]
    [InlineData("2.23")]
    [InlineData("2.59", "uuid")]
    [InlineData("2.80", "uuid", "user_id", "project_id")]
    public async Task Going_on_they_are_shown_with_what_the_microversion_knows(string version, params string[] more)
    {
        var server = await cloud.Create(cloud.ImageBody("moving"));
        await cloud.Becomes(server, "ACTIVE");
        await Begin(server, "live-migration", "completed");
        var number = await Begin(server, "live-migration", "running");
        var cold = await Begin(server, "resize", "migrating");
        var admin = await NovaClient.As(cloud.Cloud, "admin", version);

        var shown = (await admin.Get($"servers/{server}/migrations/{number}")).GetProperty("migration");
        Assert.Equal(Always.Concat(more).Order(StringComparer.Ordinal), shown.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal("b", shown.GetProperty("dest_compute").GetString());
        var listed = Assert.Single((await admin.Get($"servers/{server}/migrations")).GetProperty("migrations").EnumerateArray());
        Assert.Equal(JsonSerializer.Serialize(shown), JsonSerializer.Serialize(listed));
        await admin.Get($"servers/{server}/migrations/{number - 1}", 404);
        await admin.Get($"servers/{server}/migrations/{cold}", 404);
        await admin.Get($"servers/{server}/migrations/none", 404);
        await (await NovaClient.As(cloud.Cloud, "demo", version)).Get($"servers/{server}/migrations", 403);
    }

    [Fact]
    public async Task Of_a_server_that_does_not_move_none_is_hurried_or_called_off()
    {
        var server = await cloud.Create(cloud.ImageBody("still"));
        await cloud.Becomes(server, "ACTIVE");
        var admin = await NovaClient.As(cloud.Cloud, "admin", "2.65");
        await admin.Post($"servers/{server}/migrations/1/action", """{"force_complete": null}""", 409);
        await admin.Post($"servers/{server}/migrations/1/action", """{"force_complete": 1}""", 400);
        await admin.Delete($"servers/{server}/migrations/1", 409);
        await admin.Delete($"servers/{Guid.NewGuid()}/migrations/1", 404);
        await (await NovaClient.As(cloud.Cloud, "admin", "2.21")).Post($"servers/{server}/migrations/1/action", """{"force_complete": null}""", 404);
        await (await NovaClient.As(cloud.Cloud, "admin", "2.23")).Delete($"servers/{server}/migrations/1", 404);
    }

    [Fact]
    public async Task Topology_of_a_guest_without_numa_nodes_has_none()
    {
        var server = await cloud.Create(cloud.ImageBody("flat"));
        var topology = await (await cloud.DemoAt("2.78")).Get($"servers/{server}/topology");
        Assert.Equal("""{"nodes":[],"pagesize_kb":null}""", JsonSerializer.Serialize(topology));
        await (await cloud.DemoAt("2.77")).Get($"servers/{server}/topology", 404);
    }

    private Task<long> Begin(string server, string kind, string status)
    {
        var (now, id) = (DateTimeOffset.UtcNow, Guid.NewGuid().ToString());
        return cloud.Cloud.Cloud.Parts.Database.Write(tx =>
        {
            MigrationStore.Begin(tx, new(
                id, 0, server, cloud.Cloud.First.DemoProjectId, cloud.Cloud.First.DemoUserId, kind, status, "a", "b", "1", "2", now, now));
            return tx.Find($"SELECT CAST(number AS TEXT) FROM server_migrations WHERE id = {id}", row => row.Text()) is { } text ? long.Parse(text) : 0;
        });
    }
}
