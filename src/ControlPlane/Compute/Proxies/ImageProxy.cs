using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Proxies;

/// <summary>
/// Glance's images in Nova's older words, up to 2.35; their metadata up to 2.38. Whatever Glance keeps beside its own members is
/// metadata here.
/// </summary>
internal sealed class ImageProxy(Neighbours neighbours)
{
    private const string Policy = "os_compute_api:images";

    private static readonly string[] OwnMembers =
    [
        "id", "name", "status", "visibility", "owner", "protected", "tags", "size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value",
        "os_hidden", "disk_format", "container_format", "min_disk", "min_ram", "created_at", "updated_at", "self", "file", "schema", "stores",
        "locations", "direct_url",
    ];

    private static readonly Shape Metadata = Shape.Map(ComputeShapes.MetadataKey, Shape.Text(0, 255));
    private static readonly Shape OneValue = Shape.Map(ComputeShapes.MetadataKey, Shape.Text(0, 255), max: 1);

    public static void Map(RouteTable routes, Neighbours neighbours)
    {
        var proxy = new ImageProxy(neighbours);
        routes.Get("v2.1/images", Policy, r => proxy.List(r, detail: false)).Until(2, 35);
        routes.Get("v2.1/images/detail", Policy, r => proxy.List(r, detail: true)).Until(2, 35);
        routes.Get("v2.1/images/{id}", Policy, proxy.Show).Until(2, 35);
        routes.Delete("v2.1/images/{id}", Policy, proxy.Delete).Until(2, 35);
        routes.Get("v2.1/images/{id}/metadata", Policy, proxy.ListMetadata).Until(2, 38);
        routes.Post("v2.1/images/{id}/metadata", Policy, r => proxy.SetMetadata(r, replace: false)).Until(2, 38);
        routes.Put("v2.1/images/{id}/metadata", Policy, r => proxy.SetMetadata(r, replace: true)).Until(2, 38);
        routes.Get("v2.1/images/{id}/metadata/{key}", Policy, proxy.ShowMetadata).Until(2, 38);
        routes.Put("v2.1/images/{id}/metadata/{key}", Policy, proxy.SetOne).Until(2, 38);
        routes.Delete("v2.1/images/{id}/metadata/{key}", Policy, proxy.DeleteOne).Until(2, 38);
    }

