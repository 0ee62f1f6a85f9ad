using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>/servers/ID/tags, since 2.26.</summary>
internal sealed class ServerTags(CloudParts parts)
{
    private const int MaxTags = 50;
    private static readonly Shape Tag = Shape.Text(1, 60, "^[^,/]*$", "a tag has 1 to 60 characters and no comma or slash");
    private static readonly Shape All = Shape.Object(Member.Must("tags", Shape.List(Tag, max: MaxTags)));

    public Task<Reply> List(ApiRequest request) => Task.FromResult(Answer(parts.Database.Read(tx =>
        ServerStore.Tags(tx, ServerStore.Get(tx, request.Caller, request[0]).Id))));

    public Task<Reply> Show(ApiRequest request)
    {
        var tags = parts.Database.Read(tx => ServerStore.Tags(tx, ServerStore.Get(tx, request.Caller, request[0]).Id));
        return tags.Contains(request[1])
            ? Task.FromResult(Reply.Empty())
            : throw Fault.NotFound($"Server {request[0]} has no tag '{request[1].Truncated()}'");
    }

    public async Task<Reply> Replace(ApiRequest request)
    {
        var body = await request.Body();
        All.Check(body, "tags", request.Version);
        var tags = await parts.Database.Write(tx =>
        {
            var server = ServerStore.Get(tx, request.Caller, request[0]);
            ServerStore.ClearTags(tx, server.Id);
            foreach (var tag in body.GetItems("tags")) ServerStore.AddTag(tx, server.Id, tag.GetString()!);
            ServerStore.Touch(tx, server.Id, parts.Time.GetUtcNow());
            return ServerStore.Tags(tx, server.Id);
        });
        return Answer(tags);
    }

    public async Task<Reply> Add(ApiRequest request)
    {
        var tag = request[1];
        if (tag.Length > 60 || tag.Contains(',', StringComparison.Ordinal))
            throw Fault.BadRequest($"Invalid input for tag '{tag.Truncated()}': a tag has 1 to 60 characters and no comma or slash");
        var added = await parts.Database.Write(tx =>
        {
            var server = ServerStore.Get(tx, request.Caller, request[0]);
            if (ServerStore.AddTag(tx, server.Id, tag) == 0) return false;
            if (ServerStore.Tags(tx, server.Id).Count > MaxTags)
                throw Fault.BadRequest($"The number of tags exceeded the per-server limit {MaxTags}");
            ServerStore.Touch(tx, server.Id, parts.Time.GetUtcNow());
            return true;
        });
        return added
            ? Reply.Empty(201).With("Location", $"{ComputeLinks.Self(request, "servers", request[0])}/tags/{Uri.EscapeDataString(tag)}")
            : Reply.Empty();
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerStore.Get(tx, request.Caller, request[0]);
            if (ServerStore.RemoveTag(tx, server.Id, request[1]) == 0)
                throw Fault.NotFound($"Server {request[0]} has no tag '{request[1].Truncated()}'");
            ServerStore.Touch(tx, server.Id, parts.Time.GetUtcNow());
        });
        return Reply.Empty();
    }

    public async Task<Reply> Clear(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerStore.Get(tx, request.Caller, request[0]);
            ServerStore.ClearTags(tx, server.Id);
            ServerStore.Touch(tx, server.Id, parts.Time.GetUtcNow());
        });
        return Reply.Empty();
    }

    private static Reply Answer(List<string> tags) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("tags");
        foreach (var tag in tags) json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
