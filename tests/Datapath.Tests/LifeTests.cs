using System.Diagnostics;
using Cumulet.Datapath.Linux;

namespace Cumulet.Datapath.Tests;

/// <summary>What is made, found again, mended and removed. Needs root.</summary>
public sealed class LifeTests
{
    static NetworkPlan Plan => Plans.Cloud(Plans.Vm(5, Plans.DefaultRules), Plans.Vm(6, Plans.DefaultRules));

    [Fact]
    public async Task Apply_after_a_crash_changes_nothing()
    {
        await using var host = new TestHost();
        var watch = Stopwatch.StartNew();
        var first = await host.Apply(Plan);
        var made = watch.Elapsed.TotalMilliseconds;
        Assert.True(first.Changes > 50);
        Assert.Equal((0, 0), Figures(await host.Apply(Plan)));

        await host.Restart();

        Assert.Empty(await host.Datapath.AuditAsync(Plan, TestHost.Cancellation));
        await host.Restart();
        watch.Restart();
        Assert.Equal((0, 0), Figures(await host.Apply(Plan)));
        TestContext.Current.SendDiagnosticMessage($"made {made:F0} ms, found again {watch.Elapsed.TotalMilliseconds:F0} ms");
    }

    static (int Commands, int Changes) Figures(ApplyResult result) => (result.Commands, result.Changes);

    [Fact]
    public async Task Apply_after_a_crash_mends_what_was_damaged()
    {
        await using var host = new TestHost();
        await host.Apply(Plan);
        var (place, router) = ($"cum-{host.Cloud}", host.Datapath.NameOf(new DatapathNamespace.OfRouter(Plans.Router)));
        Tools.Run(place, "ip", ["link", "del", "dev", "t5"]);
        Tools.Run(place, "ip", ["link", "add", "stray", "type", "bridge"]);
        Tools.Run(place, "nft", ["flush", "chain", "inet", "cumulet", "i6"]);
        Tools.Run(router, "ip", ["route", "del", "default"]);
        Tools.Run(null, "ip", ["netns", "add", $"cum-{host.Cloud}-d-leftover"]);
        await host.Restart();

        var found = await host.Datapath.AuditAsync(Plan, TestHost.Cancellation);
        await host.Apply(Plan);

        Assert.Contains(found, one => one.What.Contains("t5", StringComparison.Ordinal));
        Assert.Contains(found, one => one.What.Contains("stray", StringComparison.Ordinal));
        Assert.Contains(found, one => one.What.Contains("flush ruleset", StringComparison.Ordinal));
        Assert.Contains(found, one => one.Namespace == router && one.What.Contains("route", StringComparison.Ordinal));
        Assert.Contains(found, one => one.What.Contains("left over", StringComparison.Ordinal));
        Assert.Empty(await host.Datapath.AuditAsync(Plan, TestHost.Cancellation));
    }

    [Fact]
    public async Task Teardown_leaves_nothing()
    {
        await using var host = new TestHost();
        await host.Apply(Plan);
        Assert.NotEmpty(TestHost.NamespacesOf(host.Cloud));
        Assert.True(Directory.Exists(host.Options.RunFolder));

        await host.Restart();
        await host.Datapath.TeardownAsync(TestHost.Cancellation);

        Assert.Empty(TestHost.NamespacesOf(host.Cloud));
        Assert.False(Directory.Exists(host.Options.RunFolder));
        Assert.DoesNotContain(host.Cloud, Tools.Run(host.HostNamespace, "ip", ["link", "show"]), StringComparison.Ordinal);
        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLine(process.Id).Contains(host.Options.RunFolder!, StringComparison.Ordinal));
    }

    static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    [Fact]
    public async Task Apply_everything_gone_from_the_plan_removes_it()
    {
        await using var host = new TestHost();
        await host.Apply(Plan);

        await host.Apply(new NetworkPlan());

        Assert.Equal([$"cum-{host.Cloud}"], TestHost.NamespacesOf(host.Cloud));
        Assert.Empty(await host.Datapath.AuditAsync(new NetworkPlan(), TestHost.Cancellation));
        await host.Apply(Plan);
        Assert.Empty(await host.Datapath.AuditAsync(Plan, TestHost.Cancellation));
    }

    [Fact]
    public async Task OpenTap_held_or_unknown_is_refused_by_kind()
    {
        await using var host = new TestHost();
        await host.Apply(Plan);
        using var held = host.Datapath.OpenTap(Plans.Id(0x105));

        Assert.Equal(DatapathFailure.Busy, Assert.Throws<DatapathException>(() => host.Datapath.OpenTap(Plans.Id(0x105))).Failure);
        Assert.Equal(DatapathFailure.NoSuchDevice, Assert.Throws<DatapathException>(() => host.Datapath.OpenTap(Plans.Id(0x999))).Failure);
    }

    [Fact]
    public async Task Apply_one_port_more_costs_as_much_among_many_as_among_few()
    {
        await using var host = new TestHost();
        var ports = Enumerable.Range(4, 200).Select(number => Plans.Vm(number, Plans.DefaultRules)).ToArray();
        await host.Apply(Plans.Cloud(ports[..10]));
        var few = await host.Apply(Plans.Cloud(ports[..11]));
        await host.Apply(Plans.Cloud(ports[..199]));
        var many = await host.Apply(Plans.Cloud(ports));
        Assert.Equal(Figures(few), Figures(many));
    }
}
