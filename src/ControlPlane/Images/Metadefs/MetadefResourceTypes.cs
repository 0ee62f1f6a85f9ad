using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>The kinds of resource there are, and which of them a namespace's definitions are for.</summary>
internal sealed class MetadefResourceTypes(CloudParts parts)
{
    public Task<Reply> ListAll(ApiRequest request)
    {
        var types = parts.Database.Read(MetadefStore.ResourceTypes);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("resource_types");
            foreach (var (name, created) in types)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("created_at", TimeText.Seconds(created));
                json.WriteString("updated_at", TimeText.Seconds(created));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    public Task<Reply> List(ApiRequest request)
    {
        var types = parts.Database.Read(tx => MetadefStore.Definitions(tx, MetadefAccess.Allowed(tx, request).Id, DefinitionKind.ResourceType));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            MetadefJson.WriteList(json, "resource_type_associations", types, MetadefJson.WriteResourceType);
            json.WriteEndObject();
        }));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body();
        MetadefShapes.Check(body, MetadefShapes.ResourceType, "resource_type_association");
        var now = parts.Time.GetUtcNow();
        var added = await parts.Database.Write(tx =>
        {
            var found = MetadefAccess.Allowed(tx, request);
            var name = body.GetText("name")!;
            MetadefAccess.RequireFree(tx, found, DefinitionKind.ResourceType, name);
            var association = new Definition(found.Id, DefinitionKind.ResourceType, name, MetadefShapes.Body(body), now, now);
            MetadefStore.Insert(tx, association);
            return association;
        });
        return Reply.Json(201, json => MetadefJson.WriteResourceType(json, added));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var found = MetadefAccess.AllowedToRemove(tx, request, "resource-type-association", request[1]);
            var association = MetadefStore.Find(tx, found.Id, DefinitionKind.ResourceType, request[1])
                ?? throw Fault.NotFound($"Failed to find resource type {request[1].Truncated()} to delete");
            MetadefStore.Delete(tx, association);
        });
        return Reply.Empty();
    }
}
