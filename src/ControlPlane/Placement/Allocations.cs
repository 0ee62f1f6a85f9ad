using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Who has what.</summary>
internal sealed class Allocations(Desk desk)
{
    public Task<Reply> OfProvider(ApiRequest request)
    {
        var ledger = desk.Read();
        var provider = ledger.Get(request[0]);
        return Task.FromResult(PlacementReply.Json(request, desk.Now, json =>
        {
            json.WriteStartObject("allocations");
            foreach (var consumer in provider.Allocations.GroupBy(a => a.ConsumerId))
            {
                json.WriteStartObject(consumer.Key);
                PlacementReply.WriteAmounts(json, "resources", consumer.Select(a => (a.ResourceClass, a.Used)));
                if (request.At(1, 28)) json.WriteNumber("consumer_generation", ledger.Consumers[consumer.Key].Generation);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteNumber("resource_provider_generation", provider.Generation);
        }));
    }

    public Task<Reply> OfConsumer(ApiRequest request)
    {
        var ledger = desk.Read();
        var all = ledger.AllocationsOf(request[0]).ToList();
        return Task.FromResult(PlacementReply.Json(request, desk.Now, json =>
        {
            json.WriteStartObject("allocations");
            foreach (var provider in all.GroupBy(a => a.ProviderId))
            {
                json.WriteStartObject(provider.Key);
                PlacementReply.WriteAmounts(json, "resources", provider.Select(a => (a.ResourceClass, a.Used)));
                json.WriteNumber("generation", ledger.Get(provider.Key).Generation);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            if (all.Count == 0 || !request.At(1, 12)) return;
            var consumer = ledger.Consumers[request[0]];
            json.WriteString("project_id", consumer.ProjectId);
            json.WriteString("user_id", consumer.UserId);
            if (request.At(1, 28)) json.WriteNumber("consumer_generation", consumer.Generation);
            if (request.At(1, 38)) json.WriteString("consumer_type", consumer.Type ?? "unknown");
        }));
    }

    public async Task<Reply> Set(ApiRequest request)
    {
        if (!Guid.TryParse(request[0], out var id)) throw Fault.BadRequest($"Malformed consumer_uuid: {request[0].Truncated()}");
        var body = await request.Body();
        var wish = AllocationWish.Read(request, id.ToString(), body);
        await desk.Write((tx, ledger) =>
        {
            new AllocationWriting(tx, ledger).Apply([wish]);
            return true;
        });
        return Reply.Empty();
    }

    public async Task<Reply> SetMany(ApiRequest request)
    {
        var wishes = AllocationWish.ReadMany(request, await request.Body());
        await desk.Write((tx, ledger) =>
        {
            new AllocationWriting(tx, ledger).Apply(wishes);
            return true;
        });
        return Reply.Empty();
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await desk.Write((tx, ledger) =>
        {
            if (!ledger.AllocationsOf(request[0]).Any()) throw Fault.NotFound($"No allocations for consumer '{request[0].Truncated()}'");
            AllocationWriting.RequireForeign(ledger, request[0]);
            foreach (var provider in ledger.AllocationsOf(request[0]).Select(a => a.ProviderId).Distinct()) PlacementStore.Touch(tx, provider);
            PlacementStore.ForgetConsumer(tx, request[0]);
            return true;
        });
        return Reply.Empty();
    }
}
