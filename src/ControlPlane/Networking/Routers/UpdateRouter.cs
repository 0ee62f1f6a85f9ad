using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Subnets;

namespace Cumulet.ControlPlane.Networking.Routers;

internal static class UpdateRouter
{
    public static RouterRecord Run(Change<RouterRecord> change)
    {
        var (tx, body) = (change.Tx, change.Body);
        var router = change.Current with
        {
            Name = change.Text("name", change.Current.Name),
            Description = change.Text("description", change.Current.Description),
            AdminStateUp = change.Flag("admin_state_up", change.Current.AdminStateUp),
            Distributed = RouterKind.Of(body, change.Current.Distributed),
            UpdatedAt = change.Now,
        };
        if (router.Distributed != change.Current.Distributed && change.Current.FlavorId is not null)
            throw NetworkFault.InvalidInput("Changing the 'ha' and 'distributed' attributes on a router associated with a flavor is not supported");
        if (router.Distributed != change.Current.Distributed) RouterKind.RequireDown(change.Current);
        if (body.TryGetProperty("external_gateway_info", out var info))
            router = info.ValueKind == JsonValueKind.Null
                ? RouterGateway.Clear(tx, router)
                : RouterGateway.Apply(tx, change.Caller, router, info, change.Now);
        if (change.Has("routes")) router = router with { Routes = RouterRoutes.Checked(tx, router, SubnetRules.AskedRoutes(body, "routes")) };
        RouterStore.Update(tx, router);
        return router;
    }
}
