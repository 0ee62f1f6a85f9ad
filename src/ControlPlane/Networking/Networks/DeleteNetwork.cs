using Cumulet.ControlPlane.Networking.FloatingIps;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Subnets;

namespace Cumulet.ControlPlane.Networking.Networks;

internal static class DeleteNetwork
{
    /// <summary>Its subnets, the cloud's own DHCP port and floating IPs that point nowhere go with it; any other port keeps it.</summary>
    public static void Run(Removal<NetworkRecord> removal)
    {
        var (tx, id) = (removal.Tx, removal.Current.Id);
        foreach (var free in FloatingIpStore.Query(tx, $" WHERE f.floating_network_id = {id} AND f.fixed_port_id IS NULL"))
        {
            FloatingIpStore.Delete(tx, free.Id);
            PortStore.Delete(tx, free.FloatingPortId);
        }
        var ports = PortStore.Query(tx, $" WHERE p.network_id = {id}");
        if (ports.Any(p => p.DeviceOwner != DeviceOwners.Dhcp)) throw NetworkFault.NetworkInUse(id);
        foreach (var port in ports) PortStore.Delete(tx, port.Id);
        foreach (var subnet in removal.Current.SubnetIds) SubnetStore.Delete(tx, subnet);
        NetworkStore.Delete(tx, id);
        Agents.AgentSchedule.GiveBack(tx, Agents.AgentSchedule.Networks, id);
    }
}
