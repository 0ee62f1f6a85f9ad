using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking;

/// <summary>Short handles for device names and packet marks, which have no room for uuids.</summary>
internal static class Numbers
{
    /// <param name="table">networks or ports.</param>
    public static int Next(Tx tx, string table, int max)
    {
        var next = tx.Count(Sql.Raw($"SELECT COALESCE(MAX(number), 0) + 1 FROM {table}"));
        if (next <= max) return (int)next;
        var gap = tx.Count(Sql.Raw(
            $"SELECT MIN(f.number) + 1 FROM (SELECT 0 AS number UNION ALL SELECT number FROM {table}) f WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.number = f.number + 1)"));
        return gap <= max
            ? (int)gap
            : throw Api.Fault.Conflict($"This cloud has {max} {table}, which is all it can have.", "OverQuota");
    }
}
