using System.Net;
using System.Net.Sockets;
using Cumulet.Datapath.Linux;
using Microsoft.Win32.SafeHandles;

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

    [Fact]
    public async Task Apply_dhcp_port_leases_the_planned_address_and_options()
    {
        await using var host = new TestHost();
        var a = Plans.Vm(5, Plans.DefaultRules) with { ExtraDhcpOptions = [new ExtraDhcpOption("tftp-server", "10.9.0.66")] };
        await host.Apply(Plans.Cloud(a));
        var guest = host.Boot(a);

        using var raw = guest.Run(() => Native.socket(Native.AfPacket, Native.SockRaw, 0x0008));

        var lease = guest.Run(() => DhcpClient.Lease(a.Mac));

        Assert.NotNull(lease);
        Assert.Equal([true, true], Checksums(raw));
        var (address, options) = lease.Value;
        Assert.Equal("10.9.0.5", address.ToString());
        Assert.Equal([255, 255, 255, 0], options[1]);
        Assert.Equal([10, 9, 0, 1], options[3]);
        Assert.Equal([10, 9, 0, 2], options[6]);
        Assert.Equal(1450, DhcpClient.Number(options[26]));
        Assert.Equal("10.9.0.66", System.Text.Encoding.ASCII.GetString(options[66]).TrimEnd('\0'));
        Assert.Equal([32, 169, 254, 169, 254, 10, 9, 0, 2, 0, 10, 9, 0, 1], options[121]);
    }

    static unsafe List<bool> Checksums(SafeFileHandle raw)
    {
        List<bool> found = [];
        var frame = stackalloc byte[2000];
        var entry = new Native.PollEntry { Descriptor = (int)raw.DangerousGetHandle(), Events = Native.PollIn };
        while (Native.poll(&entry, 1, 0) > 0)
            if (DhcpClient.HasRightChecksum(new ReadOnlySpan<byte>(frame, (int)Native.recv(raw, frame, 2000, 0))) is { } right)
                found.Add(right);
        return found;
    }

    [Fact]
    public async Task Apply_metadata_is_reached_by_dhcp_namespace_and_by_router()
    {
        await using var host = new TestHost();
        var a = Plans.Vm(5, Plans.DefaultRules);
        var result = await host.Apply(Plans.Cloud(a));
        var guest = host.BootStatic(a);
        DatapathNamespace network = new DatapathNamespace.OfNetwork(Plans.Private), router = new DatapathNamespace.OfRouter(Plans.Router);
        Assert.Equal([network, router], result.NamespacesAdded.OrderBy(place => place is DatapathNamespace.OfRouter));
        using var byNetwork = host.Datapath.ListenIn(network, IPAddress.Parse("169.254.169.254"), 80);
        using var byRouter = host.Datapath.ListenIn(router, IPAddress.Parse("169.254.169.254"), 80);

        using var routed = guest.Connect("169.254.169.254", 80);
        guest.Ip("route add 169.254.169.254/32 via 10.9.0.2");
        using var direct = guest.Connect("169.254.169.254", 80);
        using var outside = Guest.Connect(host.HostNamespace, "169.254.169.254", 80, 300);

        Assert.NotNull(routed);
        Assert.NotNull(direct);
        Assert.Null(outside);
        foreach (var listener in new[] { byNetwork, byRouter })
        {
            Assert.True(listener.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead));
            using var accepted = listener.Accept();
            Assert.Equal("10.9.0.5", ((IPEndPoint)accepted.RemoteEndPoint!).Address.ToString());
        }
    }

    [Fact]
    public async Task Apply_floating_ip_reaches_the_guest_and_gateway_hides_it()
    {
        await using var host = new TestHost();
        var open = new SecurityRule(RuleDirection.Ingress, Ethertype.Ipv4, 6, 22, 22);
        PlannedPort a = Plans.Vm(5, [.. Plans.DefaultRules, open]), b = Plans.Vm(6, Plans.DefaultRules);
        var plan = Plans.Cloud(a, b);
        await host.Apply(plan);
        Guest ga = host.BootStatic(a), gb = host.BootStatic(b);
        using var sshd = ga.Listen(22);
        using var web = Guest.Listen(host.HostNamespace, 8080);

        using var hidden = gb.Connect("172.31.9.1", 8080);
        Assert.NotNull(hidden);
        Assert.Equal("172.31.9.10", PeerOf(web));
        await host.Apply(plan with { FloatingIps = [new PlannedFloatingIp(Plans.Id(0x50), Plans.Router, IPAddress.Parse("172.31.9.50"), IPAddress.Parse("10.9.0.5"))] });
        using var fromHost = Guest.Connect(host.HostNamespace, "172.31.9.50", 22);
        Assert.NotNull(fromHost);
        using var fromHostAccepted = sshd.Accept();
        Assert.Equal("172.31.9.1", ((IPEndPoint)fromHostAccepted.RemoteEndPoint!).Address.ToString());
        Assert.True(Guest.CarriesMuch(fromHost, fromHostAccepted));
        Assert.True(Guest.CarriesMuch(fromHostAccepted, fromHost));
        using var named = ga.Connect("172.31.9.1", 8080);
        Assert.Equal("172.31.9.50", PeerOf(web));
        using var hairpin = gb.Connect("172.31.9.50", 22);
        Assert.NotNull(hairpin);
        Assert.Equal("172.31.9.10", PeerOf(sshd));
        using var kept = gb.Connect("172.31.9.1", 8080);
        using var accepted = web.Accept();

        await host.Apply(plan);

        Assert.Null(Guest.Connect(host.HostNamespace, "172.31.9.50", 22, 300));
        Assert.False(Guest.Carries(fromHost, fromHostAccepted));
        Assert.True(Guest.Carries(kept!, accepted));
    }

    [Fact]
    public async Task Apply_meter_counts_each_packet_at_the_gateway_once_and_goes_on_when_rules_change()
    {
        await using var host = new TestHost();
        var a = Plans.Vm(5, [.. Plans.DefaultRules, new SecurityRule(RuleDirection.Ingress, Ethertype.Ipv4, 1)]);
        var b = Plans.Vm(6, Plans.DefaultRules);
        MeterRule From(string cidr, bool excluded = false) => new(RuleDirection.Egress, IPNetwork.Parse(cidr), null, excluded);
        NetworkPlan Metered(params MeterRule[] rules) => Plans.Cloud(a, b) with
        {
            Routers = [new PlannedRouter { Id = Plans.Router, Meters = [new PlannedMeter(Plans.Id(0x60), rules)] }],
        };
        async Task<long> Packets() => Assert.Single(await host.Datapath.ReadMetersAsync(TestHost.Cancellation)).Packets;

        // Two rules that both match, and one that takes the other guest out.
        var plan = Metered(From("10.9.0.0/24"), From("10.9.0.0/16"), From("10.9.0.6/32", excluded: true));
        await host.Apply(plan);
        Guest ga = host.BootStatic(a), gb = host.BootStatic(b);
        Assert.Equal(0, await Packets());
        Assert.True(gb.Pings("172.31.9.1", 5000));
        Assert.Equal(0, await Packets());
        Assert.True(ga.Pings("172.31.9.1", 5000));
        var counted = await Packets();
        Assert.InRange(counted, 1, 3);
        // Inside of the cloud nothing passes the gateway.
        Assert.True(ga.Pings("10.9.0.6"));
        Assert.Equal(counted, await Packets());

        // What was counted is no difference from the plan, nor is what the router has announced on the network since.
        Assert.Empty(await host.Datapath.AuditAsync(plan, TestHost.Cancellation));
        await host.Apply(Metered(From("10.9.0.6/32")));
        Assert.True(ga.Pings("172.31.9.1", 5000));
        Assert.Equal(counted, await Packets());
        Assert.True(gb.Pings("172.31.9.1", 5000));
        Assert.InRange(await Packets(), counted + 1, counted + 3);
        await host.Restart();
        await host.Apply(Metered(From("10.9.0.6/32")));
        Assert.InRange(await Packets(), counted + 1, counted + 3);
    }

    static string PeerOf(Socket listener)
    {
        Assert.True(listener.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead), "nobody connected");
        using var accepted = listener.Accept();
        return ((IPEndPoint)accepted.RemoteEndPoint!).Address.ToString();
    }

    [Fact]
    public async Task Apply_secured_port_cannot_claim_another_address_or_mac()
    {
        await using var host = new TestHost();
        var all = new SecurityRule(RuleDirection.Ingress, Ethertype.Ipv4);
        PlannedPort a = Plans.Vm(5, [.. Plans.DefaultRules, all]), b = Plans.Vm(6, [.. Plans.DefaultRules, all]);
        var plan = Plans.Cloud(a, b);
        await host.Apply(plan);
        Guest ga = host.BootStatic(a), gb = host.BootStatic(b);
        Assert.True(ga.Pings("10.9.0.6"));

        gb.Ip("addr add 10.9.0.77/24 dev eth0");
        Assert.False(ga.Pings("10.9.0.77", 300));
        await host.Apply(plan with { Ports = [.. plan.Ports.Where(port => port != b), b with { AllowedAddressPairs = [new AllowedAddressPair(IPNetwork.Parse("10.9.0.64/26"))] }] });
        Assert.True(ga.Pings("10.9.0.77", 4000));
        gb.Ip("link set dev eth0 address fa:16:3e:99:99:99");
        Assert.False(ga.Pings("10.9.0.77", 300));
        await host.Apply(plan with { Ports = [.. plan.Ports.Where(port => port != b), b with { Secured = false }] });
        ga.Ip("neigh flush dev eth0");
        Assert.True(ga.Pings("10.9.0.6", 2000));
    }

    [Fact]
    public async Task Apply_rule_removed_cuts_what_it_allowed_and_nothing_else()
    {
        await using var host = new TestHost();
        SecurityRule Open(int port) => new(RuleDirection.Ingress, Ethertype.Ipv4, 6, port, port);
        var b = Plans.Vm(6, [.. Plans.DefaultRules, Open(7001), Open(7002)]);
        var a = Plans.Vm(5, new SecurityRule(RuleDirection.Egress, Ethertype.Ipv4));
        await host.Apply(Plans.Cloud(a, b));
        Guest ga = host.BootStatic(a), gb = host.BootStatic(b);
        using Socket first = gb.Listen(7001), second = gb.Listen(7002), third = gb.Listen(7003);
        using Socket? one = ga.Connect("10.9.0.6", 7001), two = ga.Connect("10.9.0.6", 7002), three = ga.Connect("10.9.0.6", 7003, 300);
        Assert.NotNull(one);
        Assert.NotNull(two);
        Assert.Null(three);
        using Socket oneAccepted = first.Accept(), twoAccepted = second.Accept();
        Assert.True(Guest.Carries(one, oneAccepted));

        await host.Apply(Plans.Cloud(a, b with { Rules = [.. Plans.DefaultRules, Open(7002)] }));

        Assert.True(Guest.CarriesMuch(two, twoAccepted));
        Assert.True(Guest.CarriesMuch(twoAccepted, two));
        Assert.False(Guest.Carries(one, oneAccepted));
        Assert.False(Guest.Carries(oneAccepted, one));
        Assert.Null(ga.Connect("10.9.0.6", 7001, 300));
    }

    [Fact]
    public async Task Apply_stateless_port_needs_a_rule_for_answers_and_its_neighbour_does_not()
    {
        await using var host = new TestHost();
        var everything = new SecurityRule(RuleDirection.Egress, Ethertype.Ipv4);
        SecurityRule Tcp(int first, int last) => new(RuleDirection.Ingress, Ethertype.Ipv4, 6, first, last);
        var a = Plans.Vm(5, everything) with { Stateless = true };
        var b = Plans.Vm(6, everything, Tcp(7001, 7001));
        await host.Apply(Plans.Cloud(a, b));
        Guest ga = host.BootStatic(a), gb = host.BootStatic(b);
        using var listening = gb.Listen(7001);
        Assert.Null(ga.Connect("10.9.0.6", 7001, 300));

        // The answer of b is allowed as such by b and by the rule of a.
        a = a with { Rules = [everything, Tcp(1024, 65535)] };
        await host.Apply(Plans.Cloud(a, b));
        using (var one = ga.Connect("10.9.0.6", 7001))
        {
            Assert.NotNull(one);
            using var accepted = listening.Accept();
            Assert.True(Guest.CarriesMuch(one, accepted));
            Assert.True(Guest.CarriesMuch(accepted, one));
            // What was allowed to begin ends with the rule: no state carries it on.
            await host.Apply(Plans.Cloud(a with { Rules = [everything] }, b));
            Assert.False(Guest.Carries(accepted, one));
        }
    }

    [Fact]
    public async Task Apply_network_of_stateless_ports_tracks_nothing()
    {
        await using var host = new TestHost();
        SecurityRule[] rules = [new(RuleDirection.Egress, Ethertype.Ipv4), new(RuleDirection.Ingress, Ethertype.Ipv4, 1)];
        PlannedPort a = Plans.Vm(5, rules) with { Stateless = true }, b = Plans.Vm(6, rules) with { Stateless = true };
        await host.Apply(Plans.Cloud(a, b));
        var ga = host.BootStatic(a);
        host.BootStatic(b);
        Assert.True(ga.Pings("10.9.0.6"));
        Assert.DoesNotContain("10.9.0.5 10.9.0.6", host.Tracked());
        await host.Apply(Plans.Cloud(a, b with { Stateless = false }));
        Assert.True(ga.Pings("10.9.0.6"));
        Assert.Contains("10.9.0.5 10.9.0.6", host.Tracked());
        await host.Apply(Plans.Cloud(a, b));
        Assert.True(ga.Pings("10.9.0.6"));
    }

    [Fact]
    public async Task Apply_dnsmasq_that_died_is_started_again()
    {
        await using var host = new TestHost();
        var a = Plans.Vm(5, Plans.DefaultRules);
        await host.Apply(Plans.Cloud(a));
        var guest = host.Boot(a);
        var folder = Path.Combine(host.Options.RunFolder!, host.Datapath.NameOf(new DatapathNamespace.OfNetwork(Plans.Private)));
        var before = DnsmasqProcess.Find(folder);
        Assert.NotNull(before);

        Native.kill(before.Value, Native.SigKill);
        var lease = guest.Run(() => DhcpClient.Lease(a.Mac, 1000) ?? DhcpClient.Lease(a.Mac));

        Assert.Equal("10.9.0.5", lease?.Address.ToString());
        Assert.NotEqual(before, DnsmasqProcess.Find(folder));
    }

    [Fact]
    public async Task Apply_router_advertises_the_slaac_subnet()
    {
        await using var host = new TestHost();
        PlannedPort a = Plans.Vm(5, Plans.DefaultRules), b = Plans.Vm(6, Plans.DefaultRules);
        await host.Apply(Plans.Cloud(a, b));
        Guest ga = host.Boot(a), gb = host.Boot(b);

        Assert.True(ga.WaitForAddress(Plans.SlaacAddress(5).ToString(), TimeSpan.FromSeconds(8)), ga.Ip("addr show dev eth0"));
        Assert.True(gb.WaitForAddress(Plans.SlaacAddress(6).ToString(), TimeSpan.FromSeconds(8)), gb.Ip("addr show dev eth0"));
        Assert.Contains("default via fe80::f816:3eff:fe00:1 ", ga.Ip("-6 route show"), StringComparison.Ordinal);
        Assert.True(ga.Pings(Plans.SlaacAddress(6).ToString(), 3000));
    }

    [Fact]
    public async Task Apply_secured_guest_cannot_play_dhcp_server()
    {
        await using var host = new TestHost();
        PlannedPort a = Plans.Vm(5, Plans.DefaultRules), b = Plans.Vm(6, Plans.DefaultRules);
        await host.Apply(Plans.Cloud(a, b));
        Guest ga = host.BootStatic(a), gb = host.BootStatic(b);

        Assert.False(HearsOffer(ga, gb));
        await host.Apply(Plans.Cloud(a, b with { Secured = false }));
        Assert.True(HearsOffer(ga, gb));
    }

    static bool HearsOffer(Guest client, Guest server)
    {
        using var ear = client.Run(() => Bound(68));
        using var mouth = server.Run(() => Bound(67));
        mouth.SendTo([1, 2, 3], new IPEndPoint(IPAddress.Broadcast, 68));
        return ear.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectRead);
    }

    static Socket Bound(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
        socket.SetRawSocketOption(1, 25, "eth0\0"u8);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }

    [Fact]
    public async Task Apply_new_floating_ip_is_announced_to_its_neighbours()
    {
        await using var host = new TestHost();
        var plan = Plans.Cloud(Plans.Vm(5, Plans.DefaultRules));
        await host.Apply(plan);
        var uplink = $"x2-{host.Cloud}";
        Tools.Run(host.HostNamespace, "ip", ["neigh", "replace", "172.31.9.50", "lladdr", "02:00:00:00:00:99", "dev", uplink, "nud", "stale"]);
        // What the kernel was told just now it keeps for a second (locktime), whatever it hears.
        host.InHost(() => { File.WriteAllText($"/proc/sys/net/ipv4/neigh/{uplink}/locktime", "0"); return true; });

        await host.Apply(plan with { FloatingIps = [new PlannedFloatingIp(Plans.Id(0x50), Plans.Router, IPAddress.Parse("172.31.9.50"), IPAddress.Parse("10.9.0.5"))] });

        Assert.Contains(Plans.Mac(3), Tools.Run(host.HostNamespace, "ip", ["neigh", "show", "172.31.9.50"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_networks_with_equal_addresses_do_not_meet()
    {
        await using var host = new TestHost();
        var other = Plans.PrivateNetwork with { Id = Plans.Id(0x60), Number = 7, Subnets = [Plans.PrivateNetwork.Subnets[0] with { Id = Plans.Id(0x61) }] };
        var open = new SecurityRule(RuleDirection.Ingress, Ethertype.Ipv4);
        PlannedPort a = Plans.Vm(5, [.. Plans.DefaultRules, open]), b = Plans.Vm(6, [.. Plans.DefaultRules, open]);
        PlannedPort Twin(PlannedPort port, int number) => port with
        {
            Id = Plans.Id(0x100 + number), Number = number, NetworkId = other.Id, FixedIps = [new FixedIp(Plans.Id(0x61), port.FixedIps[0].Address)],
        };
        var plan = Plans.Cloud(a, b);
        await host.Apply(plan with { Networks = [.. plan.Networks, other], Ports = [.. plan.Ports, Twin(a, 15)] });
        Guest ga = host.BootStatic(a), gb = host.BootStatic(b), twin = host.Boot(Twin(a, 15));
        twin.Ip("addr add 10.9.0.5/24 dev eth0");

        Assert.True(ga.Pings("10.9.0.6"));
        Assert.False(twin.Pings("10.9.0.6", 300));
        Assert.True(gb.Pings("10.9.0.5"));
    }

    [Fact]
    public async Task Apply_flooded_frame_for_another_is_not_shown_to_secured_guests()
    {
        await using var host = new TestHost();
        PlannedPort a = Plans.Vm(5, Plans.DefaultRules), b = Plans.Vm(6, Plans.DefaultRules);
        await host.Apply(Plans.Cloud(a, b));
        Guest ga = host.BootStatic(a), gb = host.BootStatic(b);
        ga.Ip("neigh replace 10.9.0.6 lladdr fa:16:3e:00:00:63 dev eth0 nud permanent");

        Assert.False(Sees(ga, gb));
        await host.Apply(Plans.Cloud(a, b with { Secured = false }));
        Assert.True(Sees(ga, gb));
    }

    /// <summary>Whether an IPv4 frame shows up at the second, as to a sniffer, when the first pings it.</summary>
    static unsafe bool Sees(Guest sender, Guest sniffer)
    {
        using var ear = sniffer.Run(() => Native.socket(Native.AfPacket, Native.SockRaw, 0x0008));
        sender.Pings("10.9.0.6", 300);
        var entry = new Native.PollEntry { Descriptor = (int)ear.DangerousGetHandle(), Events = Native.PollIn };
        return Native.poll(&entry, 1, 0) > 0;
    }
}
