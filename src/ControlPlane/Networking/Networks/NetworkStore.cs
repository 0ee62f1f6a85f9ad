using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Networks;

/// <summary>The rows of networks.</summary>
internal static class NetworkStore
{
    public const string Columns =
        "SELECT n.id, n.number, n.project_id, n.name, n.description, n.admin_state_up, n.external, n.is_default, n.mtu, n.port_security_enabled, n.network_type, n.physical_network, n.segmentation_id, n.dns_domain, n.availability_zone_hints, n.qos_policy_id, n.revision, n.created_at, n.updated_at FROM networks n";

    public static NetworkRecord Read(Row row) => new()
    {
        Id = row.Text(),
        Number = row.Int(),
        ProjectId = row.Text(),
        Name = row.Text(),
        Description = row.Text(),
        AdminStateUp = row.Flag(),
        External = row.Flag(),
        IsDefault = row.Flag(),
        Mtu = row.Int(),
        PortSecurityEnabled = row.Flag(),
        NetworkType = row.Text(),
        PhysicalNetwork = row.TextOrNull(),
        SegmentationId = row.IntOrNull(),
        DnsDomain = row.Text(),
        AvailabilityZoneHints = Words.Split(row.Text()),
        QosPolicyId = row.TextOrNull(),
        Revision = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
    };

    /// <summary>Whoever asks; null where there is none.</summary>
    public static NetworkRecord? FindAny(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE n.id = {id}"), Read);

    /// <summary>What the caller may see: own, shared with it, external, or everything for an administrator.</summary>
    public static Sql Visible(Caller caller) => caller.IsAdmin || caller.Roles.Contains("service")
        ? Sql.Raw("1 = 1")
        : Of($"n.project_id = {caller.ProjectId} OR {SharedTo("network", "n.id", caller.ProjectId)} OR EXISTS (SELECT 1 FROM network_rbac x WHERE x.object_type = 'network' AND x.object_id = n.id AND x.action = 'access_as_external' AND (x.target = '*' OR x.target = {caller.ProjectId}))");

    public static Sql SharedTo(string objectType, string idColumn, string? project) =>
        Of($"EXISTS (SELECT 1 FROM network_rbac r WHERE r.object_type = {objectType} AND r.object_id = {Sql.Raw(idColumn)} AND r.action = 'access_as_shared' AND (r.target = '*' OR r.target = {project}))");

    private static Sql Of(Sql sql) => sql;

    public static NetworkRecord? Find(Tx tx, Caller caller, string id)
    {
        var network = tx.Find(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE n.id = {id} AND ({Visible(caller)})"), Read);
        return network is null ? null : Complete(tx, caller, [network])[0];
    }

    /// <summary>Adds what other tables know: sharing, subnets, tags.</summary>
    public static IReadOnlyList<NetworkRecord> Complete(Tx tx, Caller caller, IReadOnlyList<NetworkRecord> networks)
    {
        if (networks.Count == 0) return networks;
        var ids = networks.Select(n => n.Id).ToList();
        var shared = RbacStore.SharedAmong(tx, "network", ids, caller.ProjectId);
        var tags = TagStore.Of(tx, ids);
        var subnets = tx.Query($"SELECT network_id, id FROM subnets WHERE network_id IN {ids} ORDER BY created_at, id",
            row => (Network: row.Text(), Subnet: row.Text())).ToLookup(p => p.Network, p => p.Subnet);
        var scopes = tx.Query(
            $"SELECT DISTINCT s.network_id, s.ip_version, o.address_scope_id FROM subnets s JOIN subnetpools o ON o.id = s.subnetpool_id WHERE s.network_id IN {ids} AND o.address_scope_id IS NOT NULL",
            row => (Network: row.Text(), Version: row.Int(), Scope: row.Text())).ToLookup(p => (p.Network, p.Version), p => p.Scope);
        return [.. networks.Select(n => n with
        {
            AddressScope4 = scopes[(n.Id, 4)].FirstOrDefault(),
            AddressScope6 = scopes[(n.Id, 6)].FirstOrDefault(),
            Shared = shared.Contains(n.Id),
            Tags = [.. tags[n.Id]],
            SubnetIds = [.. subnets[n.Id]],
        })];
    }

    public static void Insert(Tx tx, NetworkRecord n) => tx.Execute(
        $"""
        INSERT INTO networks (id, number, project_id, name, description, admin_state_up, external, is_default, mtu, port_security_enabled,
            network_type, physical_network, segmentation_id, dns_domain, availability_zone_hints, qos_policy_id, revision, created_at, updated_at)
        VALUES ({n.Id}, {n.Number}, {n.ProjectId}, {n.Name}, {n.Description}, {n.AdminStateUp}, {n.External}, {n.IsDefault}, {n.Mtu}, {n.PortSecurityEnabled},
            {n.NetworkType}, {n.PhysicalNetwork}, {n.SegmentationId}, {n.DnsDomain}, {Words.Join(n.AvailabilityZoneHints)}, {n.QosPolicyId}, {n.Revision}, {n.CreatedAt}, {n.UpdatedAt})
        """);

    public static void Update(Tx tx, NetworkRecord n) => tx.Execute(
        $"""
        UPDATE networks SET name = {n.Name}, description = {n.Description}, admin_state_up = {n.AdminStateUp}, external = {n.External},
            is_default = {n.IsDefault}, mtu = {n.Mtu}, port_security_enabled = {n.PortSecurityEnabled}, network_type = {n.NetworkType},
            physical_network = {n.PhysicalNetwork}, segmentation_id = {n.SegmentationId}, dns_domain = {n.DnsDomain},
            qos_policy_id = {n.QosPolicyId}, revision = revision + 1, updated_at = {n.UpdatedAt}
        WHERE id = {n.Id}
        """);

    /// <summary>A subnet came or went: that is a new revision of its network too.</summary>
    public static void Touch(Tx tx, string id, DateTimeOffset now) =>
        tx.Execute($"UPDATE networks SET revision = revision + 1, updated_at = {now} WHERE id = {id}");

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM networks WHERE id = {id}");
        tx.Execute($"DELETE FROM network_rbac WHERE object_type = 'network' AND object_id = {id}");
        TagStore.Forget(tx, id);
    }

    /// <summary>A handle that no network has: the next, and only when they ran out one that was given back.</summary>
    public static int NextNumber(Tx tx) => Numbers.Next(tx, "networks", 65535);
}
