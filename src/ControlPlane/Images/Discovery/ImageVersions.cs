using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Discovery;

/// <summary>GET /image and /image/versions. One store is configured, and no cache: so the versions of stores are there, 2.14 is not.</summary>
internal static class ImageVersions
{
    private static readonly string[] Versions =
        ["2.15", "2.13", "2.12", "2.11", "2.10", "2.9", "2.8", "2.7", "2.6", "2.5", "2.4", "2.3", "2.2", "2.1", "2.0"];

    /// <summary>300: the client is to choose.</summary>
    public static Task<Reply> Choose(ApiRequest request) => Task.FromResult(Write(request, 300));

    public static Task<Reply> List(ApiRequest request) => Task.FromResult(Write(request, 200));

    private static Reply Write(ApiRequest request, int status) => Reply.Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("versions");
        foreach (var version in Versions)
        {
            json.WriteStartObject();
            json.WriteString("id", $"v{version}");
            json.WriteString("status", version == Versions[0] ? "CURRENT" : "SUPPORTED");
            json.WriteStartArray("links");
            json.WriteStartObject();
            json.WriteString("rel", "self");
            json.WriteString("href", $"{request.ServiceUrl}/v2/");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
