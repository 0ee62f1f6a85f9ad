using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute;

/// <summary>The discovery documents of Nova: v2.1 with its microversions, and the older v2.0 in front of the same code.</summary>
internal static class ComputeVersions
{
    public static readonly MicroversionRange Range = new("compute", new Microversion(2, 1), new Microversion(2, 100))
    {
        LegacyHeader = "X-OpenStack-Nova-API-Version",
    };

    public static Task<Reply> List(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("versions");
        Write(json, request, legacy: true, detail: false);
        Write(json, request, legacy: false, detail: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }));

    public static Task<Reply> Show(ApiRequest request) => Task.FromResult(One(request, legacy: false));

    public static Task<Reply> ShowLegacy(ApiRequest request) => Task.FromResult(One(request, legacy: true));

    private static Reply One(ApiRequest request, bool legacy) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("version");
        Write(json, request, legacy, detail: true);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, ApiRequest request, bool legacy, bool detail)
    {
        json.WriteStartObject();
        json.WriteString("id", legacy ? "v2.0" : "v2.1");
        json.WriteString("status", legacy ? "SUPPORTED" : "CURRENT");
        json.WriteString("version", legacy ? "" : Range.Max.ToString());
        json.WriteString("min_version", legacy ? "" : Range.Min.ToString());
        json.WriteString("updated", legacy ? "2011-01-21T11:33:21Z" : "2013-07-23T11:33:21Z");
        json.WriteStartArray("links");
        json.WriteStartObject();
        json.WriteString("rel", "self");
        json.WriteString("href", $"{request.ServiceUrl}/{(legacy ? "v2" : "v2.1")}/");
        json.WriteEndObject();
        if (detail)
        {
            json.WriteStartObject();
            json.WriteString("rel", "describedby");
            json.WriteString("type", "text/html");
            json.WriteString("href", "http://docs.openstack.org/");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (detail)
        {
            json.WriteStartArray("media-types");
            json.WriteStartObject();
            json.WriteString("base", "application/json");
            json.WriteString("type", $"application/vnd.openstack.compute+json;version={(legacy ? "2" : "2.1")}");
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
