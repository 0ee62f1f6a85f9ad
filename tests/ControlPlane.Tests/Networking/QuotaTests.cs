using System.Net;

namespace Cumulet.ControlPlane.Tests.Networking;

public sealed class QuotaTests
{
    [Fact]
    public async Task Quota_of_networks_stops_the_next_with_OverQuota()
    {
        await using var own = await TestCloud.Start();
        using var admin = await NetworkClient.As(own, "admin");
        using var demo = await NetworkClient.As(own, "demo");
        var set = await admin.Put($"quotas/{own.First.DemoProjectId}", """{"quota": {"network": 1}}""");
        Assert.Equal(HttpStatusCode.OK, set.Status);
        await demo.Network();
        var refused = await demo.Post("networks", """{"network": {}}""");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("OverQuota", refused.Error);
        Assert.Equal("Quota exceeded for resources: ['network'].", refused.Message);
        
    }
}
