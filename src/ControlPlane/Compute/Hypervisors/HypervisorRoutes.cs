using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Services;

namespace Cumulet.ControlPlane.Compute.Hypervisors;

/// <summary>Every URL of hypervisors; search, servers and figures moved into the lists at 2.53 and 2.88.</summary>
internal static class HypervisorRoutes
{
    public static void Map(RouteTable routes, ComputeServices services)
    {
        var list = new ListHypervisors(services);
        var show = new ShowHypervisor(services);
        const string policy = "os_compute_api:os-hypervisors:";
        routes.Get("v2.1/os-hypervisors", policy + "list", list.Brief);
        routes.Get("v2.1/os-hypervisors/detail", policy + "list-detail", list.Detail);
        routes.Get("v2.1/os-hypervisors/statistics", policy + "statistics", show.Statistics).Until(2, 87);
        routes.Get("v2.1/os-hypervisors/{id}", policy + "show", show.Handle);
        routes.Get("v2.1/os-hypervisors/{id}/uptime", policy + "uptime", show.Uptime).Until(2, 87);
        routes.Get("v2.1/os-hypervisors/{id}/search", policy + "search", list.Search).Until(2, 52);
        routes.Get("v2.1/os-hypervisors/{id}/servers", policy + "servers", list.Servers).Until(2, 52);
    }
}
