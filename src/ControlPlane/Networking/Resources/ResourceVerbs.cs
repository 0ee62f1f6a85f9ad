using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Resources;

/// <summary>
/// The five verbs of a kind of resource. Reads show only what is visible and strip what may not be seen; writes ask the
/// policy of the resource and of every attribute that was given, in the transaction that changes the rows.
/// </summary>
internal sealed class ResourceVerbs<T>(Database database, TimeProvider time, ServiceApi api, Resource<T> resource) where T : class
{
    private readonly AttributePolicies _policies = new(api, resource.PolicyName ?? resource.Name);

    public Resource<T> Resource => resource;

    public Task<Reply> List(ApiRequest request)
    {
        NetworkList.CheckParameters(request, resource.List);
        var page = database.Read(tx =>
        {
            var visible = (resource.Listed ?? resource.Visible)(request.Caller);
            if (resource.Within is { } within) visible = new Sql().Add($"({visible}) AND ({within(tx, request)})");
            var found = resource.List.Run(tx, request, visible, resource.Read, "asc");
            return new Page<T>(resource.Complete(tx, request.Caller, found.Items), found.HasMore);
        });
        // Whoever may see none of a kind is shown none of it, as the real service does, instead of being refused.
        request.Permits(PolicyTarget.OwnedBy(request.Caller.ProjectId));
        var shown = page.Items.Where(item => request.Permits(resource.Target(item))).ToList();
        var fields = NetworkList.Fields(request);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray(resource.Collection);
            foreach (var item in shown) WriteItem(json, request, item, fields);
            json.WriteEndArray();
            NetworkList.WriteLinks(json, request, resource.Collection, [.. page.Items.Select(resource.Id)]);
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var item = database.Read(tx => resource.Require(tx, request));
        request.Authorize(resource.Target(item));
        return Task.FromResult(Answer(request, 200, item));
    }

