using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Microsoft.AspNetCore.Http.Extensions;

namespace Cumulet.ControlPlane.Identity;

/// <summary>The frame of Identity's answers: one resource under its name, or a list with links.</summary>
internal static class IdentityJson
{
    public static Task<Reply> One(int status, string name, Action<Utf8JsonWriter> write) => Task.FromResult(OneNow(status, name, write));

    public static Reply OneNow(int status, string name, Action<Utf8JsonWriter> write) => Reply.Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject(name);
        write(json);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <param name="next">The id after which the next page starts; null on the last one.</param>
    public static Task<Reply> List<T>(
        ApiRequest request, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write, string? next = null) =>
        Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray(name);
            foreach (var item in items)
            {
                json.WriteStartObject();
                write(json, item);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WriteListLinks(json, request, next);
            json.WriteEndObject();
        }));

    public static void WriteListLinks(Utf8JsonWriter json, ApiRequest request, string? next)
    {
        json.WriteStartObject("links");
        json.WriteString("next", next is null ? null : PageLinks.Next(request, next));
        json.WriteString("self", request.SelfUrl + request.Http.Request.QueryString);
        json.WriteNull("previous");
        json.WriteEndObject();
    }

    /// <param name="path">Behind /v3/.</param>
    public static void WriteSelf(Utf8JsonWriter json, ApiRequest request, string path)
    {
        json.WriteStartObject("links");
        json.WriteString("self", $"{request.ServiceUrl}/v3/{path}");
        json.WriteEndObject();
    }

    public static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at) json.WriteString(name, TimeText.Microseconds(at));
        else json.WriteNull(name);
    }
}
