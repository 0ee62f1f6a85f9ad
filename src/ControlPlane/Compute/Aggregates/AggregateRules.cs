using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Services;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Aggregates;

/// <summary>
/// What must hold of zones: a host is in one zone only, and servers do not change their zone because an aggregate does.
/// </summary>
internal static class AggregateRules
{
    /// <param name="refuse">Words the reason as the operation at hand does.</param>
    public static void RequireOneZone(Tx tx, AggregateRecord aggregate, string zone, IReadOnlyList<string> hosts, Func<string, Fault> refuse)
    {
        if (zone.Length == 0) throw refuse($"Aggregate {aggregate.Name} does not support empty named availability zone");
        var others = AggregateStore.All(tx)
            .Where(a => a.Number != aggregate.Number && a.Zone is not null && a.Zone != zone && a.Hosts.Intersect(hosts).Any())
            .Select(a => $"'{a.Zone}'").ToList();
        if (others.Count > 0) throw refuse($"One or more hosts already in availability zone(s) [{string.Join(", ", others)}]");
    }

    public static void RequireNoServers(Tx tx, IReadOnlyList<string> hosts, Func<string, Fault> refuse)
    {
        if (hosts.Any(h => ServiceStore.HasServers(tx, h))) throw refuse("One or more hosts contain instances in this zone");
    }

    public static void RequireServersStay(Tx tx, string host, string? before, string? after, string verb, Func<string, Fault> refuse)
    {
        if (before == after) return;
        var count = tx.Count($"SELECT COUNT(*) FROM servers WHERE host = {host} AND deleted = 0");
        if (count > 0)
            throw refuse($"The host cannot be {verb} the aggregate as the availability zone of the host would change from "
                + $"'{before ?? "None"}' to '{after ?? "None"}' but the host already has {count} instance(s). Changing the AZ of an existing instance "
                + "is not supported by this action. Move the instances away from this host then try again. If you need to move the "
                + "instances between AZs then you can use shelve_offload and unshelve to achieve this.");
    }
}
