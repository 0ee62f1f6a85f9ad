using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>GET /v2/images: what the caller sees, narrowed by any attribute or property, page by page.</summary>
internal sealed class ListImages(CloudParts parts)
{
    public Task<Reply> Handle(ApiRequest request)
    {
        var query = ImageListQuery.Parse(request);
        var images = parts.Database.Read(tx => ImageStore.WithDetails(tx, query.Run(tx, request.Caller)));
        var next = images.Count > 0 && images.Count == query.Limit ? images[^1].Id : null;
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("images");
            foreach (var image in images) ImageJson.Write(json, image);
            json.WriteEndArray();
            json.WriteString("first", ListLinks.Of("/v2/images", request, null));
            if (next is not null) json.WriteString("next", ListLinks.Of("/v2/images", request, next));
            json.WriteString("schema", "/v2/schemas/images");
            json.WriteEndObject();
        }));
    }
}

/// <summary>The <c>first</c> and <c>next</c> of the image service: paths, with the request's own parameters.</summary>
internal static class ListLinks
{
    public static string Of(string path, ApiRequest request, string? marker)
    {
        var parameters = request.Query.Where(p => p.Key != "marker")
            .SelectMany(p => p.Value.Select(v => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(v ?? "")}"));
        if (marker is not null) parameters = parameters.Append($"marker={Uri.EscapeDataString(marker)}");
        var text = string.Join('&', parameters);
        return text.Length == 0 ? path : $"{path}?{text}";
    }
}
