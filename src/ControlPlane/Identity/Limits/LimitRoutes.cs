using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Limits;

/// <summary>A project's or a domain's own limit in place of the registered one.</summary>
internal sealed record Limit(
    string Id, string ServiceId, string? RegionId, string Resource, long Value, string? ProjectId, string? DomainId, string? Description);

/// <summary>/v3/limits, by the flat model: the tree of projects plays no part.</summary>
internal sealed class LimitRoutes(IdentityParts parts)
{
    private const string Select =
        "SELECT l.id, l.service_id, l.region_id, l.resource_name, l.resource_limit, l.project_id, l.domain_id, l.description FROM identity_limits l";

    private static readonly Shape Creation = Shape.List(Shape.Object(
        Member.Must("service_id", Shape.Text(1, 64)),
        Member.Must("resource_name", Shape.Text(1, 255)),
        Member.Must("resource_limit", Shape.Integer(-1, int.MaxValue)),
        Member.May("project_id", Shape.OrNull(Shape.Text(max: 64))),
        Member.May("domain_id", Shape.OrNull(Shape.Text(max: 64))),
        Member.May("region_id", Shape.OrNull(Shape.Text(max: 255))),
        Member.May("description", Shape.OrNull(Shape.Text(max: 65535)))), min: 1);

    private static readonly Shape Change = Shape.Object(
        Member.May("resource_limit", Shape.Integer(-1, int.MaxValue)), Member.May("description", Shape.OrNull(Shape.Text(max: 65535))));

    private static readonly ListQuery Query = new()
    {
        Select = Select,
        From = "identity_limits l",
        Id = "l.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("service_id", "l.service_id"), ("region_id", "l.region_id"), ("resource_name", "l.resource_name"),
            ("project_id", "l.project_id"), ("domain_id", "l.domain_id")),
        SortKeys = new Dictionary<string, string> { ["resource_name"] = "l.resource_name" },
        DefaultOrder = [("resource_name", false)],
    };

    private static Limit Read(Row row) => new(row.Text(), row.Text(), row.TextOrNull(), row.Text(), row.Long(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull());

    private static Limit? Find(Tx tx, string id) => tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE l.id = {id}"), Read);

    private static Fault NotFound(string id) => Fault.NotFound($"Could not find limit for {id.Truncated()}.");

    private static void Write(Utf8JsonWriter json, ApiRequest request, Limit limit)
    {
        json.WriteString("id", limit.Id);
        json.WriteString("service_id", limit.ServiceId);
        json.WriteString("region_id", limit.RegionId);
        json.WriteString("resource_name", limit.Resource);
        json.WriteNumber("resource_limit", limit.Value);
        json.WriteString("project_id", limit.ProjectId);
        json.WriteString("domain_id", limit.DomainId);
        json.WriteString("description", limit.Description);
        IdentityJson.WriteSelf(json, request, $"limits/{limit.Id}");
    }

    /// <summary>The items of a body that makes several at once.</summary>
    internal static async Task<List<JsonElement>> Items(ApiRequest request, string member, Shape shape)
    {
        var body = await request.Body(member, shape);
        return [.. body.EnumerateArray()];
    }

    internal static Reply Made<T>(string member, List<T> items, Action<Utf8JsonWriter, T> write) => Reply.Json(201, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray(member);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public Task<Reply> Model(ApiRequest request) => IdentityJson.One(200, "model", json =>
    {
        json.WriteString("name", "flat");
        json.WriteString("description", "Limit enforcement and validation does not take project hierarchy into consideration.");
    });

    public Task<Reply> List(ApiRequest request)
    {
        // Who is no administrator sees the limits of his own scope.
        var caller = request.Caller;
        var all = caller.IsAdmin || (caller.SystemScope && caller.Roles.Contains("reader"));
        var visible = all ? Sql.Raw("1 = 1")
            : caller.ProjectId is { } project ? new Sql().Add($"l.project_id = {project}")
            : caller.DomainId is { } domain ? new Sql().Add($"l.domain_id = {domain}") : Sql.Raw("1 = 0");
        var page = parts.Database.Read(tx => Query.Run(tx, request, visible, Read));
        return IdentityJson.List(request, "limits", page.Items, (json, l) => Write(json, request, l), page.HasMore ? page.Items[^1].Id : null);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var (limit, domain) = parts.Database.Read(tx =>
        {
            var found = Find(tx, request[0]);
            return (found, found?.ProjectId is { } project ? ProjectStore.FindAny(tx, project)?.DomainId : null);
        });
        request.Authorize(new PolicyTarget
        {
            ["target.limit.domain.id"] = limit?.DomainId,
            ["target.limit.project.domain_id"] = domain,
            ["target.limit.project_id"] = limit?.ProjectId,
        });
        return limit is null ? throw NotFound(request[0]) : IdentityJson.One(200, "limit", json => Write(json, request, limit));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var items = await Items(request, "limits", Creation);
        var made = items.Select(l => new Limit(IdentityId.New(), l.GetText("service_id")!, l.GetText("region_id"), l.GetText("resource_name")!,
            l.GetLong("resource_limit")!.Value, l.GetText("project_id"), l.GetText("domain_id"), l.GetText("description"))).ToList();
        await parts.Changes.Write(tx =>
        {
            foreach (var limit in made) Insert(tx, limit);
        });
        return Made("limits", made, (json, l) => Write(json, request, l));
    }

    private static void Insert(Tx tx, Limit limit)
    {
        if (limit.ProjectId is null == limit.DomainId is null)
            throw Fault.BadRequest("Invalid input for field 'limits': a limit has either a project_id or a domain_id.");
        if (limit.ProjectId is { } project && ProjectStore.FindAny(tx, project) is null) throw Fault.BadRequest($"Could not find project: {project.Truncated()}.");
        if (limit.DomainId is { } domain && ProjectStore.FindDomain(tx, domain) is null) throw Fault.BadRequest($"Could not find domain: {domain.Truncated()}.");
        if (RegisteredLimitRoutes.Find(tx, limit.ServiceId, limit.RegionId, limit.Resource) is null)
            throw Fault.Forbidden("Unable to create a limit that has no corresponding registered limit.");
        var same = tx.Query(new Sql().Add(Sql.Raw(Select)).Add($" WHERE l.service_id = {limit.ServiceId} AND l.resource_name = {limit.Resource}"), Read);
        if (same.Exists(l => l.RegionId == limit.RegionId && l.ProjectId == limit.ProjectId && l.DomainId == limit.DomainId))
            throw IdentityFault.Duplicate("limit", "Duplicate entry");
        tx.Execute($"""
            INSERT INTO identity_limits (id, service_id, region_id, resource_name, resource_limit, project_id, domain_id, description)
            VALUES ({limit.Id}, {limit.ServiceId}, {limit.RegionId}, {limit.Resource}, {limit.Value}, {limit.ProjectId}, {limit.DomainId}, {limit.Description})
            """);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("limit", Change);
        var limit = await parts.Changes.Write(tx =>
        {
            var before = Find(tx, request[0]) ?? throw NotFound(request[0]);
            var after = before with
            {
                Value = body.GetLong("resource_limit") ?? before.Value,
                Description = body.Has("description") ? body.GetText("description") : before.Description,
            };
            tx.Execute($"UPDATE identity_limits SET resource_limit = {after.Value}, description = {after.Description} WHERE id = {after.Id}");
            return after;
        });
        return IdentityJson.OneNow(200, "limit", json => Write(json, request, limit));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            if (tx.Execute($"DELETE FROM identity_limits WHERE id = {request[0]}") == 0) throw NotFound(request[0]);
        });
        return Reply.Empty();
    }
}
