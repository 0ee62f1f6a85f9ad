using System.Net;

namespace Cumulet.ControlPlane.Networking.SubnetPools;

/// <summary>Prefixes out of which subnets are cut.</summary>
internal sealed record SubnetPoolRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public required int IpVersion { get; init; }
    public required IReadOnlyList<IPNetwork> Prefixes { get; init; }
    public required int DefaultPrefixLength { get; init; }
    public required int MinPrefixLength { get; init; }
    public required int MaxPrefixLength { get; init; }
    /// <summary>Addresses a project may take (IPv4), or /64 prefixes (IPv6); null for no limit.</summary>
    public long? DefaultQuota { get; init; }
    public string? AddressScopeId { get; init; }
    public bool IsDefault { get; init; }
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public bool Shared { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
}
