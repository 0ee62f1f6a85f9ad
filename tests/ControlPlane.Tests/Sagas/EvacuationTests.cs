using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Foundation;

public sealed class EvacuationTests
{
    [Fact]
    public async Task Server_goes_to_the_host_that_is_left_where_the_one_chosen_for_it_is_lost_too()
    {
        var folder = Directory.CreateTempSubdirectory("cumulet-evacuation-").FullName;
        await using (var cloud = new KillableCloud(Path.Combine(folder, "state"), null))
        {
            await cloud.Start();
            await cloud.LiftQuotas();
            await Scenarios.Prepare(cloud);
            var image = (await cloud.Send("GET", "/image/v2/images?name=boot")).GetProperty("images")[0].GetProperty("id").GetString();
            var server = (await cloud.Send("POST", "/compute/v2.1/servers", $$"""{"server":{"name":"goes","flavorRef":"1","imageRef":"{{image}}","networks":"none"} }"""))
                .GetProperty("server").GetProperty("id").GetString();
            await cloud.Quiet();
            var first = await HostOf(cloud, server);
            await ForcedDown(cloud, first);
            await cloud.Arm("evacuate-server/forget guest/before/hold");
            await cloud.Send("POST", $"/compute/v2.1/servers/{server}/action", """{"evacuate":{} }""");
            Assert.True(await cloud.Held());
            var chosen = await TargetOf(cloud, server);
            await ForcedDown(cloud, chosen);
            cloud.Kill();
            await cloud.Died();
            await cloud.Start();
            Assert.Equal("", await cloud.Settle());
            var left = await HostOf(cloud, server);
            Assert.DoesNotContain(left, new[] { first, chosen });
            Assert.Equal(left, await TargetOf(cloud, server));
            Assert.Equal("ACTIVE", (await Show(cloud, server)).GetProperty("status").GetString());
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<JsonElement> Show(KillableCloud cloud, string? server) =>
        (await cloud.Send("GET", $"/compute/v2.1/servers/{server}")).GetProperty("server");

    private static async Task<string> HostOf(KillableCloud cloud, string? server) =>
        (await Show(cloud, server)).GetProperty("OS-EXT-SRV-ATTR:host").GetString()!;

    private static async Task<string> TargetOf(KillableCloud cloud, string? server) =>
        (await cloud.Send("GET", $"/compute/v2.1/os-migrations?instance_uuid={server}")).GetProperty("migrations")[0].GetProperty("dest_compute").GetString()!;

    private static async Task ForcedDown(KillableCloud cloud, string host)
    {
        var service = (await cloud.Send("GET", $"/compute/v2.1/os-services?host={host}&binary=nova-compute")).GetProperty("services")[0].GetProperty("id").GetString();
        await cloud.Send("PUT", $"/compute/v2.1/os-services/{service}", """{"forced_down":true}""");
    }
}
