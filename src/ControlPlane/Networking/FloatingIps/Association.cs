using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Agents;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.FloatingIps;

/// <summary>Ties a floating IP to an address of a port, through the router that joins both networks.</summary>
internal static class Association
{
    public static Fault Bad(string message) => Fault.BadRequest($"Bad floatingip request: {message}.", "BadRequest");

    public static FloatingIpRecord Make(Tx tx, Caller caller, FloatingIpRecord floating, string portId, string? fixedIp)
    {
        var port = PortStore.Find(tx, caller, portId) ?? throw NetworkFault.PortNotFound(portId);
        if (port.ProjectId != floating.ProjectId && !caller.IsAdmin)
            throw Bad($"Port {portId} is associated with a different tenant than Floating IP {floating.Id} and therefore cannot be bound");
        if (floating.Forwardings.Count > 0)
            throw Fault.Conflict($"Floating IP {floating.Id} has port forwarding resources; remove them before it is given to port {portId}.", "FipInUseByPortForwarding");
        var address = Choose(port, fixedIp);
        PortForwardingStore.RefuseForwarded(tx, port.Id, address.Address.ToString());
        var text = address.Address.ToString();
        if (tx.Exists($"SELECT 1 FROM floating_ips WHERE fixed_port_id = {port.Id} AND fixed_ip_address = {text} AND floating_network_id = {floating.FloatingNetworkId} AND id <> {floating.Id}"))
            throw Fault.Conflict(
                $"Cannot associate floating IP {floating.FloatingIpAddress} ({floating.Id}) with port {port.Id} using fixed IP {text}, as that fixed IP already has a floating IP on external network {floating.FloatingNetworkId}.",
                "FloatingIPPortAlreadyAssociated");
        var router = Router(tx, floating, port, address);
        return floating with { FixedPortId = port.Id, FixedIpAddress = text, RouterId = router, Status = StatusBehind(tx, router) };
    }

    /// <summary>A router that no agent has carries no address.</summary>
    public static string StatusBehind(Tx tx, string router) => AgentSchedule.IsTaken(tx, AgentSchedule.Routers, router) ? "DOWN" : "ACTIVE";

    private static FixedAddress Choose(PortRecord port, string? asked)
    {
        var candidates = port.FixedIps.Where(f => IpNumber.Version(f.Address) == 4).ToList();
        if (asked is not null)
            return candidates.Find(f => f.Address.Equals(IPAddress.Parse(asked))) ?? throw Bad($"Port {port.Id} does not have fixed ip {asked}");
        return candidates.Count switch
        {
            0 => throw Bad($"Cannot add floating IP to port {port.Id} that has no fixed IPv4 addresses"),
            1 => candidates[0],
            _ => throw Bad($"Port {port.Id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP"),
        };
    }

    // Of several, the one that is the subnet's gateway: the others see no answers.
    public static string Router(Tx tx, FloatingIpRecord floating, PortRecord port, FixedAddress address)
    {
        var routers = tx.Query(
            $"""
            SELECT t.id, a.ip_address FROM routers t
            JOIN ports g ON g.id = t.gateway_port_id AND g.network_id = {floating.FloatingNetworkId}
            JOIN ports i ON i.device_id = t.id AND i.device_owner = {DeviceOwners.RouterInterface}
            JOIN ip_allocations a ON a.port_id = i.id AND a.subnet_id = {address.SubnetId}
            ORDER BY t.created_at, t.id
            """, row => (Id: row.Text(), Address: row.Text()));
        var gateway = SubnetStore.FindAny(tx, address.SubnetId)!.Gateway?.ToString();
        var chosen = routers.FirstOrDefault(r => r.Address == gateway).Id ?? routers.FirstOrDefault().Id;
        return chosen ?? throw Fault.NotFound(
            $"External network {floating.FloatingNetworkId} is not reachable from subnet {address.SubnetId}.  Therefore, cannot associate Port {port.Id} with a Floating IP.",
            "ExternalGatewayForFloatingIPNotFound");
    }
}
