using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Resources;

namespace Cumulet.ControlPlane.Networking.Networks;

internal static class CreateNetwork
{
    public const int DefaultMtu = 1500;
    public const int MaxMtu = 9000;

    public static NetworkRecord Run(Creation creation)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        QuotaStore.Claim(tx, creation.ProjectId, "network");
        var external = creation.Flag("router:external", false);
        var segment = ProviderSegment.Choose(tx, body);
        var hints = AvailabilityZones.Hints(body, "network");
        var network = new NetworkRecord
        {
            Id = creation.NewId,
            Number = NetworkStore.NextNumber(tx),
            ProjectId = creation.ProjectId,
            Name = creation.Text("name"),
            Description = creation.Text("description"),
            AdminStateUp = creation.Flag("admin_state_up", true),
            External = external,
            IsDefault = external && creation.Flag("is_default", false),
            Mtu = Mtu(body.GetInt("mtu") ?? 0),
            PortSecurityEnabled = creation.Flag("port_security_enabled", true),
            NetworkType = segment.Type,
            PhysicalNetwork = segment.PhysicalNetwork,
            SegmentationId = segment.Id,
            DnsDomain = DnsNames.Domain("dns_domain", creation.Text("dns_domain")),
            AvailabilityZoneHints = hints,
            QosPolicyId = Qos.QosUse.Asked(tx, creation.Caller, body, Qos.QosStore.DefaultOf(tx, creation.ProjectId), $"network {creation.NewId}"),
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
        };
        if (network.IsDefault) ClearDefault(tx);
        NetworkStore.Insert(tx, network);
        if (creation.Flag("shared", false)) RbacStore.Grant(tx, network.ProjectId, "network", network.Id, RbacStore.Shared, "*");
        if (external) RbacStore.Grant(tx, network.ProjectId, "network", network.Id, RbacStore.External, "*");
        TagStore.Replace(tx, network.Id, body.GetItems("tags").Select(t => t.GetString()!));
        return network;
    }

    public static int Mtu(int asked) => asked switch
    {
        0 => DefaultMtu,
        < 68 => throw NetworkFault.InvalidInput($"Requested MTU {asked} is too small, minimum is 68"),
        > MaxMtu => throw NetworkFault.InvalidInput($"Requested MTU is too big, maximum is {MaxMtu}"),
        _ => asked,
    };

    // There is one default external network; the newest to say so is it.
    public static void ClearDefault(Store.Tx tx) => tx.Execute($"UPDATE networks SET is_default = 0 WHERE is_default = 1");
}
