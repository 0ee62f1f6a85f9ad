using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>/v2/metadefs/namespaces.</summary>
internal sealed class MetadefNamespaces(CloudParts parts)
{
    private static readonly ListQuery Listing = new()
    {
        Select = $"SELECT {MetadefStore.Columns} FROM metadef_namespaces n",
        From = "metadef_namespaces n",
        Id = "n.namespace",
        Filters = new Dictionary<string, Filter>
        {
            ["visibility"] = new Filter.Custom((values, _) => OfVisibility(values[^1])),
            ["owner"] = new Filter.Exact("n.owner"),
            ["protected"] = new Filter.Flag("n.protected"),
            ["resource_types"] = new Filter.Custom((values, _) => (Sql)$"""
                EXISTS (SELECT 1 FROM metadef_definitions d WHERE d.namespace_id = n.id AND d.kind = 'ResourceType'
                    AND d.name IN {values.SelectMany(v => v.Split(',')).ToList()})
                """),
        },
        SortKeys = new Dictionary<string, string>
        {
            ["created_at"] = "n.created_at", ["updated_at"] = "n.updated_at", ["namespace"] = "n.namespace", ["visibility"] = "n.visibility",
        },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = marker => Fault.NotFound($"Metadata definition namespace={marker.Truncated()} was not found."),
    };

