using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Placement;

/// <param name="Ratio">How often each unit may be given away.</param>
internal sealed record Inventory(long Total, long Reserved, long MinUnit, long MaxUnit, long StepSize, double Ratio)
{
    public double Capacity => (Total - Reserved) * Ratio;
}

/// <summary>One consumer's use of one class at one provider.</summary>
internal sealed record Allocation(string ConsumerId, string ProviderId, string ResourceClass, long Used);

/// <param name="OfServer">The consumer is a server of this cloud: Compute alone changes what it has.</param>
internal sealed record Consumer(string Id, string ProjectId, string UserId, string? Type, long Generation, bool OfServer);

internal sealed record Provider(string Id, string Name, string? ParentId, long Generation, bool IsHost)
{
    public string RootId { get; set; } = Id;
    public Dictionary<string, Inventory> Inventories { get; } = new(StringComparer.Ordinal);
    public SortedSet<string> Traits { get; } = new(StringComparer.Ordinal);
    public SortedSet<string> Aggregates { get; } = new(StringComparer.Ordinal);
    public List<Allocation> Allocations { get; } = [];

    public long Used(string resourceClass) => Allocations.Where(a => a.ResourceClass == resourceClass).Sum(a => a.Used);
}

/// <summary>
/// Everything Placement knows, in memory: who provides what and who has it. One cloud has few providers, so each request reads
/// all of them in its transaction and decides in plain code. Hosts and servers come out of Compute's rows: there is nothing to
/// keep in step.
/// </summary>
internal sealed class Ledger
{
    public required IReadOnlyList<Provider> Providers { get; init; }
    public required IReadOnlyDictionary<string, Consumer> Consumers { get; init; }
    public required IReadOnlySet<string> CustomClasses { get; init; }
    public required IReadOnlySet<string> CustomTraits { get; init; }

    public static Ledger Load(Tx tx, ComputeHosts hosts)
    {
        var providers = tx.Query($"SELECT id, name, parent_id, generation, is_host FROM placement_providers ORDER BY number",
            row => new Provider(row.Text(), row.Text(), row.TextOrNull(), row.Long(), row.Flag()));
        var byId = providers.ToDictionary(p => p.Id, StringComparer.Ordinal);
        foreach (var provider in providers) provider.RootId = RootOf(provider, byId);
        var consumers = tx.Query($"SELECT id, project_id, user_id, consumer_type, generation FROM placement_consumers",
            row => new Consumer(row.Text(), row.Text(), row.Text(), row.TextOrNull(), row.Long(), false))
            .ToDictionary(c => c.Id, StringComparer.Ordinal);
        LoadStored(tx, byId);
        LoadHosts(tx, hosts, providers.Where(p => p.IsHost).ToDictionary(p => p.Name, StringComparer.Ordinal), consumers);
        return new Ledger
        {
            Providers = providers,
            Consumers = consumers,
            CustomClasses = tx.Query($"SELECT name FROM placement_resource_classes ORDER BY name", row => row.Text()).ToHashSet(StringComparer.Ordinal),
            CustomTraits = tx.Query($"SELECT name FROM placement_traits ORDER BY name", row => row.Text()).ToHashSet(StringComparer.Ordinal),
        };
    }

    private static string RootOf(Provider provider, Dictionary<string, Provider> byId)
    {
        var at = provider;
        while (at.ParentId is { } parent && byId.TryGetValue(parent, out var above)) at = above;
        return at.Id;
    }

