using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Gives consumers exactly what they shall have, all of them or none; each provider's room is looked at once at the end.</summary>
internal sealed class AllocationWriting(Tx tx, Ledger ledger)
{
    public void Apply(IReadOnlyList<AllocationWish> wishes)
    {
        foreach (var wish in wishes) Check(wish);
        var consumers = wishes.Select(w => w.ConsumerId).ToHashSet(StringComparer.Ordinal);
        var wanted = wishes.SelectMany(w => w.Allocations).ToList();
        foreach (var provider in wanted.GroupBy(a => a.ProviderId)) RequireRoom(provider.Key, [.. provider], consumers);
        var touched = ledger.Providers.Where(p => p.Allocations.Any(a => consumers.Contains(a.ConsumerId))).Select(p => p.Id)
            .Union(wanted.Select(a => a.ProviderId)).ToList();
        foreach (var wish in wishes)
        {
            var present = ledger.Consumers.GetValueOrDefault(wish.ConsumerId);
            PlacementStore.ForgetConsumer(tx, wish.ConsumerId);
            if (wish.Allocations.Count == 0) continue;
            PlacementStore.SaveConsumer(tx, wish.Next(present));
            foreach (var allocation in wish.Allocations) PlacementStore.Allocate(tx, allocation);
        }
        foreach (var id in touched) PlacementStore.Touch(tx, id);
    }

    /// <summary>What servers have is Compute's to change.</summary>
    public static void RequireForeign(Ledger ledger, string consumerId)
    {
        if (ledger.Consumers.GetValueOrDefault(consumerId) is { OfServer: true })
            throw PlacementReply.Conflict($"Inventory and/or allocations changed while attempting to allocate: consumer {consumerId} is a server; its allocations follow the server.");
    }

    private void Check(AllocationWish wish)
    {
        RequireForeign(ledger, wish.ConsumerId);
        var present = ledger.Consumers.GetValueOrDefault(wish.ConsumerId);
        if (wish.Guarded && present?.Generation != wish.Generation)
            throw PlacementReply.Conflict(
                $"consumer generation conflict - expected {present?.Generation.ToString() ?? "null"} but got {wish.Generation?.ToString() ?? "None"}");
        foreach (var allocation in wish.Allocations)
        {
            if (ledger.Find(allocation.ProviderId) is null)
                throw Fault.BadRequest($"Allocation for resource provider '{allocation.ProviderId}' that does not exist.");
            if (!ledger.KnowsClass(allocation.ResourceClass))
                throw Fault.BadRequest($"Unable to allocate inventory for consumer {wish.ConsumerId}: No such resource class {allocation.ResourceClass.Truncated()}.");
        }
    }

    private void RequireRoom(string providerId, List<Allocation> wanted, HashSet<string> consumers)
    {
        var provider = ledger.Get(providerId);
        foreach (var allocation in wanted)
        {
            var (name, amount) = (allocation.ResourceClass, allocation.Used);
            if (!provider.Inventories.TryGetValue(name, out var inventory))
                throw Fault.Conflict($"Unable to allocate inventory: Inventory for '{name}' on resource provider '{providerId}' invalid.");
            if (amount < inventory.MinUnit || amount > inventory.MaxUnit || amount % inventory.StepSize != 0)
                throw Fault.Conflict($"Unable to allocate inventory: Unable to create allocation for '{name}' on resource provider '{providerId}'. "
                    + "The requested amount would violate inventory constraints.");
            var others = provider.Allocations.Where(a => a.ResourceClass == name && !consumers.Contains(a.ConsumerId)).Sum(a => a.Used);
            if (others + wanted.Where(a => a.ResourceClass == name).Sum(a => a.Used) > inventory.Capacity)
                throw Fault.Conflict($"Unable to allocate inventory: Unable to create allocation for '{name}' on resource provider '{providerId}'. "
                    + "The requested amount would exceed the capacity.");
        }
    }
}
