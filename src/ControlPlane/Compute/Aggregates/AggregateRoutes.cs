using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Aggregates;

/// <summary>Every URL of aggregates.</summary>
internal static class AggregateRoutes
{
    public static void Map(RouteTable routes, CloudParts parts)
    {
        var manage = new ManageAggregates(parts);
        var hosts = new AggregateHosts(parts);
        const string policy = "os_compute_api:os-aggregates:";
        routes.Get("v2.1/os-aggregates", policy + "index", manage.List);
        routes.Post("v2.1/os-aggregates", policy + "create", manage.Create);
        routes.Get("v2.1/os-aggregates/{id}", policy + "show", manage.Show);
        routes.Put("v2.1/os-aggregates/{id}", policy + "update", manage.Update);
        routes.Delete("v2.1/os-aggregates/{id}", policy + "delete", manage.Delete);
        routes.Action("v2.1/os-aggregates/{id}/action", "add_host", policy + "add_host", hosts.Add);
        routes.Action("v2.1/os-aggregates/{id}/action", "remove_host", policy + "remove_host", hosts.Remove);
        routes.Action("v2.1/os-aggregates/{id}/action", "set_metadata", policy + "set_metadata", hosts.SetMetadata);
        routes.Post("v2.1/os-aggregates/{id}/images", "compute:aggregates:images", hosts.CacheImages).Since(2, 81);
    }
}
