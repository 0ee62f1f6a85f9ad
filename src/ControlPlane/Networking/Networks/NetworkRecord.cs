namespace Cumulet.ControlPlane.Networking.Networks;

/// <summary>A network as its row has it.</summary>
public sealed record NetworkRecord
{
    public required string Id { get; init; }
    /// <summary>1..65535: names the bridge and separates connection tracking.</summary>
    public required int Number { get; init; }
    public required string ProjectId { get; init; }
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public bool AdminStateUp { get; init; } = true;
    public bool External { get; init; }
    public bool IsDefault { get; init; }
    /// <summary>Bytes.</summary>
    public required int Mtu { get; init; }
    public bool PortSecurityEnabled { get; init; } = true;
    public required string NetworkType { get; init; }
    public string? PhysicalNetwork { get; init; }
    public int? SegmentationId { get; init; }
    public string DnsDomain { get; init; } = "";
    public IReadOnlyList<string> AvailabilityZoneHints { get; init; } = [];
    public string? QosPolicyId { get; init; }
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>To the caller it was read for: with all, or with the caller's project.</summary>
    public bool Shared { get; init; }
    public IReadOnlyList<string> SubnetIds { get; init; } = [];
    /// <summary>Of the subnet pool behind its IPv4 and IPv6 subnets.</summary>
    public string? AddressScope4 { get; init; }
    public string? AddressScope6 { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
}
