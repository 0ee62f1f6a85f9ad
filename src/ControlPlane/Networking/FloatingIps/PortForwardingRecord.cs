namespace Cumulet.ControlPlane.Networking.FloatingIps;

/// <summary>One port of a floating IP that leads to a port of an address inside.</summary>
/// <param name="Protocol">tcp or udp.</param>
internal sealed record PortForwardingRecord(
    string Id, string FloatingIpId, string InternalPortId, string InternalIpAddress, int InternalPort, int ExternalPort, string Protocol, string Description)
{
    /// <summary>Of the floating IP: it decides who may see and change the forwarding.</summary>
    public string OwnerId { get; init; } = "";
}
