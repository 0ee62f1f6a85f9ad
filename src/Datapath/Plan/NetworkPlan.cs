using System.Net;

namespace Cumulet.Datapath;

/// <summary>
/// The whole of what the virtual networks of one cloud shall be. There is no partial plan: whatever is not in it does
/// not exist after it was applied. Ids are the API's; numbers are the short handles that fit device names and packet
/// marks, given out once and kept by whoever stores the rows.
/// </summary>
public sealed record NetworkPlan
{
    public IReadOnlyList<PlannedNetwork> Networks { get; init; } = [];
    public IReadOnlyList<PlannedPort> Ports { get; init; } = [];
    public IReadOnlyList<PlannedRouter> Routers { get; init; } = [];
    public IReadOnlyList<PlannedFloatingIp> FloatingIps { get; init; } = [];
    public IReadOnlyList<PortForwarding> PortForwardings { get; init; } = [];
    public IReadOnlyList<AddressSet> AddressSets { get; init; } = [];
}

/// <summary>A layer-2 segment: one bridge.</summary>
public sealed record PlannedNetwork
{
    public required Guid Id { get; init; }

    /// <summary>1..65535, unique among networks: names the bridge and is the conntrack zone.</summary>
    public required int Number { get; init; }

    /// <summary>Bytes of the largest IP packet, 68..65521 (at least 1280 where a subnet is IPv6).</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Reaches outside the cloud: gets an uplink to the host that carries the subnets' gateway addresses.</summary>
    public bool External { get; init; }

    /// <summary>Domain handed to guests, without a final dot; empty for none.</summary>
    public string DnsDomain { get; init; } = "";
    public bool AdminUp { get; init; } = true;
    public IReadOnlyList<PlannedSubnet> Subnets { get; init; } = [];
}

public sealed record PlannedSubnet
{
    public required Guid Id { get; init; }
    public required IPNetwork Cidr { get; init; }
    public IPAddress? Gateway { get; init; }
    public bool Dhcp { get; init; } = true;

    /// <summary>Empty: the DHCP port itself answers DNS.</summary>
    public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];
    public IReadOnlyList<StaticRoute> HostRoutes { get; init; } = [];

    /// <summary>Of an IPv6 subnet; null where guests are told nothing (neither advertised nor DHCPv6).</summary>
    public Ipv6Mode? Ipv6Mode { get; init; }
}

public enum Ipv6Mode { Slaac, Dhcpv6Stateful, Dhcpv6Stateless }

public sealed record StaticRoute(IPNetwork Destination, IPAddress NextHop);

/// <summary>What is behind a port.</summary>
public enum PortDevice
{
    /// <summary>Nothing on this host: no device is made, but its addresses may count in address sets.</summary>
    Unbound,

    /// <summary>A virtual machine: a tap on the bridge.</summary>
    Vm,

    /// <summary>The network's own DHCP and metadata namespace; at most one per network.</summary>
    Dhcp,

    /// <summary>An interface of <see cref="PlannedPort.RouterId"/> on a tenant's network.</summary>
    RouterInterface,

    /// <summary>The interface of <see cref="PlannedPort.RouterId"/> on an external network; at most one per router.</summary>
    RouterGateway,
}

public sealed record PlannedPort
{
    public required Guid Id { get; init; }

    /// <summary>1..65534, unique among ports: names the device and is the port's half of a packet mark.</summary>
    public required int Number { get; init; }
    public required Guid NetworkId { get; init; }

    /// <summary>Six octets, lower case, with colons.</summary>
    public required string Mac { get; init; }
    public required PortDevice Device { get; init; }
    public IReadOnlyList<FixedIp> FixedIps { get; init; } = [];
    public IReadOnlyList<AllowedAddressPair> AllowedAddressPairs { get; init; } = [];

    /// <summary>Port security. Off: neither filtered nor checked for spoofing.</summary>
    public bool Secured { get; init; } = true;
    public Guid? RouterId { get; init; }

    /// <summary>Name given by DHCP and answered by DNS; null for one made of the address.</summary>
    public string? Hostname { get; init; }
    public IReadOnlyList<ExtraDhcpOption> ExtraDhcpOptions { get; init; } = [];
    public bool AdminUp { get; init; } = true;