    public Task<Reply> List(ApiRequest request)
    {
        var (page, types) = parts.Database.Read(tx =>
        {
            var found = Listing.Run(tx, request, MetadefAccess.Visible(request.Caller), MetadefStore.ReadNamespace);
            return (found, MetadefStore.ResourceTypesOf(tx, [.. found.Items.Select(n => n.Id)]));
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("namespaces");
            foreach (var record in page.Items)
            {
                json.WriteStartObject();
                MetadefJson.WriteMembers(json, record);
                if (types.Contains(record.Id)) MetadefJson.WriteList(json, "resource_type_associations", types[record.Id], MetadefJson.WriteResourceType);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("first", ListLinks.Of("/v2/metadefs/namespaces", request, null));
            if (page.HasMore) json.WriteString("next", ListLinks.Of("/v2/metadefs/namespaces", request, page.Items[^1].Name));
            json.WriteString("schema", "/v2/schemas/metadefs/namespaces");
            json.WriteEndObject();
        }));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body();
        MetadefShapes.Check(body, MetadefShapes.Namespace, "namespace");
        var record = Read(request, body, Guid.NewGuid().ToString(), parts.Time.GetUtcNow());
        request.Authorize(MetadefAccess.Target(record));
        var definitions = Contents(record, body);
        await parts.Database.Write(tx =>
        {
            RequireFree(tx, record.Name);
            MetadefStore.Insert(tx, record);
            foreach (var definition in definitions)
            {
                MetadefAccess.RequireFree(tx, record, definition.Kind, definition.Name);
                MetadefStore.Insert(tx, definition);
            }
        });
        return Reply.Json(201, json => Write(json, record, definitions, "")).With("Location", $"{request.ServiceUrl}/v2/metadefs/namespaces/{record.Name}");
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var (record, definitions) = parts.Database.Read(tx =>
        {
            var found = MetadefAccess.Allowed(tx, request);
            return (found, Enum.GetValues<DefinitionKind>().SelectMany(kind => MetadefStore.Definitions(tx, found.Id, kind)).ToList());
        });
        var type = request.Query["resource_type"].ToString();
        var prefix = definitions.Find(d => d.Kind == DefinitionKind.ResourceType && d.Name == type) is { } association ? PrefixOf(association) : "";
        return Task.FromResult(Reply.Ok(json => Write(json, record, definitions, prefix)));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body();
        MetadefShapes.Check(body, MetadefShapes.Namespace, "namespace");
        var now = parts.Time.GetUtcNow();
        var record = await parts.Database.Write(tx =>
        {
            var before = MetadefAccess.Allowed(tx, request);
            var after = Read(request, body, before.Id, now) with { CreatedAt = before.CreatedAt };
            if (after.Name != before.Name) RequireFree(tx, after.Name);
            MetadefStore.Update(tx, after);
            return after;
        });
        return Reply.Ok(json => Write(json, record, [], ""));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx => MetadefStore.Delete(tx, MetadefAccess.AllowedToRemove(tx, request, "namespace", request[0])));
        return Reply.Empty();
    }

    /// <summary>Empties a namespace of one kind of definition.</summary>
    public Handler DeleteAll(DefinitionKind kind) => async request =>
    {
        await parts.Database.Write(tx =>
            MetadefStore.DeleteAll(tx, MetadefAccess.AllowedToRemove(tx, request, "namespace", request[0]).Id, kind));
        return Reply.Empty();
    };

    internal static string PrefixOf(Definition association)
    {
        using var body = JsonDocument.Parse(association.Body);
        return body.RootElement.GetText("prefix") ?? "";
    }

    private static Sql OfVisibility(string value)
    {
        if (value is not ("public" or "private")) throw Fault.BadRequest($"Invalid visibility value: {value.Truncated()}");
        return $"n.visibility = {value}";
    }

    private static void RequireFree(Tx tx, string name)
    {
        if (MetadefStore.FindNamespace(tx, name) is not null)
            throw Fault.Conflict($"The metadata definition namespace={name} already exists.");
    }

    private static NamespaceRecord Read(ApiRequest request, JsonElement body, string id, DateTimeOffset now) => new()
    {
        Id = id,
        Name = body.GetText("namespace")!,
        DisplayName = body.GetText("display_name"),
        Description = body.GetText("description"),
        Visibility = body.GetText("visibility") ?? "private",
        Protected = body.GetFlag("protected") ?? false,
        Owner = body.GetText("owner") ?? request.Caller.ProjectId,
        CreatedAt = now,
        UpdatedAt = now,
    };

    private static List<Definition> Contents(NamespaceRecord record, JsonElement body)
    {
        Definition Of(DefinitionKind kind, string name, JsonElement value) =>
            new(record.Id, kind, name, MetadefShapes.Body(value), record.CreatedAt, record.UpdatedAt);
        var named = new[]
        {
            (DefinitionKind.ResourceType, "resource_type_associations"), (DefinitionKind.Object, "objects"), (DefinitionKind.Tag, "tags"),
        }.SelectMany(k => body.GetItems(k.Item2).Select(item => Of(k.Item1, item.GetText("name")!, item)));
        var properties = body.Get("properties") is { } map
            ? map.EnumerateObject().Select(p => Of(DefinitionKind.Property, p.Name, p.Value))
            : [];
        return [.. named, .. properties];
    }

    private static void Write(Utf8JsonWriter json, NamespaceRecord record, List<Definition> definitions, string prefix)
    {
        var kinds = definitions.ToLookup(d => d.Kind);
        json.WriteStartObject();
        MetadefJson.WriteMembers(json, record);
        if (kinds.Contains(DefinitionKind.ResourceType))
            MetadefJson.WriteList(json, "resource_type_associations", kinds[DefinitionKind.ResourceType], MetadefJson.WriteResourceType);
        if (kinds.Contains(DefinitionKind.Object))
            MetadefJson.WriteList(json, "objects", kinds[DefinitionKind.Object], (to, item) => MetadefJson.WriteObject(to, record, item, prefix));
        if (kinds.Contains(DefinitionKind.Property)) MetadefJson.WriteProperties(json, kinds[DefinitionKind.Property], prefix);
        if (kinds.Contains(DefinitionKind.Tag))
            MetadefJson.WriteList(json, "tags", kinds[DefinitionKind.Tag], (to, item) => MetadefJson.WriteTag(to, item, withTimes: false));
        json.WriteEndObject();
    }
}
