using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Catalog;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Limits;

/// <summary>The limit on a resource for every project that has none of its own.</summary>
internal sealed record RegisteredLimit(string Id, string ServiceId, string? RegionId, string Resource, long Default, string? Description);

/// <summary>/v3/registered_limits.</summary>
internal sealed class RegisteredLimitRoutes(IdentityParts parts)
{
    internal const string Select = "SELECT l.id, l.service_id, l.region_id, l.resource_name, l.default_limit, l.description FROM identity_registered_limits l";
    private static readonly Member[] Both = [Member.May("region_id", Shape.OrNull(Shape.Text(max: 255))), Member.May("description", Shape.OrNull(Shape.Text(max: 65535)))];
    private static readonly Shape Creation = Shape.List(Shape.Object(
        [Member.Must("service_id", Shape.Text(1, 64)), Member.Must("resource_name", Shape.Text(1, 255)), Member.Must("default_limit", Shape.Integer(-1, int.MaxValue)), .. Both]), min: 1);
    private static readonly Shape Change = Shape.Object(
        [Member.May("service_id", Shape.Text(1, 64)), Member.May("resource_name", Shape.Text(1, 255)), Member.May("default_limit", Shape.Integer(-1, int.MaxValue)), .. Both]);

    private static readonly ListQuery Query = new()
    {
        Select = Select,
        From = "identity_registered_limits l",
        Id = "l.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("service_id", "l.service_id"), ("region_id", "l.region_id"), ("resource_name", "l.resource_name")),
        SortKeys = new Dictionary<string, string> { ["resource_name"] = "l.resource_name" },
        DefaultOrder = [("resource_name", false)],
    };

    internal static RegisteredLimit Read(Row row) => new(row.Text(), row.Text(), row.TextOrNull(), row.Text(), row.Long(), row.TextOrNull());

    internal static RegisteredLimit? Find(Tx tx, string serviceId, string? regionId, string resource) =>
        tx.Query(new Sql().Add(Sql.Raw(Select)).Add($" WHERE l.service_id = {serviceId} AND l.resource_name = {resource}"), Read)
            .Find(l => l.RegionId == regionId);

    private static RegisteredLimit Need(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE l.id = {id}"), Read) ?? throw Fault.NotFound($"Could not find registered limit for {id.Truncated()}.");

    private static void Write(Utf8JsonWriter json, ApiRequest request, RegisteredLimit limit)
    {
        json.WriteString("id", limit.Id);
        json.WriteString("service_id", limit.ServiceId);
        json.WriteString("region_id", limit.RegionId);
        json.WriteString("resource_name", limit.Resource);
        json.WriteNumber("default_limit", limit.Default);
        json.WriteString("description", limit.Description);
        IdentityJson.WriteSelf(json, request, $"registered_limits/{limit.Id}");
    }

    public Task<Reply> List(ApiRequest request)
    {
        var page = parts.Database.Read(tx => Query.Run(tx, request, Sql.Raw("1 = 1"), Read));
        return IdentityJson.List(request, "registered_limits", page.Items, (json, l) => Write(json, request, l), page.HasMore ? page.Items[^1].Id : null);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var limit = parts.Database.Read(tx => Need(tx, request[0]));
        return IdentityJson.One(200, "registered_limit", json => Write(json, request, limit));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var items = await LimitRoutes.Items(request, "registered_limits", Creation);
        var made = items.Select(l => new RegisteredLimit(IdentityId.New(), l.GetText("service_id")!, l.GetText("region_id"),
            l.GetText("resource_name")!, l.GetLong("default_limit")!.Value, l.GetText("description"))).ToList();
        await parts.Changes.Write(tx =>
        {
            foreach (var limit in made)
            {
                Check(tx, limit);
                tx.Execute($"""
                    INSERT INTO identity_registered_limits (id, service_id, region_id, resource_name, default_limit, description)
                    VALUES ({limit.Id}, {limit.ServiceId}, {limit.RegionId}, {limit.Resource}, {limit.Default}, {limit.Description})
                    """);
            }
        });
        return LimitRoutes.Made("registered_limits", made, (json, l) => Write(json, request, l));
    }

    private static void Check(Tx tx, RegisteredLimit limit)
    {
        if (ServiceRoutes.Find(tx, limit.ServiceId) is null) throw Fault.BadRequest($"Could not find service: {limit.ServiceId}.");
        if (limit.RegionId is { } region && RegionRoutes.Find(tx, region) is null) throw Fault.BadRequest($"Could not find region: {region}.");
        if (Find(tx, limit.ServiceId, limit.RegionId, limit.Resource) is { } other && other.Id != limit.Id)
            throw IdentityFault.Duplicate("registered_limit", "Duplicate entry");
    }

    private static bool IsUsed(Tx tx, RegisteredLimit limit) =>
        tx.Query($"SELECT region_id FROM identity_limits WHERE service_id = {limit.ServiceId} AND resource_name = {limit.Resource}", row => row.TextOrNull())
            .Contains(limit.RegionId);

    private static Fault Used(string id) => Fault.Forbidden($"Unable to update or delete registered limit {id} because there are project limits associated with it.");

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("registered_limit", Change);
        var limit = await parts.Changes.Write(tx =>
        {
            var before = Need(tx, request[0]);
            var after = before with
            {
                ServiceId = body.GetText("service_id") ?? before.ServiceId,
                RegionId = body.Has("region_id") ? body.GetText("region_id") : before.RegionId,
                Resource = body.GetText("resource_name") ?? before.Resource,
                Default = body.GetLong("default_limit") ?? before.Default,
                Description = body.Has("description") ? body.GetText("description") : before.Description,
            };
            if (IsUsed(tx, before) && (after.ServiceId, after.RegionId, after.Resource) != (before.ServiceId, before.RegionId, before.Resource))
                throw Used(before.Id);
            Check(tx, after);
            tx.Execute($"""
                UPDATE identity_registered_limits SET service_id = {after.ServiceId}, region_id = {after.RegionId}, resource_name = {after.Resource},
                  default_limit = {after.Default}, description = {after.Description} WHERE id = {after.Id}
                """);
            return after;
        });
        return IdentityJson.OneNow(200, "registered_limit", json => Write(json, request, limit));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var limit = Need(tx, request[0]);
            if (IsUsed(tx, limit)) throw Used(limit.Id);
            tx.Execute($"DELETE FROM identity_registered_limits WHERE id = {limit.Id}");
        });
        return Reply.Empty();
    }
}
