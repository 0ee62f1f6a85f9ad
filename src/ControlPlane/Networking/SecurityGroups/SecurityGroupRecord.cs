namespace Cumulet.ControlPlane.Networking.SecurityGroups;

internal sealed record SecurityGroupRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public bool Stateful { get; init; } = true;
    /// <summary>The project's own <c>default</c>: one each, never removed by its owner.</summary>
    public bool IsDefault { get; init; }
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public bool Shared { get; init; }
    public IReadOnlyList<SecurityGroupRuleRecord> Rules { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];
}

internal sealed record SecurityGroupRuleRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string SecurityGroupId { get; init; }
    /// <summary>ingress or egress.</summary>
    public required string Direction { get; init; }
    /// <summary>IPv4 or IPv6.</summary>
    public required string Ethertype { get; init; }
    /// <summary>Name or number as the caller wrote it; null for any.</summary>
    public string? Protocol { get; init; }
    /// <summary>First port, or ICMP type.</summary>
    public int? PortRangeMin { get; init; }
    /// <summary>Last port, or ICMP code.</summary>
    public int? PortRangeMax { get; init; }
    public string? RemoteIpPrefix { get; init; }
    public string? RemoteGroupId { get; init; }
    public string? RemoteAddressGroupId { get; init; }
    public string Description { get; init; } = "";
    public long Revision { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    /// <summary>Read along with the group; not a column of the rule.</summary>
    public bool BelongsToDefaultGroup { get; init; }
}
