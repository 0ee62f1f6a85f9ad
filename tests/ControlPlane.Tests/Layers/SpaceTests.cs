using System.Globalization;
using System.Net;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Placement;
using Cumulet.ControlPlane.Tests.BlockStorage;
using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.LayerStore;

/// <summary>The pool promises no more than it may, and leaves its floor to the guests; what is refused says why and makes nothing.</summary>
public sealed class SpaceTests
{
    [Fact]
    public async Task Below_the_floor_everything_new_is_refused_and_what_is_there_can_go()
    {
        await using var cloud = new TestCloud();
        await cloud.InitializeAsync();
        var before = await VolumeClient.As(cloud, "demo");
        var (volume, image) = (await before.Create(), await (await cloud.As("demo")).CreateActive(ImageClient.Bytes(1 << 20)));
        await Restarted(cloud, options => options with { DiskReserve = long.MaxValue / 2 });
        using var demo = await VolumeClient.As(cloud, "demo");

        var reason = await demo.Refused(413, "POST", "volumes", """{"volume":{"size":1} }""");
        Assert.Contains("No valid backend was found: the pool has", reason, StringComparison.Ordinal);
        await demo.Refused(413, "POST", "snapshots", $$"""{"snapshot":{"volume_id":"{{volume}}"} }""");
        await demo.Refused(413, "POST", $"volumes/{volume}/action", """{"os-extend":{"new_size":2} }""");
        using var http = await cloud.As("demo");
        using var upload = await http.PostAsync("/image/v2/images", TestCloud.Body("""{"name":"big","disk_format":"raw","container_format":"bare"}"""));
        var id = (await TestCloud.Json(upload)).GetProperty("id").GetString();
        using var content = new ByteArrayContent(ImageClient.Bytes(1 << 20));
        content.Headers.ContentType = new("application/octet-stream");
        using var refused = await http.PutAsync($"/image/v2/images/{id}/file", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        var nova = await NovaClient.As(cloud, "demo", "2.90");
        var server = (await nova.Post("servers", $$"""{"server":{"name":"s","imageRef":"{{image}}","flavorRef":"1","networks":"none"} }""", 202)).GetProperty("server").GetProperty("id").GetString();
        await Eventually.Holds(async () => (await nova.Get($"servers/{server}")).GetProperty("server").GetProperty("status").GetString() == "ERROR");
        Assert.Contains("No valid host was found", (await nova.Get($"servers/{server}")).GetProperty("server").GetProperty("fault").GetProperty("message").GetString(), StringComparison.Ordinal);

        await demo.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
        await demo.UntilGone($"volumes/{volume}");
        await nova.Delete($"servers/{server}", 204);
        await cloud.Cloud.Parts.Sagas.Settled();
        await Eventually.Holds(async () => (await cloud.Cloud.Audit.Run(TestContext.Current.CancellationToken)).Count == 0);
    }

    [Fact]
    public async Task Promises_end_at_the_ratio_and_are_shown_to_schedulers()
    {
        await using var cloud = new TestCloud { Configure = options => options with { DiskRatio = 1.5 } };
        await cloud.InitializeAsync();
        using var admin = await VolumeClient.As(cloud, "admin");
        var total = (await Pool(admin)).GetProperty("total_capacity_gb").GetDouble();
        await admin.Expect(HttpStatusCode.OK, "PUT", $"os-quota-sets/{cloud.First.AdminProjectId}", """{"quota_set":{"gigabytes":-1} }""");
        var most = (long)(total * 1.5) - 1;
        await admin.Create($"\"size\":{most.ToString(CultureInfo.InvariantCulture)}");

        var pool = await Pool(admin);
        Assert.Equal(most, pool.GetProperty("provisioned_capacity_gb").GetDouble(), 1.0);
        Assert.Equal("1.5", pool.GetProperty("max_over_subscription_ratio").GetString());
        Assert.True(pool.GetProperty("reserved_percentage").GetInt32() > 0);
        Assert.Contains("(1.5 times the pool) are promised already", await admin.Refused(413, "POST", "volumes", """{"volume":{"size":3} }"""), StringComparison.Ordinal);
        await admin.Create();
    }

    [Fact]
    public async Task Hosts_and_placement_say_of_the_disk_what_the_pool_says()
    {
        const long gib = 1L << 30;
        await using var cloud = new TestCloud { Configure = options => options with { DiskRatio = 3, DiskReserve = 5 * gib / 2 } };
        await cloud.InitializeAsync();
        var layers = cloud.Cloud.Rooms.Layers;
        // As a host of QEMU has it, whose local disks are the pool's; the fake's are made up.
        var hosts = new ComputeHosts(cloud.Cloud.Parts, layers, cloud.Cloud.Rooms.Compute.Hypervisor.Facts with { Kind = "qemu" });
        var (total, free) = layers.Drive();
        var (load, inventory) = cloud.Cloud.Parts.Database.Read(tx =>
            (hosts.Loads(tx)[0], Ledger.Load(tx, hosts).Providers.Single(p => p.IsHost).Inventories["DISK_GB"]));
        Assert.Equal((total >> 30, 3L, total >> 30, 3L, 3.0), (load.Disk.Total, load.Disk.Reserved, inventory.Total, inventory.Reserved, inventory.Ratio));
        using var volumes = await VolumeClient.As(cloud, "admin");
        // Others write to the machine's disk meanwhile.
        Assert.InRange(load.Disk.Available, (free - 5 * gib / 2 >> 30) - 4, (free - 5 * gib / 2 >> 30) + 4);
        Assert.InRange((await Pool(volumes)).GetProperty("free_capacity_gb").GetDouble(), free / (double)gib - 4, free / (double)gib + 4);

        var nova = await NovaClient.As(cloud, "admin", "2.87");
        var host = (await nova.Get("os-hypervisors/detail")).GetProperty("hypervisors")[0];
        var sum = (await nova.Get("os-hypervisors/statistics")).GetProperty("hypervisor_statistics");
        foreach (var figures in new[] { host, sum })
            Assert.Equal((600_000, 600_000, 600_000), (figures.GetProperty("local_gb").GetInt64(), figures.GetProperty("free_disk_gb").GetInt64(),
                figures.GetProperty("disk_available_least").GetInt64()));
    }

    [Fact]
    public async Task Resize_to_a_larger_disk_asks_the_pool_and_the_server_stays_as_it_was()
    {
        await using var cloud = new TestCloud();
        await cloud.InitializeAsync();
        var image = await (await cloud.As("demo")).CreateActive(ImageClient.Bytes(1 << 20));
        var nova = await NovaClient.As(cloud, "demo", "2.90");
        var server = (await nova.Post("servers", $$"""{"server":{"name":"s","imageRef":"{{image}}","flavorRef":"1","networks":"none"} }""", 202)).GetProperty("server").GetProperty("id").GetString();
        async Task<System.Text.Json.JsonElement> Server() => (await nova.Get($"servers/{server}")).GetProperty("server");
        await Eventually.Holds(async () => (await Server()).GetProperty("status").GetString() == "ACTIVE");
        await Restarted(cloud, options => options with { DiskReserve = long.MaxValue / 2 });
        nova = await NovaClient.As(cloud, "demo", "2.90");
        await nova.Post($"servers/{server}/action", """{"resize":{"flavorRef":"2"} }""", 202);
        await cloud.Cloud.Parts.Sagas.Settled();
        var after = await Server();
        Assert.Equal("ACTIVE", after.GetProperty("status").GetString());
        Assert.Equal("m1.tiny", after.GetProperty("flavor").GetProperty("original_name").GetString());
        await Eventually.Holds(async () => (await nova.Get($"servers/{server}/os-instance-actions")).GetProperty("instanceActions").EnumerateArray()
            .Any(a => a.GetProperty("action").GetString() == "resize" && a.GetProperty("message").GetString() == "Error"));
        await Eventually.Holds(async () => (await cloud.Cloud.Audit.Run(TestContext.Current.CancellationToken)).Count == 0);
    }

    private static async Task<System.Text.Json.JsonElement> Pool(VolumeClient admin) =>
        (await admin.Get("scheduler-stats/get_pools?detail=true")).GetProperty("pools")[0].GetProperty("capabilities");

    private static Task Restarted(TestCloud cloud, Func<CloudOptions, CloudOptions> change)
    {
        cloud.Configure = change;
        return cloud.Restart();
    }
}