    /// <summary>What is allowed; everything else is dropped. Replies to allowed packets always pass, unless <see cref="Stateless"/>.</summary>
    public IReadOnlyList<SecurityRule> Rules { get; init; } = [];

    /// <summary>Every packet is judged by the rules alone, whatever went before it.</summary>
    public bool Stateless { get; init; }

    /// <summary>Of a virtual machine's port.</summary>
    public Quality Quality { get; init; } = Quality.None;
}

/// <summary>How much may go by, and how it is marked.</summary>
/// <param name="Dscp">Put on what is sent; null leaves it as it is.</param>
public sealed record Quality(IReadOnlyList<RateLimit> Limits, int? Dscp = null)
{
    public static Quality None { get; } = new([]);
}

public enum RateUnit { Bytes, Packets }

/// <summary>What goes over it is dropped. Egress is what the guest sends.</summary>
/// <param name="Burst">In the same unit: how much may come at once.</param>
public sealed record RateLimit(RuleDirection Direction, RateUnit Unit, long PerSecond, long Burst);

public sealed record FixedIp(Guid SubnetId, IPAddress Address);

/// <param name="Mac">Null for the port's own.</param>
public sealed record AllowedAddressPair(IPNetwork Cidr, string? Mac = null);

/// <param name="Name">A DHCP option's name or number as dnsmasq knows it, e.g. <c>tftp-server</c>, <c>67</c>.</param>
/// <param name="IpVersion">4 or 6.</param>
public sealed record ExtraDhcpOption(string Name, string Value, int IpVersion = 4);

public enum RuleDirection { Ingress, Egress }

public enum Ethertype { Ipv4, Ipv6 }

/// <summary>One allowance, of one port.</summary>
/// <param name="Protocol">IP protocol number, null for any.</param>
/// <param name="RangeMin">First port of tcp/udp/sctp/udplite/dccp, or the ICMP type; null for any.</param>
/// <param name="RangeMax">Last port, or the ICMP code; null for any code.</param>
/// <param name="RemoteCidr">Other side's addresses; null for any.</param>
/// <param name="RemoteSetId">Other side is in this <see cref="AddressSet"/>; null for any.</param>
public sealed record SecurityRule(
    RuleDirection Direction,
    Ethertype Ethertype,
    int? Protocol = null,
    int? RangeMin = null,
    int? RangeMax = null,
    IPNetwork? RemoteCidr = null,
    Guid? RemoteSetId = null);

/// <summary>Named addresses, e.g. those of a security group's members or of an address group.</summary>
public sealed record AddressSet(Guid Id, IReadOnlyList<IPNetwork> Addresses);

public sealed record PlannedRouter
{
    public required Guid Id { get; init; }
    public bool AdminUp { get; init; } = true;

    /// <summary>Whether what leaves by the gateway without a floating IP takes the gateway's address.</summary>
    public bool Snat { get; init; } = true;
    public IReadOnlyList<StaticRoute> Routes { get; init; } = [];
    public IReadOnlyList<PlannedMeter> Meters { get; init; } = [];
}

/// <summary>Counts what goes by the router's gateway, each packet once.</summary>
public sealed record PlannedMeter(Guid Id, IReadOnlyList<MeterRule> Rules);

/// <param name="Source">As seen inside the cloud, before and after the translations; null for any.</param>
/// <param name="Excluded">What matches is not counted, whatever other rules say.</param>
public sealed record MeterRule(RuleDirection Direction, IPNetwork? Source, IPNetwork? Destination, bool Excluded);

/// <param name="FixedAddress">Null where only single ports are forwarded, by <see cref="NetworkPlan.PortForwardings"/>.</param>
public sealed record PlannedFloatingIp(Guid Id, Guid RouterId, IPAddress FloatingAddress, IPAddress? FixedAddress)
{
    public Quality Quality { get; init; } = Quality.None;
}

/// <summary>One port of a floating IP that leads to a port of some address behind the router.</summary>
/// <param name="Protocol">6 or 17.</param>
public sealed record PortForwarding(
    Guid FloatingIpId, int Protocol, int ExternalPort, IPAddress InternalAddress, int InternalPort);
