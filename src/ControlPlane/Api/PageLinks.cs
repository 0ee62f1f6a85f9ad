using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Cumulet.ControlPlane.Api;

/// <summary>The links by which clients walk from page to page, in each service's form.</summary>
public static class PageLinks
{
    /// <summary>The request's own URL with another marker.</summary>
    public static string Next(ApiRequest request, string marker)
    {
        var parameters = request.Query
            .Where(p => p.Key != "marker" && p.Key != "offset")
            .SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v)))
            .Append(KeyValuePair.Create("marker", (string?)marker));
        return QueryHelpers.AddQueryString(request.SelfUrl, parameters);
    }

    /// <summary>Nova, Cinder, Neutron: <c>"servers_links": [{"rel": "next", "href": …}]</c>; nothing on the last page.</summary>
    public static void WriteNext(Utf8JsonWriter json, string collection, ApiRequest request, string? marker)
    {
        if (marker is null) return;
        json.WriteStartArray($"{collection}_links");
        json.WriteStartObject();
        json.WriteString("rel", "next");
        json.WriteString("href", Next(request, marker));
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
