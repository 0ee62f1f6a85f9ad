using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity;

namespace Cumulet.ControlPlane.Compute.Flavors;

/// <summary>Every URL of flavors.</summary>
internal static class FlavorRoutes
{
    public static void Map(RouteTable routes, CloudParts parts, IdentityRoom identity)
    {
        var list = new ListFlavors(parts.Database);
        var manage = new ManageFlavors(parts);
        var specs = new FlavorExtraSpecs(parts.Database);
        var access = new FlavorAccess(parts.Database, identity);
        const string see = "os_compute_api:flavors";
        routes.Get("v2.1/flavors", see, list.Brief).FromRows();
        routes.Get("v2.1/flavors/detail", see, list.Detail).FromRows();
        routes.Get("v2.1/flavors/{id}", see, list.Show);
        routes.Post("v2.1/flavors", "os_compute_api:os-flavor-manage:create", manage.Create);
        routes.Put("v2.1/flavors/{id}", "os_compute_api:os-flavor-manage:update", manage.Update).Since(2, 55);
        routes.Delete("v2.1/flavors/{id}", "os_compute_api:os-flavor-manage:delete", manage.Delete);
        routes.Get("v2.1/flavors/{id}/os-extra_specs", "os_compute_api:os-flavor-extra-specs:index", specs.List);
        routes.Post("v2.1/flavors/{id}/os-extra_specs", "os_compute_api:os-flavor-extra-specs:create", specs.Create);
        routes.Get("v2.1/flavors/{id}/os-extra_specs/{key}", "os_compute_api:os-flavor-extra-specs:show", specs.Show);
        routes.Put("v2.1/flavors/{id}/os-extra_specs/{key}", "os_compute_api:os-flavor-extra-specs:update", specs.Update);
        routes.Delete("v2.1/flavors/{id}/os-extra_specs/{key}", "os_compute_api:os-flavor-extra-specs:delete", specs.Delete);
        routes.Get("v2.1/flavors/{id}/os-flavor-access", "os_compute_api:os-flavor-access", access.List);
        routes.Action("v2.1/flavors/{id}/action", "addTenantAccess", "os_compute_api:os-flavor-access:add_tenant_access", access.Add);
        routes.Action("v2.1/flavors/{id}/action", "removeTenantAccess", "os_compute_api:os-flavor-access:remove_tenant_access", access.Remove);
    }
}
