using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.AvailabilityZones;
using Cumulet.ControlPlane.Compute.Services;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Aggregates;

/// <summary>Hosts put into an aggregate and taken out, its metadata, and the wish that its hosts keep images.</summary>
internal sealed class AggregateHosts(CloudParts parts)
{
    private static readonly Shape Host = Shape.Object(Member.Must("host", ComputeShapes.HostName));

    private static readonly Shape Metadata = Shape.Object(
        Member.Must("metadata", Shape.Map(ComputeShapes.MetadataKey, Shape.OrNull(Shape.Text(0, 255)))));

    private static readonly Shape Images = Shape.Object(
        Member.Must("cache", Shape.List(Shape.Object(Member.Must("id", Shape.Uuid)), min: 1)));

    public async Task<Reply> Add(ApiRequest request)
    {
        var host = (await request.Body("add_host", Host)).GetText("host")!;
        return AggregateJson.One(request, await parts.Database.Write(tx =>
        {
            var aggregate = AggregateStore.Get(tx, request[0]);
            ComputeServices.ComputeOn(tx, host);
            Fault Refuse(string reason) => Fault.Conflict($"Cannot add host to aggregate {aggregate.Number}. Reason: {reason}.");
            if (aggregate.Hosts.Contains(host)) throw Fault.Conflict($"Aggregate {aggregate.Number} already has host {host}.");
            if (aggregate.Zone is { } zone)
            {
                AggregateRules.RequireOneZone(tx, aggregate, zone, [host], Refuse);
                AggregateRules.RequireServersStay(tx, host, Zones.Of(tx, host), zone, "added to", Refuse);
            }
            tx.Execute($"INSERT INTO aggregate_hosts (aggregate, host) VALUES ({aggregate.Number}, {host})");
            return Touched(tx, aggregate);
        }));
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        var host = (await request.Body("remove_host", Host)).GetText("host")!;
        return AggregateJson.One(request, await parts.Database.Write(tx =>
        {
            var aggregate = AggregateStore.Get(tx, request[0]);
            if (!aggregate.Hosts.Contains(host))
                throw Fault.NotFound($"Cannot remove host {host} in aggregate {aggregate.Number}");
            if (aggregate.Zone is not null)
            {
                var rest = AggregateStore.All(tx).Find(a => a.Number != aggregate.Number && a.Zone is not null && a.Hosts.Contains(host));
                AggregateRules.RequireServersStay(tx, host, aggregate.Zone, rest?.Zone, "removed from",
                    reason => Fault.Conflict($"Cannot remove host from aggregate {aggregate.Number}. Reason: {reason}."));
            }
            tx.Execute($"DELETE FROM aggregate_hosts WHERE aggregate = {aggregate.Number} AND host = {host}");
            return Touched(tx, aggregate);
        }));
    }

    public async Task<Reply> SetMetadata(ApiRequest request)
    {
        var metadata = (await request.Body("set_metadata", Metadata)).GetProperty("metadata");
        return AggregateJson.One(request, await parts.Database.Write(tx =>
        {
            var aggregate = AggregateStore.Get(tx, request[0]);
            Fault Refuse(string reason) => Fault.BadRequest($"Cannot update metadata of aggregate {aggregate.Number}. Reason: {reason}.");
            if (metadata.Has(Zones.Key))
            {
                var zone = metadata.GetText(Zones.Key) ?? "";
                AggregateRules.RequireOneZone(tx, aggregate, zone, aggregate.Hosts, Refuse);
                if (zone != aggregate.Zone) AggregateRules.RequireNoServers(tx, aggregate.Hosts, Refuse);
            }
            foreach (var member in metadata.EnumerateObject())
                AggregateStore.SetMetadata(tx, aggregate.Number, member.Name,
                    member.Value.ValueKind == JsonValueKind.Null ? null : member.Value.GetString());
            return Touched(tx, aggregate);
        }));
    }

    public async Task<Reply> CacheImages(ApiRequest request)
    {
        var body = await request.Body();
        Images.Check(body, "body", request.Version);
        parts.Database.Read(tx => AggregateStore.Get(tx, request[0]));
        var ids = body.GetItems("cache").Select(i => i.GetText("id")).ToList();
        if (ids.Distinct().Count() != ids.Count) throw Fault.BadRequest("Duplicate images in request");
        // Every host starts guests out of the one pool in which the images are: they are there already.
        return Reply.Empty(202);
    }

    private AggregateRecord Touched(Tx tx, AggregateRecord aggregate)
    {
        AggregateStore.Touch(tx, aggregate.Number, parts.Time.GetUtcNow());
        return AggregateStore.All(tx).First(a => a.Number == aggregate.Number);
    }
}
