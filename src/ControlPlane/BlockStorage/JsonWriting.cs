using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage;

/// <summary>The forms that Cinder's answers share: times without a zone, maps of texts.</summary>
internal static class JsonWriting
{
    extension(Utf8JsonWriter json)
    {
        public void WriteTime(string name, DateTimeOffset? time) =>
            json.WriteString(name, time is { } instant ? TimeText.Microseconds(instant) : null);

        public void WriteMap(string name, IEnumerable<KeyValuePair<string, string>> pairs)
        {
            json.WriteStartObject(name);
            foreach (var (key, value) in pairs) json.WriteString(key, value);
            json.WriteEndObject();
        }

        public void WriteTexts(string name, IEnumerable<string> texts)
        {
            json.WriteStartArray(name);
            foreach (var text in texts) json.WriteStringValue(text);
            json.WriteEndArray();
        }

        /// <summary>The two links of a resource: itself, and the same without a version.</summary>
        public void WriteLinks(ApiRequest request, string path)
        {
            var project = request.Caller.ProjectId is { } p ? p + "/" : "";
            json.WriteStartArray("links");
            json.WriteLink("self", $"{request.ServiceUrl}/v3/{project}{path}");
            json.WriteLink("bookmark", $"{request.ServiceUrl}/{project}{path}");
            json.WriteEndArray();
        }

        private void WriteLink(string relation, string url)
        {
            json.WriteStartObject();
            json.WriteString("rel", relation);
            json.WriteString("href", url);
            json.WriteEndObject();
        }
    }

    /// <summary>An answer of one named member.</summary>
    public static Reply Wrapped(string member, Action<Utf8JsonWriter> write, int status = 200) => Reply.Json(status, json =>
    {
        json.WriteStartObject();
        json.WritePropertyName(member);
        write(json);
        json.WriteEndObject();
    });

    /// <summary>A list with its link to the next page and, where asked for, the number of all rows.</summary>
    public static Reply List<T>(ApiRequest request, string collection, Page<T> page, Func<T, string> id, Action<Utf8JsonWriter, T> write,
        long? count = null, string? linksName = null) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray(collection);
        foreach (var item in page.Items) write(json, item);
        json.WriteEndArray();
        PageLinks.WriteNext(json, linksName ?? collection, request, page.HasMore ? id(page.Items[^1]) : null);
        if (count is { } total) json.WriteNumber("count", total);
        json.WriteEndObject();
    });

    public static Reply Map(string member, IEnumerable<KeyValuePair<string, string>> pairs) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteMap(member, pairs);
        json.WriteEndObject();
    });
}
