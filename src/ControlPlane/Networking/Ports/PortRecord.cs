using System.Net;

namespace Cumulet.ControlPlane.Networking.Ports;

/// <summary>An address a port has.</summary>
internal sealed record FixedAddress(string SubnetId, IPAddress Address);

/// <param name="Ip">An address or a prefix, as the caller wrote it.</param>
internal sealed record AddressPair(string Ip, string Mac);

internal sealed record DhcpOption(string Name, string Value, int IpVersion);

/// <summary>A port as its rows have it.</summary>
internal sealed record PortRecord
{
    public required string Id { get; init; }
    /// <summary>1..65534: names the tap.</summary>
    public required int Number { get; init; }
    public required string ProjectId { get; init; }
    public required string NetworkId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public required string Mac { get; init; }
    public bool AdminStateUp { get; init; } = true;
    public string Status { get; init; } = "DOWN";
    public string DeviceId { get; init; } = "";
    public string DeviceOwner { get; init; } = "";
    /// <summary>Empty while unbound.</summary>
    public string Host { get; init; } = "";
    public string VnicType { get; init; } = "normal";
    /// <summary>A JSON object.</summary>
    public string BindingProfile { get; init; } = "{}";
    public bool PortSecurityEnabled { get; init; } = true;
    public string DnsName { get; init; } = "";
    public string DnsDomain { get; init; } = "";
    public IReadOnlyList<AddressPair> AllowedAddressPairs { get; init; } = [];
    /// <summary>Goes with the server it was made for.</summary>
    public bool MadeForServer { get; init; }
    /// <summary>The device tag that the server's owner gave.</summary>
    public string? ServerTag { get; init; }
    public string? QosPolicyId { get; init; }
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Of its network: policies ask for the network's owner.</summary>
    public string NetworkProjectId { get; init; } = "";
    public string NetworkDnsDomain { get; init; } = "";
    public string? NetworkQosPolicyId { get; init; }
    public IReadOnlyList<FixedAddress> FixedIps { get; init; } = [];
    public IReadOnlyList<string> SecurityGroupIds { get; init; } = [];
    public IReadOnlyList<DhcpOption> DhcpOptions { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool IsRouterPort => DeviceOwner is DeviceOwners.RouterInterface or DeviceOwners.RouterGateway;
    public bool IsOfCloud => DeviceOwner.StartsWith("network:", StringComparison.Ordinal);
    public bool IsOfServer => DeviceOwner.StartsWith("compute:", StringComparison.Ordinal);
}

internal static class DeviceOwners
{
    public const string Dhcp = "network:dhcp";
    public const string RouterInterface = "network:router_interface";
    public const string RouterGateway = "network:router_gateway";
    public const string FloatingIp = "network:floatingip";
}
