using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.FloatingIps;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Ports;

internal static class UpdatePort
{
    /// <summary>Sharing of the network counts for some of the attributes.</summary>
    public static PolicyTarget Target(Change<PortRecord> change)
    {
        var target = PortResource.Target(change.Current);
        var shared = RbacStore.SharedAmong(change.Tx, "network", [change.Current.NetworkId], change.Caller.ProjectId);
        target["shared"] = PolicyTarget.Flag(shared.Count > 0);
        return target;
    }

    public static PortRecord Run(Change<PortRecord> change)
    {
        var (tx, body, current) = (change.Tx, change.Body, change.Current);
        if (change.Has("device_id")) PortBody.CheckDevice(tx, change.Caller, change.Text("device_id", ""));
        var mac = Mac(change);
        var changed = current with
        {
            Name = change.Text("name", current.Name),
            Description = change.Text("description", current.Description),
            Mac = mac,
            AdminStateUp = change.Flag("admin_state_up", current.AdminStateUp),
            DeviceId = change.Text("device_id", current.DeviceId),
            DeviceOwner = change.Text("device_owner", current.DeviceOwner),
            Host = change.Text("binding:host_id", current.Host),
            VnicType = change.Text("binding:vnic_type", current.VnicType),
            BindingProfile = change.Has("binding:profile") ? body.Get("binding:profile")?.GetRawText() ?? "{}" : current.BindingProfile,
            PortSecurityEnabled = change.Flag("port_security_enabled", current.PortSecurityEnabled),
            DnsName = change.Has("dns_name") ? PortBody.DnsName(change.Text("dns_name", "")) : current.DnsName,
            DnsDomain = DnsNames.Domain("dns_domain", change.Text("dns_domain", current.DnsDomain)),
            AllowedAddressPairs = change.Has("allowed_address_pairs") ? PortBody.AddressPairs(body, mac) : current.AllowedAddressPairs,
            DhcpOptions = PortBody.DhcpOptions(body, current.DhcpOptions),
            SecurityGroupIds = change.Has("security_groups") ? PortBody.SecurityGroups(tx, change.Caller, body) : current.SecurityGroupIds,
            QosPolicyId = Qos.QosUse.Asked(tx, change.Caller, body, current.QosPolicyId, $"port {current.Id}"),
            UpdatedAt = change.Now,
        };
        PortBody.CheckSecurity(changed);
        PortStore.Update(tx, changed with { Status = Status(changed) });
        if (PortBody.FixedIps(body) is { } wanted) Readdress(tx, changed, wanted, change.Now);
        return changed;
    }

    private static string Status(PortRecord port) => !port.AdminStateUp ? "DOWN" : port.IsOfCloud ? "ACTIVE" : port.Status;

    // null asks for a new one.
    private static string Mac(Change<PortRecord> change)
    {
        var current = change.Current;
        if (!change.Has("mac_address")) return current.Mac;
        var mac = change.Body.GetText("mac_address") is { } asked ? PortBody.Mac(asked) : PortStore.NewMac(change.Tx, current.NetworkId);
        if (mac != current.Mac && current.Host.Length > 0 && current.IsOfServer)
            throw Fault.Conflict($"Unable to complete operation on port {current.Id}, port is already bound, port type: bridge, old_mac {current.Mac}, new_mac {mac}.", "PortBound");
        return mac;
    }

    internal static void Readdress(Tx tx, PortRecord port, IReadOnlyList<FixedIpRequest> wanted, DateTimeOffset now)
    {
        IpAllocator.Replace(tx, new PortToAddress(port.Id, port.NetworkId, port.Mac, port.DeviceOwner), port.FixedIps, wanted);
        // A floating IP whose address left the port points nowhere.
        tx.Execute(
            $"""
            UPDATE floating_ips SET fixed_port_id = NULL, fixed_ip_address = NULL, router_id = NULL, status = 'DOWN', revision = revision + 1, updated_at = {now}
            WHERE fixed_port_id = {port.Id} AND fixed_ip_address NOT IN (SELECT a.ip_address FROM ip_allocations a WHERE a.port_id = {port.Id})
            """);
        PortForwardingStore.Forget(tx, port.Id, now, onlyLost: true);
    }
}
