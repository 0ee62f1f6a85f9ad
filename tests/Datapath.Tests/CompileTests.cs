using System.Net;
using System.Runtime.CompilerServices;
using Cumulet.Datapath.Compile;
using Cumulet.Datapath.Desired;
using Cumulet.Datapath.Difference;

namespace Cumulet.Datapath.Tests;

/// <summary>
/// What a plan becomes, without a host. Golden files hold the commands; GOLDEN=write rewrites them, to be read before
/// they are committed.
/// </summary>
public sealed class CompileTests
{
    static readonly LinuxDatapathOptions Options = new() { Cloud = "c1", RunFolder = "/run/c1", HostForwarding = true, HostMasquerade = true };

    static PlannedPort Ruled => Plans.Vm(5,
        new(RuleDirection.Egress, Ethertype.Ipv4),
        new(RuleDirection.Ingress, Ethertype.Ipv4, RemoteSetId: Plans.DefaultGroup),
        new(RuleDirection.Ingress, Ethertype.Ipv4, 6, 22, 22, IPNetwork.Parse("192.0.2.0/24")),
        new(RuleDirection.Ingress, Ethertype.Ipv4, 17, 5000, 5100),
        new(RuleDirection.Ingress, Ethertype.Ipv4, 1, 8, 0),
        new(RuleDirection.Ingress, Ethertype.Ipv6, 58, 128),
        new(RuleDirection.Ingress, Ethertype.Ipv4, 112)) with
    {
        AllowedAddressPairs = [new(IPNetwork.Parse("10.9.0.0/28")), new(IPNetwork.Parse("198.51.100.7/32"), "fa:16:3e:aa:aa:aa")],
        ExtraDhcpOptions = [new("67", "boot.img"), new("bootfile-url", "tftp://[fd09::9]/x", 6)],
    };

    static NetworkPlan Full => Plans.Cloud(Ruled, Plans.Vm(6, Plans.DefaultRules)) with
    {
        FloatingIps = [new PlannedFloatingIp(Plans.Id(0x50), Plans.Router, IPAddress.Parse("172.31.9.50"), IPAddress.Parse("10.9.0.5"))],
        Routers = [new PlannedRouter { Id = Plans.Router, Routes = [new StaticRoute(IPNetwork.Parse("192.168.7.0/24"), IPAddress.Parse("10.9.0.6"))] }],
    };

    static string Text(NetworkPlan before, NetworkPlan after)
    {
        var compiler = new PlanCompiler(Options);
        var actual = before.Networks.Count == 0 ? DesiredState.Empty : compiler.Compile(before);
        return ChangeText.Write(StateDifference.Between(actual, compiler.Compile(after), new Names("c1"), "1"));
    }

    static void Golden(string name, string text, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "Golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
            File.WriteAllText(path, text);
        Assert.Equal(File.ReadAllText(path), text);
    }

    [Fact]
    public void Compile_whole_cloud_is_as_recorded() => Golden("whole-cloud", Text(new NetworkPlan(), Full));

    [Fact]
    public void Difference_one_port_more_touches_only_what_it_concerns() =>
        Golden("one-port-more", Text(Full, Full with { Ports = [.. Full.Ports, Plans.Vm(7, Plans.DefaultRules)] }));

    [Fact]
    public void Compile_forwarded_ports_and_qualities_is_as_recorded() => Golden("forwarded-and-limited", Text(Full, Full with
    {
        Ports = [.. Full.Ports.Select(port => port.Number != 6 ? port : port with
        {
            Quality = new Quality([new(RuleDirection.Egress, RateUnit.Bytes, 125_000, 100_000), new(RuleDirection.Ingress, RateUnit.Packets, 1000, 800)], Dscp: 46),
        })],
        FloatingIps =
        [
            Full.FloatingIps[0] with { Quality = new Quality([new(RuleDirection.Ingress, RateUnit.Bytes, 250_000, 200_000)]) },
            new PlannedFloatingIp(Plans.Id(0x51), Plans.Router, IPAddress.Parse("172.31.9.51"), null),
        ],
        PortForwardings = [new PortForwarding(Plans.Id(0x51), 6, 2222, IPAddress.Parse("10.9.0.6"), 22)],
    }));

    [Fact]
    public void Difference_one_floating_ip_less_touches_only_its_router() =>
        Golden("floating-ip-gone", Text(Full, Full with { FloatingIps = [] }));