    private async Task<Reply> List(ApiRequest request, bool detail)
    {
        var query = request.Query;
        var filters = query.Where(q => !string.IsNullOrEmpty(q.Value)).Select(q => Filter(q.Key, q.Value.ToString())).OfType<string>();
        var answer = await neighbours.Call(request, "GET", $"image/v2/images?{string.Join('&', filters)}");
        var images = answer.GetItems("images").ToList();
        var more = answer.GetText("next") is not null && query["limit"].Count > 0 && images.Count > 0;
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("images");
            foreach (var image in images) Write(json, request, image, detail);
            json.WriteEndArray();
            PageLinks.WriteNext(json, "images", request, more ? images[^1].GetText("id") : null);
            json.WriteEndObject();
        });
    }

    /// <summary>Nova's filters in Glance's words. Rule: nova/api/openstack/compute/images.py, SUPPORTED_FILTERS.</summary>
    private static string? Filter(string name, string value) => name switch
    {
        "name" or "limit" or "marker" => With(name, value),
        "status" => With(name, value.ToLowerInvariant()),
        "server" => With("instance_uuid", value[(value.LastIndexOf('/') + 1)..]),
        "type" => With("image_type", value),
        "minRam" => With("min_ram", value),
        "minDisk" => With("min_disk", value),
        "changes-since" => With("updated_at", $"gte:{value}"),
        _ when name.StartsWith("property-", StringComparison.Ordinal) => With(name["property-".Length..], value),
        _ => null,
    };

    private static string With(string name, string value) => $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";

    private async Task<Reply> Show(ApiRequest request)
    {
        var image = await Get(request);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("image");
            Write(json, request, image, detail: true);
            json.WriteEndObject();
        });
    }

    private async Task<Reply> Delete(ApiRequest request)
    {
        await Get(request);
        try
        {
            await neighbours.Call(request, "DELETE", $"image/v2/images/{request[0]}");
        }
        catch (Fault fault) when (fault.Kind == FaultKind.Forbidden)
        {
            throw Fault.Forbidden("You are not allowed to delete the image.");
        }
        return Reply.Empty();
    }

    private async Task<Reply> ListMetadata(ApiRequest request) => Answer("metadata", MetadataOf(await Get(request)));

    private async Task<Reply> ShowMetadata(ApiRequest request) =>
        MetadataOf(await Get(request)).TryGetValue(request[1], out var value)
            ? Answer("meta", new Dictionary<string, string> { [request[1]] = value })
            : throw Fault.NotFound("Metadata item was not found");

    private async Task<Reply> SetMetadata(ApiRequest request, bool replace)
    {
        await request.Body("metadata", Metadata);
        var wanted = (await request.Body()).GetMap("metadata");
        var present = MetadataOf(await Get(request));
        return Answer("metadata", await Patch(request, present, wanted, replace ? [.. present.Keys.Except(wanted.Keys)] : []));
    }

    private async Task<Reply> SetOne(ApiRequest request)
    {
        await request.Body("meta", OneValue);
        var wanted = (await request.Body()).GetMap("meta");
        if (!wanted.ContainsKey(request[1])) throw Fault.BadRequest("Request body and URI mismatch");
        await Patch(request, MetadataOf(await Get(request)), wanted, []);
        return Answer("meta", wanted);
    }

    private async Task<Reply> DeleteOne(ApiRequest request)
    {
        var present = MetadataOf(await Get(request));
        if (!present.ContainsKey(request[1])) throw Fault.NotFound("Invalid metadata key");
        await Patch(request, present, [], [request[1]]);
        return Reply.Empty();
    }

    private async Task<Dictionary<string, string>> Patch(
        ApiRequest request, Dictionary<string, string> present, Dictionary<string, string> wanted, IReadOnlyList<string> gone)
    {
        if (wanted.Count == 0 && gone.Count == 0) return present;
        var image = await neighbours.Call(request, "PATCH", $"image/v2/images/{request[0]}", json =>
        {
            json.WriteStartArray();
            foreach (var (name, value) in wanted) Step(json, present.ContainsKey(name) ? "replace" : "add", name, value);
            foreach (var name in gone) Step(json, "remove", name, null);
            json.WriteEndArray();
        }, "application/openstack-images-v2.1-json-patch");
        return MetadataOf(image);
    }

    private static void Step(Utf8JsonWriter json, string operation, string name, string? value)
    {
        json.WriteStartObject();
        json.WriteString("op", operation);
        json.WriteString("path", "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
        if (value is not null) json.WriteString("value", value);
        json.WriteEndObject();
    }

    private async Task<JsonElement> Get(ApiRequest request)
    {
        try
        {
            return await neighbours.Call(request, "GET", $"image/v2/images/{Uri.EscapeDataString(request[0])}");
        }
        catch (Fault fault) when (fault.Kind == FaultKind.NotFound)
        {
            throw Fault.NotFound("Image not found.");
        }
    }

    private static Dictionary<string, string> MetadataOf(JsonElement image) => image.EnumerateObject()
        .Where(m => !OwnMembers.Contains(m.Name) && m.Value.ValueKind == JsonValueKind.String)
        .ToDictionary(m => m.Name, m => m.Value.GetString()!, StringComparer.Ordinal);

    private static Reply Answer(string member, Dictionary<string, string> metadata) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        WriteMap(json, member, metadata);
        json.WriteEndObject();
    });

    private static void WriteMap(Utf8JsonWriter json, string member, Dictionary<string, string> metadata)
    {
        json.WriteStartObject(member);
        foreach (var (name, value) in metadata) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ApiRequest request, JsonElement image, bool detail)
    {
        var id = image.GetText("id")!;
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("name", image.GetText("name"));
        if (detail)
        {
            var (status, progress) = image.GetText("status") switch
            {
                "active" => ("ACTIVE", 100),
                "queued" => ("SAVING", 25),
                "saving" => ("SAVING", 50),
                "deleted" or "pending_delete" => ("DELETED", 0),
                "killed" => ("ERROR", 0),
                _ => ("UNKNOWN", 0),
            };
            var metadata = MetadataOf(image);
            json.WriteString("status", status);
            json.WriteNumber("progress", progress);
            json.WriteNumber("minDisk", image.GetLong("min_disk") ?? 0);
            json.WriteNumber("minRam", image.GetLong("min_ram") ?? 0);
            json.WriteString("created", image.GetText("created_at"));
            json.WriteString("updated", image.GetText("updated_at"));
            json.WriteNumber("OS-EXT-IMG-SIZE:size", image.GetLong("size") ?? 0);
            WriteMap(json, "metadata", metadata);
            if (metadata.GetValueOrDefault("auto_disk_config") is { } automatic)
                json.WriteString("OS-DCF:diskConfig", JsonReading.FlagOf(automatic) == true ? "AUTO" : "MANUAL");
        }
        ComputeLinks.Write(json, request, "images", id);
        json.WriteEndObject();
    }
}
