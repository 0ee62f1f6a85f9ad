using System.Net;
using Cumulet.ControlPlane.Networking.Addresses;

namespace Cumulet.ControlPlane.Networking.Subnets;

/// <summary>First and last address of an allocation pool, as numbers.</summary>
internal sealed record AddressRange(UInt128 First, UInt128 Last);

public sealed record HostRoute(string Destination, string NextHop);

/// <summary>A subnet as its row has it.</summary>
internal sealed record SubnetRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string NetworkId { get; init; }
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public required int IpVersion { get; init; }
    public required IPNetwork Cidr { get; init; }
    public IPAddress? Gateway { get; init; }
    public bool EnableDhcp { get; init; } = true;
    public string? Ipv6RaMode { get; init; }
    public string? Ipv6AddressMode { get; init; }
    public IReadOnlyList<string> DnsNameservers { get; init; } = [];
    public IReadOnlyList<HostRoute> HostRoutes { get; init; } = [];
    public IReadOnlyList<string> ServiceTypes { get; init; } = [];
    public string? SubnetPoolId { get; init; }
    public bool DnsPublishFixedIp { get; init; }
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Of its network: policies ask for the network's owner.</summary>
    public string NetworkProjectId { get; init; } = "";
    public bool NetworkExternal { get; init; }
    /// <summary>With the caller it was read for.</summary>
    public bool NetworkShared { get; init; }
    public IReadOnlyList<AddressRange> Pools { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Guests make their own addresses here out of the prefix and their MAC.</summary>
    public bool IsAutomatic => Ipv6AddressMode is "slaac" or "dhcpv6-stateless";

    /// <summary>Service types reserve a subnet for the ports of those owners.</summary>
    public bool ServesOwner(string deviceOwner) => ServiceTypes.Count == 0 || ServiceTypes.Contains(deviceOwner);

    /// <summary>Inside the prefix, and neither the network's own nor the broadcast address.</summary>
    public bool IsUsable(IPAddress address)
    {
        if (!Cidr.Contains(address)) return false;
        if (Cidr.PrefixLength >= IpNumber.Bits(IpVersion) - 1) return true;
        var number = IpNumber.Of(address);
        var (first, last) = IpNumber.Range(Cidr);
        return number != first && (IpVersion == 6 || number != last);
    }
}
