using System.Net;
using System.Net.Sockets;

namespace Cumulet.Datapath.Tests;

/// <summary>Real packets through real devices. Needs root.</summary>
public sealed class TrafficTests
{
    [Fact]
    public async Task Apply_one_group_lets_members_talk_and_keeps_others_out()
    {
        await using var host = new TestHost();
        PlannedPort a = Plans.Vm(5, Plans.DefaultRules), b = Plans.Vm(6, Plans.DefaultRules);
        var stranger = Plans.Vm(7, new SecurityRule(RuleDirection.Egress, Ethertype.Ipv4));
        await host.Apply(Plans.Cloud(a, b, stranger));
        Guest ga = host.BootStatic(a), gb = host.BootStatic(b), gs = host.BootStatic(stranger);

        Assert.True(ga.Pings("10.9.0.6"));
        Assert.True(gb.Pings(Plans.SlaacAddress(5).ToString()));
        Assert.False(gs.Pings("10.9.0.5"));
        Assert.False(ga.Pings("10.9.0.7"));
    }
}