    private static void LoadStored(Tx tx, Dictionary<string, Provider> providers)
    {
        foreach (var (id, name, inventory) in tx.Query($"""
            SELECT provider_id, resource_class, total, reserved, min_unit, max_unit, step_size, allocation_ratio FROM placement_inventories
            ORDER BY resource_class
            """, row => (row.Text(), row.Text(), new Inventory(row.Long(), row.Long(), row.Long(), row.Long(), row.Long(), row.Double()))))
            if (providers.TryGetValue(id, out var provider)) provider.Inventories[name] = inventory;
        foreach (var (id, trait) in tx.Query($"SELECT provider_id, trait FROM placement_provider_traits", row => (row.Text(), row.Text())))
            if (providers.TryGetValue(id, out var provider)) provider.Traits.Add(trait);
        foreach (var (id, aggregate) in tx.Query($"SELECT provider_id, aggregate_id FROM placement_provider_aggregates", row => (row.Text(), row.Text())))
            if (providers.TryGetValue(id, out var provider)) provider.Aggregates.Add(aggregate);
        foreach (var allocation in tx.Query($"SELECT consumer_id, provider_id, resource_class, used FROM placement_allocations",
            row => new Allocation(row.Text(), row.Text(), row.Text(), row.Long())))
            if (providers.TryGetValue(allocation.ProviderId, out var provider)) provider.Allocations.Add(allocation);
    }

    private static void LoadHosts(Tx tx, ComputeHosts hosts, Dictionary<string, Provider> byHost, Dictionary<string, Consumer> consumers)
    {
        foreach (var load in hosts.Loads(tx))
        {
            if (!byHost.TryGetValue(load.Host, out var provider)) continue;
            provider.Inventories["VCPU"] = new Inventory(load.Vcpus, 0, 1, load.Vcpus, 1, ComputeHosts.CpuRatio);
            provider.Inventories["MEMORY_MB"] = new Inventory(load.RamMib, 0, 1, load.RamMib, 1, ComputeHosts.RamRatio);
            provider.Inventories["DISK_GB"] = new Inventory(load.Disk.Total, load.Disk.Reserved, 1, load.Disk.Total, 1, hosts.DiskRatio);
            provider.Traits.UnionWith(StandardNames.OfHosts);
        }
        foreach (var (host, aggregate) in tx.Query(
            $"SELECT h.host, a.uuid FROM aggregate_hosts h JOIN aggregates a ON a.number = h.aggregate", row => (row.Text(), row.Text())))
            if (byHost.TryGetValue(host, out var provider)) provider.Aggregates.Add(aggregate);
        foreach (var s in tx.Query($"""
            SELECT id, host, project_id, user_id, vcpus, ram_mib, disk_gib FROM servers WHERE deleted = 0 AND host IS NOT NULL ORDER BY number
            """, row => (Id: row.Text(), Host: row.Text(), Project: row.Text(), User: row.Text(), Vcpus: row.Long(), Ram: row.Long(), Disk: row.Long())))
        {
            consumers[s.Id] = new Consumer(s.Id, s.Project, s.User, "INSTANCE", 1, true);
            if (!byHost.TryGetValue(s.Host, out var provider)) continue;
            provider.Allocations.Add(new Allocation(s.Id, provider.Id, "VCPU", s.Vcpus));
            provider.Allocations.Add(new Allocation(s.Id, provider.Id, "MEMORY_MB", s.Ram));
            if (s.Disk > 0) provider.Allocations.Add(new Allocation(s.Id, provider.Id, "DISK_GB", s.Disk));
        }
    }

    public Provider? Find(string id) => Providers.FirstOrDefault(p => p.Id == id);

    public Provider Get(string id) => Find(id) ?? throw Fault.NotFound($"No resource provider with uuid {id.Truncated()} found");

    public IEnumerable<Allocation> AllocationsOf(string consumerId) =>
        Providers.SelectMany(p => p.Allocations).Where(a => a.ConsumerId == consumerId);

    public bool KnowsClass(string name) => StandardNames.ResourceClasses.Contains(name) || CustomClasses.Contains(name);

    public bool KnowsTrait(string name) => StandardNames.Traits.Contains(name) || CustomTraits.Contains(name);

    public void RequireClasses(IEnumerable<string> names)
    {
        if (names.FirstOrDefault(n => !KnowsClass(n)) is { } unknown)
            throw Fault.BadRequest($"Invalid resource class in resources parameter: No such resource class {unknown.Truncated()}.");
    }

    public void RequireTraits(IEnumerable<string> names)
    {
        var unknown = names.Where(n => !KnowsTrait(n)).ToList();
        if (unknown.Count > 0) throw Fault.BadRequest($"No such trait(s): {string.Join(", ", unknown).Truncated()}.");
    }
}
