namespace Cumulet.ControlPlane.Networking.FloatingIps;

internal sealed record FloatingIpRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public string Description { get; init; } = "";
    public required string FloatingIpAddress { get; init; }
    public required string FloatingNetworkId { get; init; }
    public required string FloatingPortId { get; init; }
    public string? FixedPortId { get; init; }
    public string? FixedIpAddress { get; init; }
    public string? RouterId { get; init; }
    public string Status { get; init; } = "DOWN";
    public string DnsName { get; init; } = "";
    public string DnsDomain { get; init; } = "";
    public string? QosPolicyId { get; init; }
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The port behind it.</summary>
    public Ports.PortRecord? FixedPort { get; init; }
    public IReadOnlyList<PortForwardingRecord> Forwardings { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];
}
