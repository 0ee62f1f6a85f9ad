using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Inventories and allocations changed together, for services that rearrange what they provide.</summary>
internal sealed class Reshaper(Desk desk)
{
    private static readonly Shape Body = Shape.Object(
        Member.Must("inventories", Shape.Map("^[0-9a-fA-F-]{36}$", Inventories.All)),
        Member.Must("allocations", Shape.Map("^[0-9a-fA-F-]{36}$", AllocationWish.Body)));

    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body();
        Body.Check(body, "body", request.Version);
        var wishes = AllocationWish.ReadMany(request, body.GetProperty("allocations"));
        await desk.Write((tx, ledger) =>
        {
            foreach (var member in body.GetProperty("inventories").EnumerateObject())
            {
                var provider = ledger.Find(member.Name) ?? throw Fault.BadRequest(
                    $"Resource provider {member.Name} in inventories not found: No resource provider with uuid {member.Name} found",
                    "placement.resource_provider.not_found");
                var given = member.Value.GetLong("resource_provider_generation")!.Value;
                if (given != provider.Generation)
                    throw PlacementReply.Conflict($"resource provider generation conflict for provider {provider.Id}: actual: {provider.Generation}, given: {given}");
                Inventories.Replace(tx, request, ledger, provider, member.Value.GetProperty("inventories"), keepUsed: false);
            }
            new AllocationWriting(tx, desk.Load(tx)).Apply(wishes);
            // Nobody may be left with what its provider no longer has.
            foreach (var provider in desk.Load(tx).Providers)
                if (provider.Allocations.Find(a => !provider.Inventories.ContainsKey(a.ResourceClass)) is { } orphan)
                    throw Fault.Conflict($"update conflict: Inventory for '{orphan.ResourceClass}' on resource provider '{provider.Id}' in use.", "placement.inventory.inuse");
            return true;
        });
        return Reply.Empty();
    }
}
