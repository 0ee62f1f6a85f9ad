using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Networks;

internal static class UpdateNetwork
{
    private static readonly string[] Provider = ["provider:network_type", "provider:physical_network", "provider:segmentation_id"];

    public static NetworkRecord Run(Change<NetworkRecord> change)
    {
        var (tx, current) = (change.Tx, change.Current);
        if (Provider.Any(change.Has)) throw NetworkFault.InvalidInput("Plugin does not support updating provider attributes");
        var external = change.Flag("router:external", current.External);
        if (current.External && !external) RefuseInternal(tx, current.Id);
        var isDefault = external && change.Flag("is_default", current.IsDefault);
        if (isDefault && !current.IsDefault) CreateNetwork.ClearDefault(tx);
        var changed = current with
        {
            Name = change.Text("name", current.Name),
            Description = change.Text("description", current.Description),
            AdminStateUp = change.Flag("admin_state_up", current.AdminStateUp),
            External = external,
            IsDefault = isDefault,
            Mtu = change.Has("mtu") ? CreateNetwork.Mtu(change.Number("mtu", current.Mtu)) : current.Mtu,
            PortSecurityEnabled = change.Flag("port_security_enabled", current.PortSecurityEnabled),
            DnsDomain = DnsNames.Domain("dns_domain", change.Text("dns_domain", current.DnsDomain)),
            QosPolicyId = Qos.QosUse.Asked(tx, change.Caller, change.Body, current.QosPolicyId, $"network {current.Id}"),
            UpdatedAt = change.Now,
        };
        NetworkStore.Update(tx, changed);
        if (external != current.External) SetExternal(tx, current, external);
        if (change.Body.GetFlag("shared") is { } shared) SetShared(tx, current, shared);
        return changed;
    }

    private static void RefuseInternal(Tx tx, string id)
    {
        if (tx.Exists($"SELECT 1 FROM ports WHERE network_id = {id} AND device_owner IN {(string[])[DeviceOwners.RouterGateway, DeviceOwners.FloatingIp]}"))
            throw Fault.Conflict(
                $"External network {id} cannot be updated to be made non-external, since it has existing gateway ports.", "ExternalNetworkInUse");
    }

    private static void SetExternal(Tx tx, NetworkRecord network, bool external)
    {
        if (external) RbacStore.Grant(tx, network.ProjectId, "network", network.Id, RbacStore.External, "*");
        else tx.Execute($"DELETE FROM network_rbac WHERE object_type = 'network' AND object_id = {network.Id} AND action = {RbacStore.External}");
    }

    private static void SetShared(Tx tx, NetworkRecord network, bool shared)
    {
        if (shared)
        {
            RbacStore.Grant(tx, network.ProjectId, "network", network.Id, RbacStore.Shared, "*");
            return;
        }
        RbacUse.RefuseWhileUsed(tx, network, "*");
        RbacStore.Revoke(tx, "network", network.Id, RbacStore.Shared, "*");
    }
}
