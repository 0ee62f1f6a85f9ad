using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>
/// The verbs that objects, properties and tags of a namespace have alike. How one is written and what a list of them looks
/// like is said by who makes this.
/// </summary>
internal sealed class MetadefDefinitions(CloudParts parts, DefinitionKind kind, Shape shape, string word,
    Action<Utf8JsonWriter, NamespaceRecord, Definition> write,
    Action<Utf8JsonWriter, NamespaceRecord, IReadOnlyList<Definition>> writeList)
{
    public Task<Reply> List(ApiRequest request)
    {
        var (record, items) = parts.Database.Read(tx =>
        {
            var found = MetadefAccess.Allowed(tx, request);
            return (found, MetadefStore.Definitions(tx, found.Id, kind));
        });
        var page = Page(request, items);
        return Task.FromResult(Reply.Ok(json => writeList(json, record, page)));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var (record, item) = parts.Database.Read(tx =>
        {
            var found = MetadefAccess.Allowed(tx, request);
            return (found, MetadefAccess.Find(tx, found, kind, Unprefixed(tx, request, found)));
        });
        return Task.FromResult(Reply.Ok(json => write(json, record, item)));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body();
        MetadefShapes.Check(body, shape, word);
        return await Insert(request, body.GetText("name")!, MetadefShapes.Body(body));
    }

    /// <summary>The name is in the path and there is no body.</summary>
    public Task<Reply> CreateNamed(ApiRequest request) => request[1].Length <= 80
        ? Insert(request, request[1], "{}")
        : throw Fault.BadRequest($"Provided object does not match schema '{word}': '{request[1].Truncated()}' is too long");

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body();
        MetadefShapes.Check(body, shape, word);
        var (record, item) = await parts.Database.Write(tx =>
        {
            var found = MetadefAccess.Allowed(tx, request);
            var before = MetadefAccess.Find(tx, found, kind, request[1]);
            var after = before with { Name = body.GetText("name")!, Body = MetadefShapes.Body(body), UpdatedAt = parts.Time.GetUtcNow() };
            if (!after.Name.Equals(before.Name, StringComparison.OrdinalIgnoreCase)) MetadefAccess.RequireFree(tx, found, kind, after.Name);
            MetadefStore.Update(tx, after, before.Name);
            return (found, after);
        });
        return Reply.Ok(json => write(json, record, item));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var found = MetadefAccess.AllowedToRemove(tx, request, word, request[1]);
            MetadefStore.Delete(tx, MetadefAccess.Find(tx, found, kind, request[1]));
        });
        return Reply.Empty();
    }

    private async Task<Reply> Insert(ApiRequest request, string name, string body)
    {
        var now = parts.Time.GetUtcNow();
        var (record, item) = await parts.Database.Write(tx =>
        {
            var found = MetadefAccess.Allowed(tx, request);
            MetadefAccess.RequireFree(tx, found, kind, name);
            var added = new Definition(found.Id, kind, name, body, now, now);
            MetadefStore.Insert(tx, added);
            return (found, added);
        });
        return Reply.Json(201, json => write(json, record, item));
    }

    // ?resource_type=T asks for the property under the name that it has there.
    private string Unprefixed(Tx tx, ApiRequest request, NamespaceRecord record)
    {
        var name = request[1];
        var type = request.Query["resource_type"].ToString();
        if (kind != DefinitionKind.Property || type.Length == 0) return name;
        var prefix = MetadefNamespaces.PrefixOf(MetadefAccess.Find(tx, record, DefinitionKind.ResourceType, type));
        return prefix.Length > 0 && name.StartsWith(prefix, StringComparison.Ordinal)
            ? name[prefix.Length..]
            : throw Fault.NotFound($"Property {name.Truncated()} does not start with the expected resource type association prefix of '{prefix}'.");
    }

    private static List<Definition> Page(ApiRequest request, List<Definition> items)
    {
        if (request.Query["marker"].ToString() is { Length: > 0 } marker)
        {
            var at = items.FindIndex(i => i.Name == marker);
            if (at < 0) throw Fault.NotFound($"The marker {marker.Truncated()} was not found.");
            items = items[(at + 1)..];
        }
        if (request.Query["limit"].ToString() is not { Length: > 0 } text) return items;
        if (!int.TryParse(text, out var limit)) throw Fault.BadRequest("limit param must be an integer");
        if (limit < 0) throw Fault.BadRequest("limit param must be positive");
        return items[..Math.Min(limit, items.Count)];
    }
}
