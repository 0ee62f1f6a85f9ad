using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.FloatingIps;

/// <summary>The rows of port forwardings. A floating IP is at the router as long as it has one.</summary>
internal static class PortForwardingStore
{
    public const string Columns =
        "SELECT w.id, w.floatingip_id, w.internal_port_id, w.internal_ip_address, w.internal_port, w.external_port, w.protocol, w.description, f.project_id FROM port_forwardings w JOIN floating_ips f ON f.id = w.floatingip_id";

    public static PortForwardingRecord Read(Row row) =>
        new(row.Text(), row.Text(), row.Text(), row.Text(), row.Int(), row.Int(), row.Text(), row.Text()) { OwnerId = row.Text() };

    public static ILookup<string, PortForwardingRecord> OfFloatingIps(Tx tx, IReadOnlyCollection<string> ids) =>
        tx.Query(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE w.floatingip_id IN {ids} ORDER BY w.protocol, w.external_port"), Read).ToLookup(w => w.FloatingIpId);

    public static void Write(Tx tx, PortForwardingRecord w)
    {
        tx.Execute($"DELETE FROM port_forwardings WHERE id = {w.Id}");
        tx.Execute(
            $"""
            INSERT INTO port_forwardings (id, floatingip_id, internal_port_id, internal_ip_address, internal_port, external_port, protocol, description)
            VALUES ({w.Id}, {w.FloatingIpId}, {w.InternalPortId}, {w.InternalIpAddress}, {w.InternalPort}, {w.ExternalPort}, {w.Protocol}, {w.Description})
            """);
    }

    /// <summary>A port, or with <paramref name="onlyLost"/> those of its addresses that it lost, goes: what was forwarded there is no more.</summary>
    public static void Forget(Tx tx, string portId, DateTimeOffset now, bool onlyLost = false)
    {
        var gone = new Sql().Add($"internal_port_id = {portId}");
        if (onlyLost) gone.Add($" AND internal_ip_address NOT IN (SELECT a.ip_address FROM ip_allocations a WHERE a.port_id = {portId})");
        if (tx.Execute(new Sql().Add($"DELETE FROM port_forwardings WHERE {gone}")) > 0) FreeUnused(tx, now);
    }

    /// <summary>Floating IPs that lost their last forwarding are at no router any more.</summary>
    public static void FreeUnused(Tx tx, DateTimeOffset now) => tx.Execute(
        $"""
        UPDATE floating_ips SET router_id = NULL, status = 'DOWN', revision = revision + 1, updated_at = {now}
        WHERE router_id IS NOT NULL AND fixed_port_id IS NULL AND NOT EXISTS (SELECT 1 FROM port_forwardings w WHERE w.floatingip_id = floating_ips.id)
        """);

    /// <summary>An address to which single ports are forwarded gets no floating IP of its own.</summary>
    public static void RefuseForwarded(Tx tx, string portId, string address)
    {
        if (tx.Find($"SELECT floatingip_id FROM port_forwardings WHERE internal_port_id = {portId} AND internal_ip_address = {address}", row => row.Text()) is { } floating)
            throw Fault.Conflict(
                $"Cannot associate a floating IP with port {portId} using fixed IP {address}: floating IP {floating} forwards ports to it.",
                "PortHasPortForwarding");
    }
}
