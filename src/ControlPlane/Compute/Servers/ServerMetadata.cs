using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Quotas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>/servers/ID/metadata and its items.</summary>
internal sealed class ServerMetadata(CloudParts parts)
{
    private static readonly Shape Items = Shape.Map(ComputeShapes.MetadataKey, Shape.Text(0, 255));

    public Task<Reply> List(ApiRequest request)
    {
        var items = parts.Database.Read(tx => ServerStore.Metadata(tx, ServerStore.Get(tx, request.Caller, request[0]).Id));
        return Task.FromResult(Answer(items));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var items = parts.Database.Read(tx => ServerStore.Metadata(tx, ServerStore.Get(tx, request.Caller, request[0]).Id));
        if (!items.TryGetValue(request[1], out var value)) throw Fault.NotFound("Metadata item was not found");
        return Task.FromResult(AnswerOne(request[1], value));
    }

    public Task<Reply> Add(ApiRequest request) => Change(request, replace: false);

    public Task<Reply> Replace(ApiRequest request) => Change(request, replace: true);

    private async Task<Reply> Change(ApiRequest request, bool replace)
    {
        var wanted = await request.Body("metadata", Items);
        var items = await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, request[0]);
            if (replace) ServerStore.ClearMetadata(tx, server.Id);
            foreach (var item in wanted.EnumerateObject()) ServerStore.SetMetadata(tx, server.Id, item.Name, item.Value.GetString()!);
            return Checked(tx, server);
        });
        return Answer(items);
    }

    public async Task<Reply> Set(ApiRequest request)
    {
        var meta = await request.Body("meta", Items);
        if (meta.GetPropertyCount() != 1) throw Fault.BadRequest("Request body contains too many items: give one, the one of the URL.");
        if (!meta.TryGetProperty(request[1], out var value))
            throw Fault.BadRequest($"Request body and URI mismatch: the URL names '{request[1]}', the body '{meta.EnumerateObject().First().Name}'.");
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, request[0]);
            ServerStore.SetMetadata(tx, server.Id, request[1], value.GetString()!);
            Checked(tx, server);
        });
        return AnswerOne(request[1], value.GetString()!);
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, request[0]);
            if (ServerStore.RemoveMetadata(tx, server.Id, request[1]) == 0) throw Fault.NotFound("Metadata item was not found");
            ServerStore.Touch(tx, server.Id, parts.Time.GetUtcNow());
        });
        return Reply.Empty();
    }

    private Dictionary<string, string> Checked(Tx tx, ServerRecord server)
    {
        var items = ServerStore.Metadata(tx, server.Id);
        RequireQuota(tx, server.ProjectId, server.UserId, items.Count);
        ServerStore.Touch(tx, server.Id, parts.Time.GetUtcNow());
        return items;
    }

    /// <summary>Throws the 403 where one server would have more items than the quota <c>metadata_items</c> allows.</summary>
    public static void RequireQuota(Tx tx, string? projectId, string userId, int items)
    {
        var limit = ComputeQuotas.LimitOf(tx, projectId, userId, "metadata_items");
        if (limit >= 0 && items > limit) throw Fault.Forbidden($"Maximum number of metadata items exceeds {limit}");
    }

    private static Reply Answer(Dictionary<string, string> items) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        foreach (var (name, value) in items) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static Reply AnswerOne(string name, string value) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("meta");
        json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
