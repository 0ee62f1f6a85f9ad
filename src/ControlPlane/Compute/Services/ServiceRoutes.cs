using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Services;

/// <summary>Every URL of services.</summary>
internal static class ServiceRoutes
{
    public static void Map(RouteTable routes, ComputeServices services)
    {
        var list = new ListServices(services);
        var change = new UpdateService(services, list);
        routes.Get("v2.1/os-services", "os_compute_api:os-services:list", list.Handle);
        routes.Put("v2.1/os-services/{id}", "os_compute_api:os-services:update", change.ByAction).Until(2, 52);
        routes.Put("v2.1/os-services/{id}", "os_compute_api:os-services:update", change.ById).Since(2, 53);
        routes.Delete("v2.1/os-services/{id}", "os_compute_api:os-services:delete", change.Delete);
    }
}
