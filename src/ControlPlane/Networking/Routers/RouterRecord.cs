using Cumulet.ControlPlane.Networking.Subnets;

namespace Cumulet.ControlPlane.Networking.Routers;

internal sealed record RouterRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public bool AdminStateUp { get; init; } = true;
    public string? GatewayPortId { get; init; }
    public bool EnableSnat { get; init; } = true;
    public IReadOnlyList<HostRoute> Routes { get; init; } = [];
    public string? FlavorId { get; init; }
    public bool Distributed { get; init; }
    public IReadOnlyList<string> AvailabilityZoneHints { get; init; } = [];
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The gateway port's network and addresses.</summary>
    public string? ExternalNetworkId { get; init; }
    public IReadOnlyList<Ports.FixedAddress> ExternalFixedIps { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];
}
