using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity;

/// <summary>The discovery documents: one version, v3.14.</summary>
internal static class IdentityVersions
{
    public static Task<Reply> List(ApiRequest request) => Task.FromResult(Reply.Json(300, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("versions");
        json.WriteStartArray("values");
        Write(json, request);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }).With("Vary", "X-Auth-Token"));

    public static Task<Reply> Show(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("version");
        Write(json, request);
        json.WriteEndObject();
    }).With("Vary", "X-Auth-Token"));

    private static void Write(Utf8JsonWriter json, ApiRequest request)
    {
        json.WriteStartObject();
        json.WriteString("id", "v3.14");
        json.WriteString("status", "stable");
        json.WriteString("updated", "2020-04-07T00:00:00Z");
        json.WriteStartArray("links");
        json.WriteStartObject();
        json.WriteString("rel", "self");
        json.WriteString("href", $"{request.ServiceUrl}/v3/");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("media-types");
        json.WriteStartObject();
        json.WriteString("base", "application/json");
        json.WriteString("type", "application/vnd.openstack.identity-v3+json");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
