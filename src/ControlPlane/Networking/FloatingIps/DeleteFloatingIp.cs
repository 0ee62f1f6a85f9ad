using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;

namespace Cumulet.ControlPlane.Networking.FloatingIps;

internal static class DeleteFloatingIp
{
    public static void Run(Removal<FloatingIpRecord> removal)
    {
        FloatingIpStore.Delete(removal.Tx, removal.Current.Id);
        PortStore.Delete(removal.Tx, removal.Current.FloatingPortId);
    }
}
