namespace Cumulet.ControlPlane.Networking.Servers;

/// <summary>What Compute asks for when a server needs a port.</summary>
public sealed record NewServerPort
{
    public required string ServerId { get; init; }
    public required string NetworkId { get; init; }
    /// <summary>An address the port must have; null takes what is free.</summary>
    public string? FixedIp { get; init; }
    /// <summary>Ids or names; none means the project's default group.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];
    public required string AvailabilityZone { get; init; }
    public string? HostName { get; init; }
    public string? Tag { get; init; }
    /// <summary>The id of the port to make; null makes one.</summary>
    public string? PortId { get; init; }
}

/// <summary>A subnet as a server's network data tells the guest of it.</summary>
/// <param name="Routes">Destination and next hop.</param>
/// <param name="Ipv6AddressMode">slaac, dhcpv6-stateful, dhcpv6-stateless; null for IPv4 and where guests are told nothing.</param>
public sealed record ServerSubnet(
    string Id, string Cidr, int IpVersion, string? Gateway, bool Dhcp, string? DhcpServer,
    IReadOnlyList<string> DnsServers, IReadOnlyList<Subnets.HostRoute> Routes, string? Ipv6AddressMode);

public sealed record ServerAddress(string Address, int Version, ServerSubnet Subnet);

/// <param name="FixedAddress">The address behind it.</param>
public sealed record ServerFloatingIp(string Address, string FixedAddress);

public sealed record ServerSecurityGroup(string Id, string Name);

/// <summary>One port of a server with everything Compute shows or hands to the guest.</summary>
public sealed record ServerPort
{
    public required string Id { get; init; }
    public required string ServerId { get; init; }
    public required string ProjectId { get; init; }
    public required string NetworkId { get; init; }
    public required string NetworkName { get; init; }
    public required string Mac { get; init; }
    public IReadOnlyList<ServerAddress> FixedIps { get; init; } = [];
    public IReadOnlyList<ServerFloatingIp> FloatingIps { get; init; } = [];
    public IReadOnlyList<ServerSecurityGroup> SecurityGroups { get; init; } = [];
    public required bool PortSecurityEnabled { get; init; }
    /// <summary>Bytes.</summary>
    public required int Mtu { get; init; }
    public string? Tag { get; init; }
    /// <summary>ACTIVE, DOWN or BUILD.</summary>
    public required string Status { get; init; }
    /// <summary>The port was made for the server and goes with it.</summary>
    public required bool MadeForServer { get; init; }
    public required string VnicType { get; init; }
    public required string Host { get; init; }
}

/// <summary>A network that a server without <c>networks</c> in its request could be put on.</summary>
public sealed record NetworkChoice(
    string Id, string Name, string ProjectId, bool Shared, bool External, bool HasSubnets, bool AdminStateUp, bool PortSecurityEnabled);
