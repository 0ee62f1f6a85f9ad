using System.Globalization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Aggregates;

/// <summary>Rows of aggregates with their hosts and metadata.</summary>
internal static class AggregateStore
{
    public static List<AggregateRecord> All(Tx tx)
    {
        var hosts = tx.Query($"SELECT aggregate, host FROM aggregate_hosts ORDER BY host", row => (Of: row.Long(), Host: row.Text()))
            .ToLookup(h => h.Of, h => h.Host);
        var metadata = tx.Query($"SELECT aggregate, name, value FROM aggregate_metadata ORDER BY name",
            row => (Of: row.Long(), Name: row.Text(), Value: row.Text())).ToLookup(m => m.Of);
        return tx.Query($"SELECT number, uuid, name, created_at, updated_at FROM aggregates ORDER BY number",
            row => new AggregateRecord(row.Long(), row.Text(), row.Text(), row.Time(), row.TimeOrNull()))
            .ConvertAll(a => a with
            {
                Hosts = [.. hosts[a.Number]],
                Metadata = metadata[a.Number].ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal),
            });
    }

    /// <summary>The aggregate with the number a URL names; 400 where it is none, 404 where nothing has it.</summary>
    public static AggregateRecord Get(Tx tx, string id)
    {
        if (!long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw Fault.BadRequest("Invalid input received: id must be an integer");
        return All(tx).Find(a => a.Number == number)
            ?? throw Fault.NotFound($"Aggregate {id} could not be found.");
    }

    public static AggregateRecord Insert(Tx tx, string name, string? zone, DateTimeOffset now)
    {
        RequireFreeName(tx, name, exceptNumber: 0);
        var number = tx.Count($"SELECT COALESCE(MAX(number), 0) + 1 FROM aggregates");
        tx.Execute($"INSERT INTO aggregates (number, uuid, name, created_at) VALUES ({number}, {Guid.NewGuid()}, {name}, {now})");
        if (zone is not null) SetMetadata(tx, number, AvailabilityZones.Zones.Key, zone);
        return Get(tx, number.ToString(CultureInfo.InvariantCulture));
    }

    public static void RequireFreeName(Tx tx, string name, long exceptNumber)
    {
        if (tx.Exists($"SELECT 1 FROM aggregates WHERE name = {name} AND number <> {exceptNumber}"))
            throw Fault.Conflict($"Aggregate {name} already exists.");
    }

    public static void SetMetadata(Tx tx, long number, string name, string? value)
    {
        if (value is null) tx.Execute($"DELETE FROM aggregate_metadata WHERE aggregate = {number} AND name = {name}");
        else tx.Execute($"""
            INSERT INTO aggregate_metadata (aggregate, name, value) VALUES ({number}, {name}, {value})
            ON CONFLICT (aggregate, name) DO UPDATE SET value = excluded.value
            """);
    }

    public static void Touch(Tx tx, long number, DateTimeOffset now) =>
        tx.Execute($"UPDATE aggregates SET updated_at = {now} WHERE number = {number}");
}