    /// <param name="target">What the policies are asked about where it is more than the owner's project.</param>
    public Handler Create(Func<Creation, T> create, Func<Creation, PolicyTarget>? target = null) => async request =>
    {
        var body = await request.Body();
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty(resource.Collection, out var many))
            return await CreateMany(request, many, create, target);
        var one = Inner(body);
        AttributeChecks.OnCreate(resource.Name, resource.Attributes, one);
        var item = await database.Write(tx => CreateOne(tx, request, one, create, target));
        return Answer(request, 201, item);
    };

    private async Task<Reply> CreateMany(
        ApiRequest request, JsonElement many, Func<Creation, T> create, Func<Creation, PolicyTarget>? target)
    {
        if (many.ValueKind != JsonValueKind.Array || many.GetArrayLength() == 0)
            throw NetworkFault.BadRequest("Resource body required");
        // Neutron's bulk form wraps each item once more in some clients; both are taken.
        var bodies = many.EnumerateArray().Select(b => b.Get(resource.Name) is { ValueKind: JsonValueKind.Object } inner ? inner : b).ToList();
        foreach (var body in bodies) AttributeChecks.OnCreate(resource.Name, resource.Attributes, body);
        var items = await database.Write(tx => bodies.Select(body => CreateOne(tx, request, body, create, target)).ToList());
        return Reply.Json(201, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray(resource.Collection);
            foreach (var item in items) WriteItem(json, request, item, null);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private T CreateOne(
        Tx tx, ApiRequest request, JsonElement body, Func<Creation, T> create, Func<Creation, PolicyTarget>? target)
    {
        var creation = new Creation(tx, request, body, Owner(request, body), time.GetUtcNow());
        var about = target?.Invoke(creation) ?? PolicyTarget.OwnedBy(creation.ProjectId);
        AddGiven(about, body);
        request.Authorize(about);
        _policies.AskAbout(request, "create", body, about, resource.Attributes);
        return resource.Complete(tx, request.Caller, [create(creation)])[0];
    }

    public Handler Update(Func<Change<T>, T> update, Func<Change<T>, PolicyTarget>? target = null) => async request =>
    {
        var body = Inner(await request.Body());
        AttributeChecks.OnUpdate(resource.Name, resource.Attributes, body);
        var item = await database.Write(tx =>
        {
            var current = Current(tx, request);
            var change = new Change<T>(tx, request, body, current, time.GetUtcNow());
            var about = target?.Invoke(change) ?? resource.Target(current);
            request.Authorize(about);
            AddGiven(about, body);
            _policies.AskAbout(request, "update", body, about, null);
            update(change);
            return resource.Find(tx, request.Caller, resource.Id(current)) ?? current;
        });
        return Answer(request, 200, item);
    };

    public Handler Delete(Action<Removal<T>> delete) => async request =>
    {
        await database.Write(tx =>
        {
            var current = Current(tx, request);
            request.Authorize(resource.Target(current));
            delete(new Removal<T>(tx, request, current, time.GetUtcNow()));
        });
        return Reply.Empty();
    };

    /// <summary>A further verb on one resource, such as a router's add_router_interface.</summary>
    public Handler Member(Func<Change<T>, Reply> verb) => async request =>
    {
        var body = await request.Body();
        return await database.Write(tx =>
        {
            var current = Current(tx, request);
            request.Authorize(resource.Target(current));
            return verb(new Change<T>(tx, request, body, current, time.GetUtcNow()));
        });
    };

    /// <summary>The same, answered with the resource as it is afterwards.</summary>
    public Handler MemberShowing(Func<Change<T>, T> verb) => async request =>
    {
        var body = await request.Body();
        var item = await database.Write(tx =>
        {
            var current = Current(tx, request);
            request.Authorize(resource.Target(current));
            return verb(new Change<T>(tx, request, body, current, time.GetUtcNow()));
        });
        return Answer(request, 200, item);
    };

    public T Current(Tx tx, ApiRequest request)
    {
        var current = resource.Require(tx, request);
        CheckRevision(request, current);
        return current;
    }

    // If-Match: revision_number=3
    private void CheckRevision(ApiRequest request, T current)
    {
        var match = request.Http.Request.Headers.IfMatch.ToString();
        if (match.Length == 0 || resource.Revision is null) return;
        var wanted = match.Trim().Trim('"');
        const string key = "revision_number=";
        if (!wanted.StartsWith(key, StringComparison.Ordinal)
            || !long.TryParse(wanted.AsSpan(key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            throw NetworkFault.BadRequest($"Invalid value '{match.Truncated()}' for If-Match header; it must be revision_number=N");
        if (revision != resource.Revision(current))
            throw new Fault(FaultKind.Conflict, $"Constrained to {revision}, but current revision is {resource.Revision(current)}", "RevisionNumberConstraintFailed") { StatusOverride = 412 };
    }

    public Reply Answer(ApiRequest request, int status, T item)
    {
        var fields = request.Http.Request.Method is "GET" or "HEAD" ? NetworkList.Fields(request) : null;
        return Reply.Json(status, json =>
        {
            json.WriteStartObject();
            json.WritePropertyName(resource.Name);
            WriteItem(json, request, item, fields);
            json.WriteEndObject();
        });
    }

    private void WriteItem(Utf8JsonWriter json, ApiRequest request, T item, HashSet<string>? fields)
    {
        PolicyTarget? target = null;
        json.WriteStartObject();
        resource.Write(new Shown(json, name => (fields is null || fields.Contains(name))
            && _policies.MayRead(request, name, () => target ??= resource.Target(item))), item);
        json.WriteEndObject();
    }

    private JsonElement Inner(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty(resource.Name, out var inner))
            throw NetworkFault.BadRequest($"Unable to find '{resource.Name}' in request body");
        return inner;
    }

    // The new values stand beside the row's own: policies such as "not a network device" look at what is asked for.
    private static void AddGiven(PolicyTarget target, JsonElement body)
    {
        foreach (var property in body.EnumerateObject())
        {
            if (property.Name is "project_id" or "tenant_id") continue;
            if (property.Value.ValueKind is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)
                target[property.Name] = body.GetText(property.Name) ?? property.Value.GetRawText();
        }
    }

    private static string Owner(ApiRequest request, JsonElement body)
    {
        var asked = body.GetText("project_id") ?? body.GetText("tenant_id");
        if (asked is null) return request.ProjectId;
        if (asked != request.Caller.ProjectId && !request.Caller.IsAdmin)
            throw NetworkFault.BadRequest("Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges");
        return asked;
    }
}
