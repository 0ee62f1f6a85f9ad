using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Ports;

/// <summary>
/// The network's own port from which DHCP, DNS and metadata are served. It is there while a subnet has DHCP, with an
/// address on each of those.
/// </summary>
internal static class DhcpPorts
{
    public const string HostMark = "dhcp";

    public static void Follow(Tx tx, string networkId, DateTimeOffset now)
    {
        List<SubnetRecord> served = Agents.AgentSchedule.IsTaken(tx, Agents.AgentSchedule.Networks, networkId)
            ? []
            : [.. SubnetStore.OfNetwork(tx, networkId).Where(s => s.EnableDhcp)];
        var port = PortStore.Query(tx, $" WHERE p.network_id = {networkId} AND p.device_owner = {DeviceOwners.Dhcp}").FirstOrDefault();
        if (served.Count == 0)
        {
            if (port is not null) PortStore.Delete(tx, port.Id);
            return;
        }
        port ??= Insert(tx, NetworkStore.FindAny(tx, networkId)!, now);
        foreach (var old in port.FixedIps.Where(f => served.TrueForAll(s => s.Id != f.SubnetId))) IpAllocator.Release(tx, old);
        var addressing = new PortToAddress(port.Id, networkId, port.Mac, port.DeviceOwner) { Lowest = true };
        foreach (var subnet in served)
            if (!port.FixedIps.Any(f => f.SubnetId == subnet.Id)) IpAllocator.TryAllocate(tx, addressing, subnet);
    }

    private static PortRecord Insert(Tx tx, NetworkRecord network, DateTimeOffset now)
    {
        var port = new PortRecord
        {
            Id = Guid.NewGuid().ToString(),
            Number = PortStore.NextNumber(tx),
            ProjectId = network.ProjectId,
            NetworkId = network.Id,
            Mac = PortStore.NewMac(tx, network.Id),
            DeviceId = $"{HostMark}{Guid.NewGuid()}-{network.Id}",
            DeviceOwner = DeviceOwners.Dhcp,
            Host = LocalHost.Name,
            Status = "ACTIVE",
            PortSecurityEnabled = false,
            CreatedAt = now,
            UpdatedAt = now,
        };
        PortStore.Insert(tx, port);
        return port;
    }
}
