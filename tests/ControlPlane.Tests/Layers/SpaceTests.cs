using System.Globalization;
using System.Net;
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

    private static async Task<System.Text.Json.JsonElement> Pool(VolumeClient admin) =>
        (await admin.Get("scheduler-stats/get_pools?detail=true")).GetProperty("pools")[0].GetProperty("capabilities");

    private static Task Restarted(TestCloud cloud, Func<CloudOptions, CloudOptions> change)
    {
        cloud.Configure = change;
        return cloud.Restart();
    }
}
