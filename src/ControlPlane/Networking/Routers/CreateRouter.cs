using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Resources;

namespace Cumulet.ControlPlane.Networking.Routers;

internal static class CreateRouter
{
    public static RouterRecord Run(Creation creation)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        QuotaStore.Claim(tx, creation.ProjectId, "router");
        var (flavor, provider) = Flavors.FlavorResource.OfNewRouter(creation);
        provider?.RequireSupport(body);
        var router = new RouterRecord
        {
            Id = creation.NewId,
            ProjectId = creation.ProjectId,
            Name = creation.Text("name"),
            Description = creation.Text("description"),
            AdminStateUp = creation.Flag("admin_state_up", true),
            AvailabilityZoneHints = AvailabilityZones.Hints(body, "router"),
            Distributed = RouterKind.Of(body, provider),
            FlavorId = flavor,
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
        };
        if (body.Get("external_gateway_info") is { } info) router = RouterGateway.Apply(tx, creation.Caller, router, info, creation.Now);
        RouterStore.Insert(tx, router);
        TagStore.Replace(tx, router.Id, body.GetItems("tags").Select(t => t.GetString()!));
        return router;
    }
}
