using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Subnets;

internal static class UpdateSubnet
{
    public static SubnetRecord Run(Change<SubnetRecord> change)
    {
        var (tx, body, current) = (change.Tx, change.Body, change.Current);
        var gateway = !change.Has("gateway_ip") ? current.Gateway
            : body.GetText("gateway_ip") is { } asked ? IPAddress.Parse(asked) : null;
        if (!Equals(gateway, current.Gateway)) RefuseUsedGateway(tx, current);
        var changed = current with
        {
            Name = change.Text("name", current.Name),
            Description = change.Text("description", current.Description),
            Gateway = gateway,
            EnableDhcp = change.Flag("enable_dhcp", current.EnableDhcp),
            DnsNameservers = change.Has("dns_nameservers") ? SubnetRules.AskedNameservers(body) : current.DnsNameservers,
            HostRoutes = change.Has("host_routes") ? SubnetRules.AskedRoutes(body, "host_routes") : current.HostRoutes,
            ServiceTypes = change.Has("service_types") ? [.. body.GetItems("service_types").Select(t => t.GetString()!).Distinct()] : current.ServiceTypes,
            DnsPublishFixedIp = change.Flag("dns_publish_fixed_ip", current.DnsPublishFixedIp),
            Pools = SubnetRules.AskedPools(body, current.IpVersion) ?? current.Pools,
            UpdatedAt = change.Now,
        };
        SubnetRules.Check(changed);
        SubnetStore.Update(tx, changed);
        NetworkStore.Touch(tx, current.NetworkId, change.Now);
        if (changed.EnableDhcp != current.EnableDhcp) DhcpPorts.Follow(tx, current.NetworkId, change.Now);
        return changed;
    }

    // A router answers at the gateway's address: it would be left there alone.
    private static void RefuseUsedGateway(Tx tx, SubnetRecord current)
    {
        if (current.Gateway is not { } gateway) return;
        var port = tx.Find(
            $"SELECT p.id FROM ip_allocations a JOIN ports p ON p.id = a.port_id WHERE a.subnet_id = {current.Id} AND a.ip_key = {IpNumber.Key(gateway)} AND p.device_owner = {DeviceOwners.RouterInterface}",
            row => row.Text());
        if (port is not null)
            throw Fault.Conflict($"Current gateway ip {gateway} already in use by port {port}. Unable to update.", "GatewayIpInUse");
    }
}
