using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;

namespace Cumulet.ControlPlane.Networking.Subnets;

internal static class DeleteSubnet
{
    /// <summary>Automatic addresses and those of the cloud's DHCP port go with it; others keep it.</summary>
    public static void Run(Removal<SubnetRecord> removal)
    {
        var (tx, subnet) = (removal.Tx, removal.Current);
        var owners = tx.Query(
            $"SELECT p.device_owner FROM ip_allocations a JOIN ports p ON p.id = a.port_id WHERE a.subnet_id = {subnet.Id} AND p.device_owner <> {DeviceOwners.Dhcp}",
            row => row.Text());
        var keeps = subnet.IsAutomatic
            ? owners.Any(o => o is DeviceOwners.RouterInterface or DeviceOwners.RouterGateway)
            : owners.Count > 0;
        if (keeps) throw NetworkFault.SubnetInUse(subnet.Id);
        SubnetStore.Delete(tx, subnet.Id);
        NetworkStore.Touch(tx, subnet.NetworkId, removal.Now);
        DhcpPorts.Follow(tx, subnet.NetworkId, removal.Now);
    }
}
