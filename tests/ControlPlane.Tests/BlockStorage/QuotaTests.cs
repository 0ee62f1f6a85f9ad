using System.Net;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

public sealed class QuotaTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Of_fifty_volumes_at_once_exactly_the_quota_is_made()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        using var demo = await VolumeClient.As(cloud, "demo");
        var project = cloud.First.DemoProjectId;
        await admin.Expect(HttpStatusCode.OK, "PUT", $"os-quota-sets/{project}", """{"quota_set":{"volumes":7,"gigabytes":"1000"}}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => demo.Send("POST", "volumes", """{"volume":{"size":1}}""")));
        Assert.Equal(7, answers.Count(a => a.Status == HttpStatusCode.Accepted));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Accepted), a =>
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, a.Status);
            Assert.Equal("VolumeLimitExceeded: Maximum number of volumes allowed (7) exceeded for quota 'volumes'.",
                a.Body.GetProperty("overLimit").GetProperty("message").GetString());
        });
        var usage = (await demo.Get($"os-quota-sets/{project}?usage=True")).GetProperty("quota_set");
        Assert.Equal(7, usage.GetProperty("volumes").GetProperty("in_use").GetInt64());
        Assert.Equal(7, usage.GetProperty("gigabytes___DEFAULT__").GetProperty("in_use").GetInt64());
        Assert.Contains("existing resources", await admin.Refused(400, "PUT", $"os-quota-sets/{project}", """{"quota_set":{"volumes":3}}"""));
        var limits = (await demo.Get("limits")).GetProperty("limits").GetProperty("absolute");
        Assert.Equal(7, limits.GetProperty("totalVolumesUsed").GetInt64());
        Assert.Equal(7, limits.GetProperty("maxTotalVolumes").GetInt64());
        await admin.Expect(HttpStatusCode.OK, "DELETE", $"os-quota-sets/{project}");
        Assert.Equal(10, (await demo.Get($"os-quota-sets/{project}")).GetProperty("quota_set").GetProperty("volumes").GetInt64());
    }

    [Theory]
    [InlineData("{\"quota_set\":{}}")]
    [InlineData("{\"quota_set\":{\"nonsense\":1}}")]
    [InlineData("{\"quota_set\":{\"volumes\":-2}}")]
    [InlineData("{\"quota_set\":{\"volumes\":\"many\"}}")]
    public async Task Update_refuses_what_is_no_limit(string body)
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        await admin.Refused(400, "PUT", $"os-quota-sets/{cloud.First.AdminProjectId}", body);
    }

    [Fact]
    public async Task Quotas_are_the_projects_own_to_see_and_the_administrators_to_change()
    {
        using var demo = await VolumeClient.As(cloud, "demo");
        await demo.Refused(403, "GET", $"os-quota-sets/{cloud.First.AdminProjectId}");
        await demo.Refused(403, "PUT", $"os-quota-sets/{cloud.First.DemoProjectId}", """{"quota_set":{"volumes":99}}""");
        await demo.Refused(403, "GET", "os-services");
    }
}
