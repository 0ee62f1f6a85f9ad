using System.Net;

namespace Cumulet.Datapath.Tests;

/// <summary>Small plans with names that can be read in golden files.</summary>
static class Plans
{
    public static Guid Id(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    public static readonly Guid Private = Id(0x10), PrivateSubnet = Id(0x11), PrivateSubnet6 = Id(0x12);
    public static readonly Guid Public = Id(0x20), PublicSubnet = Id(0x21);
    public static readonly Guid Router = Id(0x30);
    public static readonly Guid DefaultGroup = Id(0x40);

    public static PlannedNetwork PrivateNetwork { get; } = new()
    {
        Id = Private,
        Number = 1,
        Mtu = 1450,
        DnsDomain = "cloud.test",
        Subnets =
        [
            new PlannedSubnet { Id = PrivateSubnet, Cidr = IPNetwork.Parse("10.9.0.0/24"), Gateway = IPAddress.Parse("10.9.0.1") },
            new PlannedSubnet { Id = PrivateSubnet6, Cidr = IPNetwork.Parse("fd09::/64"), Gateway = IPAddress.Parse("fd09::1"), Ipv6Mode = Ipv6Mode.Slaac },
        ],
    };

    public static PlannedNetwork PublicNetwork { get; } = new()
    {
        Id = Public,
        Number = 2,
        External = true,
        Subnets = [new PlannedSubnet { Id = PublicSubnet, Cidr = IPNetwork.Parse("172.31.9.0/24"), Gateway = IPAddress.Parse("172.31.9.1"), Dhcp = false }],
    };

    public static readonly SecurityRule[] DefaultRules =
    [
        new(RuleDirection.Egress, Ethertype.Ipv4),
        new(RuleDirection.Egress, Ethertype.Ipv6),
        new(RuleDirection.Ingress, Ethertype.Ipv4, RemoteSetId: DefaultGroup),
        new(RuleDirection.Ingress, Ethertype.Ipv6, RemoteSetId: DefaultGroup),
    ];

    public static string Mac(int number) => $"fa:16:3e:00:00:{number:x2}";

    public static PlannedPort Vm(int number, params SecurityRule[] rules) => new()
    {
        Id = Id(0x100 + number),
        Number = number,
        NetworkId = Private,
        Mac = Mac(number),
        Device = PortDevice.Vm,
        FixedIps = [new FixedIp(PrivateSubnet, IPAddress.Parse($"10.9.0.{number}")), new FixedIp(PrivateSubnet6, SlaacAddress(number))],
        Hostname = $"vm{number}",
        Rules = rules,
    };

    public static IPAddress SlaacAddress(int number) => IPAddress.Parse($"fd09::f816:3eff:fe00:{number:x}");

    public static PlannedPort Dhcp { get; } = new()
    {
        Id = Id(0x102),
        Number = 2,
        NetworkId = Private,
        Mac = Mac(2),
        Device = PortDevice.Dhcp,
        FixedIps = [new FixedIp(PrivateSubnet, IPAddress.Parse("10.9.0.2")), new FixedIp(PrivateSubnet6, IPAddress.Parse("fd09::2"))],
    };

    public static PlannedPort RouterPort { get; } = new()
    {
        Id = Id(0x101),
        Number = 1,
        NetworkId = Private,
        Mac = Mac(1),
        Device = PortDevice.RouterInterface,
        RouterId = Router,
        FixedIps = [new FixedIp(PrivateSubnet, IPAddress.Parse("10.9.0.1")), new FixedIp(PrivateSubnet6, IPAddress.Parse("fd09::1"))],
    };

    public static PlannedPort Gateway { get; } = new()
    {
        Id = Id(0x103),
        Number = 3,
        NetworkId = Public,
        Mac = Mac(3),
        Device = PortDevice.RouterGateway,
        RouterId = Router,
        FixedIps = [new FixedIp(PublicSubnet, IPAddress.Parse("172.31.9.10"))],
    };

    /// <summary>Both networks, the router between them, DHCP, the default group and the given ports.</summary>
    public static NetworkPlan Cloud(params PlannedPort[] vms) => new()
    {
        Networks = [PrivateNetwork, PublicNetwork],
        Routers = [new PlannedRouter { Id = Router }],
        Ports = [RouterPort, Dhcp, Gateway, .. vms],
        AddressSets =
        [
            new AddressSet(DefaultGroup, [.. vms.Where(port => port.Rules.Any(rule => rule.RemoteSetId is not null))
                .SelectMany(port => port.FixedIps).Select(ip => new IPNetwork(ip.Address, ip.Address.GetAddressBytes().Length * 8))]),
        ],
    };
}
