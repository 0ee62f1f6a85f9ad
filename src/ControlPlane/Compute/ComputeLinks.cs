using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute;

/// <summary>
/// The links of a resource. As in Nova, <c>self</c> has the version and <c>bookmark</c> has none, and both carry the project id
/// only where the request's own URL did.
/// </summary>
internal static class ComputeLinks
{
    public static void Write(Utf8JsonWriter json, ApiRequest request, string collection, string id)
    {
        json.WriteStartArray("links");
        Link(json, "self", Self(request, collection, id));
        Link(json, "bookmark", Bookmark(request, collection, id));
        // An image is at home in another service, where its bytes are.
        if (collection == "images") Link(json, "alternate", $"{request.Http.Request.Scheme}://{request.Http.Request.Host}/image/images/{id}", "application/vnd.openstack.image");
        json.WriteEndArray();
    }

    public static string Self(ApiRequest request, string collection, string id) =>
        $"{Of(request).Self}/{collection}/{Uri.EscapeDataString(id)}";

    public static string Bookmark(ApiRequest request, string collection, string id) =>
        $"{Of(request).Bookmark}/{collection}/{Uri.EscapeDataString(id)}";

    // A list writes hundreds of links of one request.
    private static (string Self, string Bookmark) Of(ApiRequest request)
    {
        var items = request.Http.Items;
        if (items.TryGetValue(Key, out var known)) return ((string, string))known!;
        var (url, project) = (request.ServiceUrl, Project(request));
        var made = ($"{url}/{Segments(request)[1]}{project}", $"{url}{project}");
        items[Key] = made;
        return made;
    }

    private static readonly object Key = new();

    private static void Link(Utf8JsonWriter json, string rel, string href, string? type = null)
    {
        json.WriteStartObject();
        json.WriteString("rel", rel);
        if (type is not null) json.WriteString("type", type);
        json.WriteString("href", href);
        json.WriteEndObject();
    }

    private static string Project(ApiRequest request)
    {
        var segments = Segments(request);
        return request.HasCaller && segments.Length > 2 && segments[2] == request.Caller.ProjectId ? $"/{segments[2]}" : "";
    }

    // compute, version, project id or collection, …
    private static string[] Segments(ApiRequest request) =>
        (request.Http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
}
