using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Answers with the cache headers that Placement has since 1.15.</summary>
internal static class PlacementReply
{
    public const string ConcurrentUpdate = "placement.concurrent_update";

    public static Reply Json(ApiRequest request, DateTimeOffset now, Action<Utf8JsonWriter> members, int status = 200)
    {
        var reply = Reply.Json(status, json =>
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        });
        return Fresh(request, now, reply);
    }

    public static Reply Fresh(ApiRequest request, DateTimeOffset now, Reply reply) => request.At(1, 15)
        ? reply.With("Cache-Control", "no-cache").With("Last-Modified", now.ToString("R"))
        : reply;

    public static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    public static void WriteAmounts(Utf8JsonWriter json, string name, IEnumerable<(string Class, long Amount)> amounts)
    {
        json.WriteStartObject(name);
        foreach (var (resourceClass, amount) in amounts) json.WriteNumber(resourceClass, amount);
        json.WriteEndObject();
    }

    /// <summary>The given parameters and no others; 400 otherwise.</summary>
    public static void CheckQuery(ApiRequest request, params ReadOnlySpan<string> known)
    {
        foreach (var name in request.Query.Keys)
            if (!known.Contains(name))
                throw Fault.BadRequest($"Invalid query string parameters: Additional properties are not allowed ('{name.Truncated()}' was unexpected)");
    }

    public static Fault Conflict(string message) => Fault.Conflict(message, ConcurrentUpdate);
}
