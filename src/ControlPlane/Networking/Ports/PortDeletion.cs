using Cumulet.ControlPlane.Networking.FloatingIps;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Ports;

/// <summary>The one way in which a port goes: its addresses are free again, its floating IPs point nowhere.</summary>
internal sealed class PortDeletion(TimeProvider time)
{
    public void Delete(Tx tx, PortRecord port)
    {
        FloatingIpStore.Disassociate(tx, port.Id, time.GetUtcNow());
        PortForwardingStore.Forget(tx, port.Id, time.GetUtcNow());
        PortStore.Delete(tx, port.Id);
    }
}
