using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.AvailabilityZones;

namespace Cumulet.ControlPlane.Compute.Aggregates;

/// <summary>Aggregates made, read, renamed, removed.</summary>
internal sealed class ManageAggregates(CloudParts parts)
{
    private static readonly Shape Zone = Shape.OrNull(Shape.Text(1, 255, @"^(?!\s)[^:\p{C}]*(?<!\s)$"));

    private static readonly Shape New = Shape.Object(
        Member.Must("name", ComputeShapes.Name), Member.May("availability_zone", Zone));

    private static readonly Shape Change = Shape.Object(
        Member.May("name", Shape.Name()), Member.May("availability_zone", Zone));

    public Task<Reply> List(ApiRequest request)
    {
        var all = parts.Database.Read(AggregateStore.All);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("aggregates");
            foreach (var aggregate in all) AggregateJson.Write(json, request, aggregate);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request) =>
        Task.FromResult(AggregateJson.One(request, parts.Database.Read(tx => AggregateStore.Get(tx, request[0]))));

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("aggregate", New);
        var aggregate = await parts.Database.Write(tx => AggregateStore.Insert(
            tx, body.GetText("name")!.Trim(), body.GetText("availability_zone")?.Trim(), parts.Time.GetUtcNow()));
        return AggregateJson.One(request, aggregate, withContent: false);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("aggregate", Change);
        if (!body.Has("name") && !body.Has("availability_zone"))
            throw Fault.BadRequest("Invalid input for field/attribute aggregate. Value: {}. 'name' or 'availability_zone' is a required property");
        return AggregateJson.One(request, await parts.Database.Write(tx =>
        {
            var aggregate = AggregateStore.Get(tx, request[0]);
            if (body.GetText("name")?.Trim() is { } name)
            {
                AggregateStore.RequireFreeName(tx, name, aggregate.Number);
                tx.Execute($"UPDATE aggregates SET name = {name} WHERE number = {aggregate.Number}");
            }
            if (body.Has("availability_zone"))
            {
                Fault Refuse(string reason) => Fault.BadRequest($"Cannot update aggregate {aggregate.Number}. Reason: {reason}.");
                var zone = body.GetText("availability_zone") ?? "";
                AggregateRules.RequireOneZone(tx, aggregate, zone, aggregate.Hosts, Refuse);
                if (zone != aggregate.Zone) AggregateRules.RequireNoServers(tx, aggregate.Hosts, Refuse);
                AggregateStore.SetMetadata(tx, aggregate.Number, Zones.Key, zone);
            }
            AggregateStore.Touch(tx, aggregate.Number, parts.Time.GetUtcNow());
            return AggregateStore.Get(tx, request[0]);
        }));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var aggregate = AggregateStore.Get(tx, request[0]);
            if (aggregate.Hosts.Count > 0)
                throw Fault.BadRequest($"Cannot remove host from aggregate {aggregate.Number}. Reason: Host aggregate is not empty.");
            tx.Execute($"DELETE FROM aggregate_metadata WHERE aggregate = {aggregate.Number}");
            tx.Execute($"DELETE FROM aggregates WHERE number = {aggregate.Number}");
        });
        return Reply.Empty(200);
    }
}
