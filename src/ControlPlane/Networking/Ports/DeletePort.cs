using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;

namespace Cumulet.ControlPlane.Networking.Ports;

internal static class DeletePort
{
    /// <summary>Ports that routers and floating IPs live by go with those, not alone.</summary>
    public static void Run(Removal<PortRecord> removal, PortDeletion deletion)
    {
        var port = removal.Current;
        if (port.DeviceOwner is DeviceOwners.RouterInterface or DeviceOwners.RouterGateway or DeviceOwners.FloatingIp
            && removal.Tx.Exists($"SELECT 1 FROM routers WHERE id = {port.DeviceId} UNION SELECT 1 FROM floating_ips WHERE floating_port_id = {port.Id}"))
            throw Fault.Conflict($"Port {port.Id} cannot be deleted directly via the port API: has device owner {port.DeviceOwner}.", "ServicePortInUse");
        deletion.Delete(removal.Tx, port);
    }
}