    [Fact]
    public void Difference_one_rule_less_touches_only_its_chain() =>
        Golden("rule-gone", Text(Full, Full with { Ports = [.. Full.Ports.Select(port => port.Number == 5 ? port with { Rules = [.. port.Rules.Skip(3)] } : port)] }));

    [Fact]
    public void Difference_of_equal_plans_is_nothing() => Assert.Equal("", Text(Full, Full with { Ports = [.. Full.Ports.Reverse()] }));

    [Fact]
    public void Minimal_drops_what_lies_in_another() =>
        Assert.Equal(
            ["10.0.0.0/8", "192.168.1.0/24", "fd00::/8"],
            Prefixes.Minimal(new[] { "10.9.1.0/24", "10.0.0.0/8", "192.168.1.0/24", "10.0.0.1/32", "fd00::1/128", "fd00::/8", "10.0.0.0/8" }
                .Select(IPNetwork.Parse)).Select(prefix => prefix.ToString()).Order(StringComparer.Ordinal));

    [Fact]
    public void LinkLocal_is_eui64_of_the_mac() => Assert.Equal("fe80::f816:3eff:fe01:203", Prefixes.LinkLocal("fa:16:3e:01:02:03").ToString());

    public static TheoryData<string, NetworkPlan> BadPlans => new()
    {
        { "number 5", Plans.Cloud(Ruled, Plans.Vm(6) with { Number = 5 }) },
        { "mac", Plans.Cloud(Ruled with { Mac = "fa:16:3e:00:00:05 drop" }) },
        { "hostname", Plans.Cloud(Ruled with { Hostname = "a\ndhcp-script=/x" }) },
        { "DHCP option", Plans.Cloud(Ruled with { ExtraDhcpOptions = [new("67", "x\ny")] }) },
        { "network", Plans.Cloud(Ruled with { NetworkId = Plans.Id(0x999) }) },
        { "address set", Plans.Cloud(Ruled with { Rules = [new(RuleDirection.Ingress, Ethertype.Ipv4, RemoteSetId: Plans.Id(0x999))] }) },
        { "ethertype", Plans.Cloud(Ruled with { Rules = [new(RuleDirection.Ingress, Ethertype.Ipv6, RemoteCidr: IPNetwork.Parse("10.0.0.0/8"))] }) },
        { "router", Plans.Cloud(Ruled) with { Routers = [] } },
        { "twice", Plans.Cloud(Ruled, Ruled) },
    };

    [Theory, MemberData(nameof(BadPlans), DisableDiscoveryEnumeration = true)]
    public void Compile_contradictory_plan_is_refused_by_name(string named, NetworkPlan plan)
    {
        var refused = Assert.Throws<DatapathException>(() => new PlanCompiler(Options).Compile(plan));

        Assert.Equal(DatapathFailure.BadPlan, refused.Failure);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.9.0.6", "10.9.0.5", 6, 9999, true)]
    [InlineData("192.0.2.9", "10.9.0.5", 6, 22, true)]
    [InlineData("192.0.2.9", "10.9.0.5", 6, 23, false)]
    [InlineData("203.0.113.1", "10.9.0.5", 6, 22, false)]
    [InlineData("203.0.113.1", "10.9.0.5", 17, 5100, true)]
    [InlineData("203.0.113.1", "10.9.0.5", 17, 5101, false)]
    [InlineData("203.0.113.1", "10.9.0.5", 112, 0, true)]
    [InlineData("10.9.0.5", "203.0.113.1", 6, 80, true)]
    [InlineData("203.0.113.1", "10.9.0.6", 6, 80, false)]
    [InlineData("10.9.0.200", "203.0.113.1", 6, 80, false)]
    public void Allows_says_what_the_rules_say(string from, string to, int protocol, int port, bool allowed) =>
        Assert.Equal(allowed, new FlowJudge(Full).Allows(new Flow(1, IPAddress.Parse(from), IPAddress.Parse(to), protocol, 40000, port, 0, 0)));

    [Fact]
    public async Task Fake_keeps_the_plan_of_fifty_thousand_ports_at_no_cost()
    {
        await using var fake = new FakeDatapath();
        var plan = new NetworkPlan { Ports = [.. Enumerable.Range(1, 50_000).Select(number => Plans.Vm(5) with { Number = number })] };

        await fake.ApplyAsync(plan, TestContext.Current.CancellationToken);

        Assert.Same(plan, fake.Plan);
        Assert.Empty(await fake.AuditAsync(plan, TestContext.Current.CancellationToken));
        Assert.NotEmpty(await fake.AuditAsync(new NetworkPlan(), TestContext.Current.CancellationToken));
    }
}
