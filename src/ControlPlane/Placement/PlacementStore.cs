using Cumulet.ControlPlane.Compute.Services;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Placement;

/// <summary>What is written; every decision is taken from a <see cref="Ledger"/> in the same transaction.</summary>
internal static class PlacementStore
{
    public static void InsertProvider(Tx tx, string id, string name, string? parentId, bool isHost, DateTimeOffset now) => tx.Execute($"""
        INSERT INTO placement_providers (id, number, name, parent_id, generation, is_host, created_at)
        VALUES ({id}, (SELECT COALESCE(MAX(number), 0) + 1 FROM placement_providers), {name}, {parentId}, 0, {isHost}, {now})
        """);

    /// <summary>Gives every hypervisor its provider and takes the providers of hypervisors that are gone.</summary>
    public static void RegisterHosts(Tx tx, DateTimeOffset now)
    {
        var nodes = ServiceStore.Nodes(tx);
        foreach (var id in tx.Query($"SELECT id FROM placement_providers WHERE is_host = 1", row => row.Text()))
            if (nodes.All(n => n.Id != id)) DeleteProvider(tx, id);
        foreach (var node in nodes)
        {
            if (tx.Exists($"SELECT 1 FROM placement_providers WHERE id = {node.Id}")) continue;
            // A name that somebody else's provider took stays theirs; names are unique.
            var taken = tx.Exists($"SELECT 1 FROM placement_providers WHERE name = {node.Host}");
            if (taken) tx.Execute($"UPDATE placement_providers SET name = id WHERE name = {node.Host}");
            InsertProvider(tx, node.Id, node.Host, null, isHost: true, now);
        }
    }

    public static void DeleteProvider(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM placement_inventories WHERE provider_id = {id}");
        tx.Execute($"DELETE FROM placement_provider_traits WHERE provider_id = {id}");
        tx.Execute($"DELETE FROM placement_provider_aggregates WHERE provider_id = {id}");
        tx.Execute($"DELETE FROM placement_allocations WHERE provider_id = {id}");
        tx.Execute($"DELETE FROM placement_providers WHERE id = {id}");
    }

    public static void Touch(Tx tx, string providerId) =>
        tx.Execute($"UPDATE placement_providers SET generation = generation + 1 WHERE id = {providerId}");

    public static void SetInventory(Tx tx, string providerId, string resourceClass, Inventory i) => tx.Execute($"""
        INSERT INTO placement_inventories (provider_id, resource_class, total, reserved, min_unit, max_unit, step_size, allocation_ratio)
        VALUES ({providerId}, {resourceClass}, {i.Total}, {i.Reserved}, {i.MinUnit}, {i.MaxUnit}, {i.StepSize}, {i.Ratio})
        ON CONFLICT (provider_id, resource_class) DO UPDATE SET total = excluded.total, reserved = excluded.reserved,
            min_unit = excluded.min_unit, max_unit = excluded.max_unit, step_size = excluded.step_size, allocation_ratio = excluded.allocation_ratio
        """);

    public static void DeleteInventory(Tx tx, string providerId, string resourceClass) => tx.Execute(
        $"DELETE FROM placement_inventories WHERE provider_id = {providerId} AND resource_class = {resourceClass}");

    public static void SetTraits(Tx tx, string providerId, IEnumerable<string> traits)
    {
        tx.Execute($"DELETE FROM placement_provider_traits WHERE provider_id = {providerId}");
        foreach (var trait in traits) tx.Execute($"INSERT INTO placement_provider_traits (provider_id, trait) VALUES ({providerId}, {trait})");
    }

    public static void SetAggregates(Tx tx, string providerId, IEnumerable<string> aggregates)
    {
        tx.Execute($"DELETE FROM placement_provider_aggregates WHERE provider_id = {providerId}");
        foreach (var aggregate in aggregates)
            tx.Execute($"INSERT INTO placement_provider_aggregates (provider_id, aggregate_id) VALUES ({providerId}, {aggregate})");
    }

    /// <summary>Makes the consumer or brings it to the next generation.</summary>
    public static void SaveConsumer(Tx tx, Consumer c) => tx.Execute($"""
        INSERT INTO placement_consumers (id, project_id, user_id, consumer_type, generation)
        VALUES ({c.Id}, {c.ProjectId}, {c.UserId}, {c.Type}, {c.Generation})
        ON CONFLICT (id) DO UPDATE SET project_id = excluded.project_id, user_id = excluded.user_id,
            consumer_type = excluded.consumer_type, generation = excluded.generation
        """);

    /// <summary>A consumer with nothing is none.</summary>
    public static void ForgetConsumer(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM placement_allocations WHERE consumer_id = {id}");
        tx.Execute($"DELETE FROM placement_consumers WHERE id = {id}");
    }

    public static void Allocate(Tx tx, Allocation a) => tx.Execute($"""
        INSERT INTO placement_allocations (consumer_id, provider_id, resource_class, used)
        VALUES ({a.ConsumerId}, {a.ProviderId}, {a.ResourceClass}, {a.Used})
        """);
}
