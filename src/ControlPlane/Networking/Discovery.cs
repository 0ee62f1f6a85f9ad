using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Networking;

/// <summary>What the service is, before anybody has a token.</summary>
internal static class Discovery
{
    private static readonly (string Name, string Collection)[] Resources =
    [
        ("subnet", "subnets"), ("network", "networks"), ("quota", "quotas"), ("port", "ports"), ("subnetpool", "subnetpools"),
        ("router", "routers"), ("floatingip", "floatingips"), ("security-group", "security-groups"), ("security-group-rule", "security-group-rules"),
    ];

    public static Task<Reply> Versions(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("versions");
        json.WriteStartObject();
        json.WriteString("id", "v2.0");
        json.WriteString("status", "CURRENT");
        json.WriteStartArray("links");
        json.WriteStartObject();
        json.WriteString("rel", "self");
        json.WriteString("href", $"{request.ServiceUrl}/v2.0/");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }));

    public static Task<Reply> Version(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("resources");
        foreach (var (name, collection) in Resources) WriteResource(json, request, name, collection);
        json.WriteEndArray();
        json.WriteEndObject();
    }));

    private static void WriteResource(Utf8JsonWriter json, ApiRequest request, string name, string collection)
    {
        json.WriteStartObject();
        json.WriteStartArray("links");
        json.WriteStartObject();
        json.WriteString("rel", "self");
        json.WriteString("href", $"{request.ServiceUrl}/v2.0/{collection}");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("name", name);
        json.WriteString("collection", collection);
        json.WriteEndObject();
    }
}
