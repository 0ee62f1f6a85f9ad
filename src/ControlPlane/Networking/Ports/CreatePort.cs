using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.SecurityGroups;

namespace Cumulet.ControlPlane.Networking.Ports;

internal static class CreatePort
{
    public static PolicyTarget Target(Creation creation)
    {
        var network = Network(creation);
        var target = PolicyTarget.OwnedBy(creation.ProjectId);
        target["network:project_id"] = network.ProjectId;
        target["network:tenant_id"] = network.ProjectId;
        target["shared"] = PolicyTarget.Flag(network.Shared);
        return target;
    }

    private static NetworkRecord Network(Creation creation)
    {
        var id = creation.Text("network_id");
        return NetworkStore.Find(creation.Tx, creation.Caller, id) ?? throw NetworkFault.NetworkNotFound(id);
    }

    public static PortRecord Run(Creation creation)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        QuotaStore.Claim(tx, creation.ProjectId, "port");
        var network = Network(creation);
        var mac = body.GetText("mac_address") is { } asked ? PortBody.Mac(asked) : PortStore.NewMac(tx, network.Id);
        var owner = creation.Text("device_owner");
        var secured = creation.Flag("port_security_enabled", network.PortSecurityEnabled);
        PortBody.CheckDevice(tx, creation.Caller, creation.Text("device_id"));
        var port = new PortRecord
        {
            Id = creation.NewId,
            Number = PortStore.NextNumber(tx),
            ProjectId = creation.ProjectId,
            NetworkId = network.Id,
            Name = creation.Text("name"),
            Description = creation.Text("description"),
            Mac = mac,
            AdminStateUp = creation.Flag("admin_state_up", true),
            DeviceId = creation.Text("device_id"),
            DeviceOwner = owner,
            Host = creation.Text("binding:host_id"),
            VnicType = body.GetText("binding:vnic_type") ?? "normal",
            BindingProfile = body.Get("binding:profile")?.GetRawText() ?? "{}",
            PortSecurityEnabled = secured,
            DnsName = PortBody.DnsName(creation.Text("dns_name")),
            DnsDomain = DnsNames.Domain("dns_domain", creation.Text("dns_domain")),
            AllowedAddressPairs = PortBody.AddressPairs(body, mac),
            DhcpOptions = PortBody.DhcpOptions(body, []),
            SecurityGroupIds = Groups(creation, secured, owner),
            QosPolicyId = Qos.QosUse.Asked(tx, creation.Caller, body, null, $"port {creation.NewId}"),
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
        };
        PortBody.CheckSecurity(port);
        PortStore.Insert(tx, port);
        IpAllocator.Allocate(tx, new PortToAddress(port.Id, network.Id, mac, owner), PortBody.FixedIps(body));
        TagStore.Replace(tx, port.Id, body.GetItems("tags").Select(t => t.GetString()!));
        return PortStore.FindAny(tx, port.Id)!;
    }

    private static IReadOnlyList<string> Groups(Creation creation, bool secured, string owner)
    {
        if (creation.Body.Get("security_groups") is not null) return PortBody.SecurityGroups(creation.Tx, creation.Caller, creation.Body);
        return secured && !owner.StartsWith("network:", StringComparison.Ordinal) && creation.ProjectId.Length > 0
            ? [SecurityGroupStore.EnsureDefault(creation.Tx, creation.ProjectId, creation.Now)]
            : [];
    }
}
