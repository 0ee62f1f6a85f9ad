using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.FloatingIps;

/// <summary>The rows of floating IPs.</summary>
internal static class FloatingIpStore
{
    public const string Columns =
        "SELECT f.id, f.project_id, f.description, f.floating_ip_address, f.floating_network_id, f.floating_port_id, f.fixed_port_id, f.fixed_ip_address, f.router_id, f.status, f.dns_name, f.dns_domain, f.qos_policy_id, f.revision, f.created_at, f.updated_at FROM floating_ips f";

    public static FloatingIpRecord Read(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        Description = row.Text(),
        FloatingIpAddress = row.Text(),
        FloatingNetworkId = row.Text(),
        FloatingPortId = row.Text(),
        FixedPortId = row.TextOrNull(),
        FixedIpAddress = row.TextOrNull(),
        RouterId = row.TextOrNull(),
        Status = row.Text(),
        DnsName = row.Text(),
        DnsDomain = row.Text(),
        QosPolicyId = row.TextOrNull(),
        Revision = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
    };

    public static Sql Visible(Caller caller) => caller.IsAdmin || caller.Roles.Contains("service")
        ? Sql.Raw("1 = 1")
        : new Sql().Add($"f.project_id = {caller.ProjectId}");

    public static FloatingIpRecord? Find(Tx tx, Caller caller, string id) => Query(tx, $" WHERE f.id = {id} AND ({Visible(caller)})").FirstOrDefault();

    /// <param name="where">Begins with <c> WHERE</c>; the table's alias is f.</param>
    public static IReadOnlyList<FloatingIpRecord> Query(Tx tx, Sql where) =>
        Complete(tx, tx.Query(new Sql().Add(Sql.Raw(Columns)).Add(where), Read));

    public static IReadOnlyList<FloatingIpRecord> Complete(Tx tx, IReadOnlyList<FloatingIpRecord> items)
    {
        if (items.Count == 0) return items;
        var tags = TagStore.Of(tx, [.. items.Select(f => f.Id)]);
        var ports = Ports.PortStore.Query(tx, $" WHERE p.id IN {items.Select(f => f.FixedPortId).OfType<string>().Distinct().ToList()}").ToDictionary(p => p.Id);
        var forwardings = PortForwardingStore.OfFloatingIps(tx, [.. items.Select(f => f.Id)]);
        return [.. items.Select(f => f with
        {
            Tags = [.. tags[f.Id]],
            Forwardings = [.. forwardings[f.Id]],
            FixedPort = f.FixedPortId is null ? null : ports.GetValueOrDefault(f.FixedPortId),
        })];
    }

    public static void Insert(Tx tx, FloatingIpRecord f) => tx.Execute(
        $"""
        INSERT INTO floating_ips (id, project_id, description, floating_ip_address, floating_network_id, floating_port_id, fixed_port_id, fixed_ip_address,
            router_id, status, dns_name, dns_domain, qos_policy_id, revision, created_at, updated_at)
        VALUES ({f.Id}, {f.ProjectId}, {f.Description}, {f.FloatingIpAddress}, {f.FloatingNetworkId}, {f.FloatingPortId}, {f.FixedPortId}, {f.FixedIpAddress},
            {f.RouterId}, {f.Status}, {f.DnsName}, {f.DnsDomain}, {f.QosPolicyId}, {f.Revision}, {f.CreatedAt}, {f.UpdatedAt})
        """);

    public static void Update(Tx tx, FloatingIpRecord f) => tx.Execute(
        $"""
        UPDATE floating_ips SET description = {f.Description}, fixed_port_id = {f.FixedPortId}, fixed_ip_address = {f.FixedIpAddress},
            router_id = {f.RouterId}, status = {f.Status}, qos_policy_id = {f.QosPolicyId}, revision = revision + 1, updated_at = {f.UpdatedAt}
        WHERE id = {f.Id}
        """);

    /// <summary>The port, or one of its addresses, goes: its floating IPs stay and point nowhere.</summary>
    public static void Disassociate(Tx tx, string fixedPortId, DateTimeOffset now) => tx.Execute(
        $"""
        UPDATE floating_ips SET fixed_port_id = NULL, fixed_ip_address = NULL, router_id = NULL, status = 'DOWN',
            revision = revision + 1, updated_at = {now}
        WHERE fixed_port_id = {fixedPortId}
        """);

    /// <summary>Its router came to an agent, or went from it.</summary>
    public static void FollowRouter(Tx tx, string routerId, DateTimeOffset now)
    {
        var status = Association.StatusBehind(tx, routerId);
        tx.Execute(
            $"""
            UPDATE floating_ips SET status = {status}, revision = revision + 1, updated_at = {now}
            WHERE router_id = {routerId} AND status <> {status}
            """);
    }

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM port_forwardings WHERE floatingip_id = {id}");
        tx.Execute($"DELETE FROM floating_ips WHERE id = {id}");
        TagStore.Forget(tx, id);
    }
}
