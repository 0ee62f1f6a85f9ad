using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>POST /v2/metadefs/namespaces/{namespace}/tags: many at once, instead of those that are there or beside them.</summary>
internal sealed class MetadefTags(CloudParts parts)
{
    public async Task<Reply> CreateMany(ApiRequest request)
    {
        var body = await request.Body();
        MetadefShapes.Check(body, MetadefShapes.Tags, "tags");
        var append = JsonReading.FlagOf(request.Http.Request.Headers["X-Openstack-Append"].ToString()) ?? false;
        var now = parts.Time.GetUtcNow();
        var names = body.GetItems("tags").Select(t => t.GetText("name")!).ToList();
        await parts.Database.Write(tx =>
        {
            var found = MetadefAccess.Allowed(tx, request);
            if (!append) MetadefStore.DeleteAll(tx, found.Id, DefinitionKind.Tag);
            foreach (var name in names)
            {
                MetadefAccess.RequireFree(tx, found, DefinitionKind.Tag, name);
                MetadefStore.Insert(tx, new Definition(found.Id, DefinitionKind.Tag, name, "{}", now, now));
            }
        });
        return Reply.Json(201, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("tags");
            foreach (var name in names)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
