using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.AvailabilityZones;

/// <summary>Zones as Nova has them: a host is in the zone that one of its aggregates names, else in the default one.</summary>
internal static class Zones
{
    public const string Key = "availability_zone";

    /// <summary>The hosts that are in a zone by an aggregate.</summary>
    public static IReadOnlyDictionary<string, string> ByHost(Tx tx)
    {
        var zones = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (host, zone) in tx.Query($"""
            SELECT h.host, m.value FROM aggregate_hosts h JOIN aggregate_metadata m ON m.aggregate = h.aggregate
            WHERE m.name = {Key} ORDER BY h.aggregate
            """, row => (row.Text(), row.Text())))
            zones.TryAdd(host, zone);
        return zones;
    }

    /// <summary>Null where no aggregate names one.</summary>
    public static string? Of(Tx tx, string host) => tx.Find($"""
        SELECT m.value FROM aggregate_hosts h JOIN aggregate_metadata m ON m.aggregate = h.aggregate
        WHERE m.name = {Key} AND h.host = {host} ORDER BY h.aggregate
        """, row => row.Text());
}
