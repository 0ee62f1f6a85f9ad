using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage;

/// <summary>Cinder's discovery documents: one API version with its microversions.</summary>
internal static class BlockStorageVersions
{
    public static readonly MicroversionRange Range = new("volume", new Microversion(3, 0), new Microversion(3, 71));

    /// <summary>300 as Cinder answers the bare root, although there is one choice.</summary>
    public static Task<Reply> Choices(ApiRequest request) => Task.FromResult(Reply.Json(300, json => Write(json, request)));

    public static Task<Reply> Show(ApiRequest request) => Task.FromResult(Reply.Ok(json => Write(json, request)));

    private static void Write(Utf8JsonWriter json, ApiRequest request)
    {
        json.WriteStartObject();
        json.WriteStartArray("versions");
        json.WriteStartObject();
        json.WriteString("id", "v3.0");
        json.WriteString("status", "CURRENT");
        json.WriteString("version", Range.Max.ToString());
        json.WriteString("min_version", Range.Min.ToString());
        json.WriteString("updated", "2023-08-31T00:00:00Z");
        json.WriteStartArray("links");
        json.WriteStartObject();
        json.WriteString("rel", "describedby");
        json.WriteString("type", "text/html");
        json.WriteString("href", "https://docs.openstack.org/");
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("rel", "self");
        json.WriteString("href", $"{request.ServiceUrl}/v3/");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("media-types");
        json.WriteStartObject();
        json.WriteString("base", "application/json");
        json.WriteString("type", "application/vnd.openstack.volume+json;version=3");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
