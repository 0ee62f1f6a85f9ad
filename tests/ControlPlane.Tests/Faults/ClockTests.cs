using System.Net;
using Cumulet.ControlPlane.Tests.BlockStorage;
using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Faults;

/// <summary>The wall clock jumps, as after a battery that was empty or a wrong time server; what counts time goes on.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task Work_goes_on_over_jumps_and_no_token_counts_longer_than_it_says()
    {
        var clock = new JumpingClock();
        await using var cloud = new TestCloud { Clock = clock };
        await cloud.InitializeAsync();
        var image = await (await cloud.As("demo")).CreateActive(ImageClient.Bytes(1 << 20));
        foreach (var jump in (TimeSpan[])[TimeSpan.FromHours(1), TimeSpan.FromHours(-2), TimeSpan.FromDays(3650), TimeSpan.FromDays(-3650), TimeSpan.FromMilliseconds(-1)])
        {
            using var before = await cloud.As("demo");
            clock.Jump(jump);
            using var answer = await before.GetAsync("/volume/v3/volumes", TestContext.Current.CancellationToken);
            // A token is good for an hour of the wall clock, whichever way that goes.
            Assert.Equal(jump >= TimeSpan.FromHours(1) ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, answer.StatusCode);
            await Lives(cloud, image);
        }
        Assert.Empty(await cloud.Cloud.Audit.Run(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Work_on_its_way_does_not_see_the_clock_jump()
    {
        var clock = new JumpingClock();
        await using var cloud = new TestCloud { Clock = clock };
        await cloud.InitializeAsync();
        using var volumes = await VolumeClient.As(cloud, "demo");
        var made = new List<Task<string>>();
        for (var i = 0; i < 8; i++)
        {
            made.Add(volumes.Create());
            clock.Jump(TimeSpan.FromMinutes(i % 2 == 0 ? 7 : -7));
        }
        foreach (var volume in await Task.WhenAll(made))
        {
            await volumes.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
            await volumes.UntilGone($"volumes/{volume}");
        }
        Assert.Empty(await cloud.Cloud.Audit.Run(TestContext.Current.CancellationToken));
    }

    private static async Task Lives(TestCloud cloud, string image)
    {
        using var volumes = await VolumeClient.As(cloud, "demo");
        var nova = await NovaClient.As(cloud, "demo", "2.90");
        var volume = await volumes.Create();
        var server = (await nova.Post("servers", $$"""{"server":{"name":"s","imageRef":"{{image}}","flavorRef":"1","networks":"none"} }""", 202))
            .GetProperty("server").GetProperty("id").GetString();
        await Eventually.Holds(async () => (await nova.Get($"servers/{server}")).GetProperty("server").GetProperty("status").GetString() == "ACTIVE");
        var snapshot = await volumes.Snapshot(volume);
        await nova.Delete($"servers/{server}", 204);
        await volumes.Expect(HttpStatusCode.Accepted, "DELETE", $"snapshots/{snapshot}");
        await volumes.UntilGone($"snapshots/{snapshot}");
        await volumes.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
        await volumes.UntilGone($"volumes/{volume}");
        await cloud.Cloud.Parts.Sagas.Settled();
    }

    /// <summary>The wall clock moves; timers and what measures spans are the machine's, as a real step leaves them.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long _ticks;

        public void Jump(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));
    }
}
