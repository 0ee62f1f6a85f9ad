using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Services;

/// <summary>Rows of services and hypervisors.</summary>
internal static class ServiceStore
{
    private const string Columns = "s.id, s.number, s.host, s.kind, s.disabled, s.disabled_reason, s.forced_down, s.created_at";

    private static ServiceRecord Read(Row row) => new(
        row.Text(), row.Long(), row.Text(), row.Text(), row.Flag(), row.TextOrNull(), row.Flag(), row.Time());

    public static List<ServiceRecord> All(Tx tx) =>
        tx.Query(Sql.Raw($"SELECT {Columns} FROM compute_services s ORDER BY s.number"), Read);

    public static ServiceRecord? Find(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw($"SELECT {Columns} FROM compute_services s WHERE s.id = ")).Add($"{id}"), Read);

    public static ServiceRecord? FindByNumber(Tx tx, long number) =>
        tx.Find(new Sql().Add(Sql.Raw($"SELECT {Columns} FROM compute_services s WHERE s.number = ")).Add($"{number}"), Read);

    public static ServiceRecord? Find(Tx tx, string host, string kind) => tx.Find(
        new Sql().Add(Sql.Raw($"SELECT {Columns} FROM compute_services s WHERE s.host = ")).Add($"{host} AND s.kind = {kind}"), Read);

    public static List<NodeRecord> Nodes(Tx tx) => tx.Query(
        $"SELECT id, number, host FROM compute_nodes ORDER BY number", row => new NodeRecord(row.Text(), row.Long(), row.Text()));

    public static NodeRecord? FindNode(Tx tx, string id) => tx.Find(
        $"SELECT id, number, host FROM compute_nodes WHERE id = {id}", row => new NodeRecord(row.Text(), row.Long(), row.Text()));

    public static void Save(Tx tx, ServiceRecord service) => tx.Execute($"""
        UPDATE compute_services SET disabled = {service.Disabled}, disabled_reason = {service.DisabledReason}, forced_down = {service.ForcedDown}
        WHERE id = {service.Id}
        """);

    public static void Delete(Tx tx, ServiceRecord service)
    {
        tx.Execute($"DELETE FROM compute_services WHERE id = {service.Id}");
        if (!service.IsCompute) return;
        tx.Execute($"DELETE FROM compute_nodes WHERE host = {service.Host}");
        tx.Execute($"DELETE FROM aggregate_hosts WHERE host = {service.Host}");
    }

    public static void InsertWhereMissing(Tx tx, string host, string kind, DateTimeOffset now)
    {
        if (Find(tx, host, kind) is null)
            tx.Execute($"""
                INSERT INTO compute_services (id, number, host, kind, disabled, forced_down, created_at)
                VALUES ({Guid.NewGuid()}, (SELECT COALESCE(MAX(number), 0) + 1 FROM compute_services), {host}, {kind}, 0, 0, {now})
                """);
        if (kind == ServiceRecord.Compute && !tx.Exists($"SELECT 1 FROM compute_nodes WHERE host = {host}"))
            tx.Execute($"""
                INSERT INTO compute_nodes (id, number, host, created_at)
                VALUES ({Guid.NewGuid()}, (SELECT COALESCE(MAX(number), 0) + 1 FROM compute_nodes), {host}, {now})
                """);
    }

    public static bool HasServers(Tx tx, string host) => tx.Exists($"SELECT 1 FROM servers WHERE host = {host} AND deleted = 0");
}
