using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Traits and aggregates of a provider. What a host has by itself stays with it whatever is set here.</summary>
internal sealed class ProviderMarks(Desk desk)
{
    private static readonly Shape TraitSet = Shape.Object(
        Member.Must("traits", Shape.List(Shape.Text(1, 255, "^[A-Z0-9_]+$"), unique: true)),
        Member.Must("resource_provider_generation", Shape.Integer(0)));

    private static readonly Shape OldAggregates = Shape.List(Shape.Uuid, unique: true);

    private static readonly Shape AggregateSet = Shape.Object(
        Member.Must("aggregates", OldAggregates), Member.Must("resource_provider_generation", Shape.Integer(0)));

    public Task<Reply> Traits(ApiRequest request) => Task.FromResult(TraitsOf(request, desk.Read().Get(request[0])));

    public async Task<Reply> SetTraits(ApiRequest request)
    {
        var body = await request.Body();
        TraitSet.Check(body, "body", request.Version);
        var traits = body.GetItems("traits").Select(t => t.GetString()!).ToList();
        return TraitsOf(request, await desk.Write((tx, ledger) =>
        {
            var provider = ledger.Get(request[0]);
            RequireGeneration(provider, body.GetLong("resource_provider_generation")!.Value);
            var unknown = traits.Where(t => !ledger.KnowsTrait(t)).ToList();
            if (unknown.Count > 0) throw Fault.BadRequest($"No such trait {string.Join(", ", unknown).Truncated()}");
            PlacementStore.SetTraits(tx, provider.Id, traits);
            PlacementStore.Touch(tx, provider.Id);
            return desk.Load(tx).Get(provider.Id);
        }));
    }

    public async Task<Reply> DeleteTraits(ApiRequest request)
    {
        await desk.Write((tx, ledger) =>
        {
            var provider = ledger.Get(request[0]);
            PlacementStore.SetTraits(tx, provider.Id, []);
            PlacementStore.Touch(tx, provider.Id);
            return true;
        });
        return Reply.Empty();
    }

    public Task<Reply> Aggregates(ApiRequest request) => Task.FromResult(AggregatesOf(request, desk.Read().Get(request[0])));

    public async Task<Reply> SetAggregates(ApiRequest request)
    {
        var body = await request.Body();
        var guarded = request.At(1, 19);
        (guarded ? AggregateSet : OldAggregates).Check(body, "body", request.Version);
        var ids = (guarded ? body.GetItems("aggregates") : body.EnumerateArray()).Select(a => Guid.Parse(a.GetString()!).ToString()).ToList();
        return AggregatesOf(request, await desk.Write((tx, ledger) =>
        {
            var provider = ledger.Get(request[0]);
            if (guarded) RequireGeneration(provider, body.GetLong("resource_provider_generation")!.Value);
            PlacementStore.SetAggregates(tx, provider.Id, ids);
            if (guarded) PlacementStore.Touch(tx, provider.Id);
            return desk.Load(tx).Get(provider.Id);
        }));
    }

    private static void RequireGeneration(Provider provider, long generation)
    {
        if (generation != provider.Generation)
            throw PlacementReply.Conflict("Resource provider's generation already changed. Please update the generation and try again.");
    }

    private Reply TraitsOf(ApiRequest request, Provider provider) => PlacementReply.Json(request, desk.Now, json =>
    {
        PlacementReply.WriteTexts(json, "traits", provider.Traits);
        json.WriteNumber("resource_provider_generation", provider.Generation);
    });

    private Reply AggregatesOf(ApiRequest request, Provider provider) => PlacementReply.Json(request, desk.Now, json =>
    {
        PlacementReply.WriteTexts(json, "aggregates", provider.Aggregates);
        if (request.At(1, 19)) json.WriteNumber("resource_provider_generation", provider.Generation);
    });
}
