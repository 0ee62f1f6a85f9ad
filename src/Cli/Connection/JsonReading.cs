using System.Text.Json;

namespace Cumulet.Cli.Connection;

/// <summary>Reads answers leniently: what is not there is null or empty, never an exception.</summary>
static class JsonReading
{
    public static string? Text(this JsonNode? node, string key) => node?.Field(key) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        var other => other.ToJsonString(),
    };

    public static JsonNode? Field(this JsonNode? node, string key) => node is JsonObject fields ? fields[key] : null;

    public static bool True(this JsonNode? node, string key) => node.Field(key)?.GetValueKind() == JsonValueKind.True;

    public static int? Number(this JsonNode? node, string key) =>
        node.Field(key) is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    public static IEnumerable<JsonObject> Items(this JsonNode? node, string key) =>
        node.Field(key) is JsonArray items ? items.OfType<JsonObject>() : [];

    public static string Id(this JsonNode node) => node.Text("id")!;

    /// <summary>A node that hangs in one tree cannot hang in a second.</summary>
    public static JsonNode? Copy(this JsonNode? node) => node?.DeepClone();

    /// <summary>Sets the field when there is a value.</summary>
    public static JsonObject With(this JsonObject body, string key, JsonNode? value)
    {
        if (value is not null) body[key] = value;
        return body;
    }

    public static JsonArray Array(IEnumerable<string> texts)
    {
        var array = new JsonArray();
        foreach (var text in texts) array.Add((JsonNode)text);
        return array;
    }
}
