using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Tags;

/// <summary>Tags of the resources of one kind, by the URLs below each.</summary>
internal sealed class TagVerbs<T>(Database database, Resource<T> resource) where T : class
{
    public Task<Reply> List(ApiRequest request)
    {
        var tags = database.Read(tx => TagStore.Of(tx, Visible(tx, request)));
        return Task.FromResult(Answer(200, tags));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var tags = database.Read(tx => TagStore.Of(tx, Visible(tx, request)));
        return tags.Contains(request[1]) ? Task.FromResult(Reply.Empty()) : throw NotFound(request[1]);
    }

    public async Task<Reply> Replace(ApiRequest request)
    {
        var tags = Asked(await request.Body());
        await database.Write(tx => TagStore.Replace(tx, Visible(tx, request), tags));
        return Answer(200, [.. tags.Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>Adds several to those that are there.</summary>
    public async Task<Reply> AddMany(ApiRequest request)
    {
        var tags = Asked(await request.Body());
        var all = await database.Write(tx =>
        {
            var id = Visible(tx, request);
            foreach (var tag in tags) TagStore.Add(tx, id, tag);
            return TagStore.Of(tx, id);
        });
        return Answer(200, all);
    }

    public async Task<Reply> Add(ApiRequest request)
    {
        CheckLength(request[1]);
        await database.Write(tx => TagStore.Add(tx, Visible(tx, request), request[1]));
        return Reply.Empty(201);
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        var removed = await database.Write(tx => TagStore.Remove(tx, Visible(tx, request), request[1]));
        return removed ? Reply.Empty() : throw NotFound(request[1]);
    }

    public async Task<Reply> RemoveAll(ApiRequest request)
    {
        await database.Write(tx => TagStore.Forget(tx, Visible(tx, request)));
        return Reply.Empty();
    }

    private string Visible(Tx tx, ApiRequest request)
    {
        var item = resource.Find(tx, request.Caller, request[0]) ?? throw resource.NotFound(request[0]);
        request.Authorize(resource.Target(item));
        return resource.Id(item);
    }

    private static List<string> Asked(JsonElement body)
    {
        if (body.Get("tags") is not { } tags) throw NetworkFault.BadRequest("Invalid tags body: it must be {\"tags\": [...]}");
        if (Checks.Tags(tags) is { } reason) throw NetworkFault.Invalid("tags", reason);
        return [.. tags.EnumerateArray().Select(t => t.GetString()!)];
    }

    private static void CheckLength(string tag)
    {
        if (tag.Length > 60) throw NetworkFault.Invalid("tags", $"'{tag.Truncated()}' exceeds maximum length of 60");
    }

    private static Fault NotFound(string tag) => Fault.NotFound($"Tag {tag} could not be found.", "TagNotFound");

    private static Reply Answer(int status, IReadOnlyList<string> tags) => Reply.Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("tags");
        foreach (var tag in tags) json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
