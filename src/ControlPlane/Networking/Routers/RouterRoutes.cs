using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Routers;

/// <summary>A router's extra routes: each next hop must be a neighbour.</summary>
internal static class RouterRoutes
{
    private const int Max = 30;

    public static IReadOnlyList<HostRoute> Checked(Tx tx, RouterRecord router, IReadOnlyList<HostRoute> routes)
    {
        if (routes.Count > Max)
            throw Fault.BadRequest($"Unable to complete operation for {router.Id}. The number of routes exceeds the maximum {Max}.", "RoutesExhausted");
        var ports = PortStore.Query(tx, $" WHERE p.device_id = {router.Id} AND p.device_owner LIKE 'network:router_%'");
        var subnets = ports.SelectMany(p => p.FixedIps).Select(f => SubnetStore.FindAny(tx, f.SubnetId)!).ToList();
        var own = ports.SelectMany(p => p.FixedIps).Select(f => f.Address).ToHashSet();
        foreach (var route in routes)
        {
            var hop = IPAddress.Parse(route.NextHop);
            if (!subnets.Exists(s => s.Cidr.Contains(hop))) throw Invalid(routes, "the nexthop is not connected with router");
            if (own.Contains(hop)) throw Invalid(routes, "the nexthop is used by router");
        }
        if (routes.Distinct().Count() != routes.Count) throw NetworkFault.Invalid("routes", $"Duplicate items in the list: '{Text(routes)}'");
        return routes;
    }

    private static Fault Invalid(IReadOnlyList<HostRoute> routes, string reason) =>
        Fault.BadRequest($"Invalid format for routes: {Text(routes)}, {reason}", "InvalidRoutes");

    private static string Text(IEnumerable<HostRoute> routes) =>
        $"[{string.Join(", ", routes.Select(r => $"{{'destination': '{r.Destination}', 'nexthop': '{r.NextHop}'}}"))}]";

    public static RouterRecord Add(Change<RouterRecord> change)
    {
        var asked = Asked(change);
        return Save(change, [.. change.Current.Routes.Concat(asked).Distinct()]);
    }

    public static RouterRecord Remove(Change<RouterRecord> change)
    {
        var asked = Asked(change);
        return Save(change, [.. change.Current.Routes.Where(r => !asked.Contains(r))]);
    }

    private static IReadOnlyList<HostRoute> Asked(Change<RouterRecord> change)
    {
        var body = change.Body.Get("router") ?? throw NetworkFault.BadRequest("Unable to find 'router' in request body");
        if (body.Get("routes") is not { } routes) throw NetworkFault.BadRequest("Unable to find 'routes' in request body");
        if (Checks.Routes(routes) is { } reason) throw NetworkFault.Invalid("routes", reason);
        return SubnetRules.AskedRoutes(body, "routes");
    }

    private static RouterRecord Save(Change<RouterRecord> change, IReadOnlyList<HostRoute> routes)
    {
        var router = change.Current with { Routes = Checked(change.Tx, change.Current, routes), UpdatedAt = change.Now };
        RouterStore.Update(change.Tx, router);
        return RouterStore.FindAny(change.Tx, router.Id)!;
    }
}
