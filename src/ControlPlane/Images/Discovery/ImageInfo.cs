using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Imports;

namespace Cumulet.ControlPlane.Images.Discovery;

/// <summary>/v2/info: what this image service can do, and how much of it is used.</summary>
internal sealed class ImageInfo(CloudParts parts)
{
    public Task<Reply> ImportMethodsOf(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("import-methods");
        json.WriteString("description", "Import methods available.");
        json.WriteString("type", "array");
        json.WriteStartArray("value");
        foreach (var method in ImportMethods.All) json.WriteStringValue(method);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }));

    public Task<Reply> Stores(ApiRequest request) => Task.FromResult(WriteStores(detail: false));

    public Task<Reply> StoresInDetail(ApiRequest request) => Task.FromResult(WriteStores(detail: true));

    // No path: where the layers are is nobody's business outside.
    private static Reply WriteStores(bool detail) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("stores");
        json.WriteStartObject();
        json.WriteString("id", ImageJson.Store);
        json.WriteString("description", "Copy-on-write layers on this machine");
        json.WriteString("default", "true");
        if (detail)
        {
            json.WriteString("type", "file");
            json.WriteNumber("weight", 0);
            json.WriteStartObject("properties");
            json.WriteBoolean("thin_provisioning", true);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public Task<Reply> Usage(ApiRequest request)
    {
        var quotas = parts.Database.Read(tx => ImageQuotas.Of(tx, request.ProjectId));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("usage");
            foreach (var quota in quotas)
            {
                json.WriteStartObject(quota.Name);
                json.WriteNumber("usage", quota.Usage);
                json.WriteNumber("limit", quota.Limit);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }
}
