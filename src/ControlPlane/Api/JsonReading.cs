using System.Globalization;
using System.Text.Json;

namespace Cumulet.ControlPlane.Api;

/// <summary>Reads checked JSON the way OpenStack's services do: absent and null alike, texts for numbers and flags.</summary>
public static class JsonReading
{
    extension(JsonElement json)
    {
        public bool Has(string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out _);

        /// <summary>The member, or null where it is absent or null.</summary>
        public JsonElement? Get(string name) =>
            json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
                ? value
                : null;

        public string? GetText(string name) => json.Get(name) switch
        {
            { ValueKind: JsonValueKind.String } value => value.GetString(),
            { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
            _ => null,
        };

        public long? GetLong(string name) => json.Get(name) switch
        {
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number,
            { ValueKind: JsonValueKind.String } value when long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };

        public int? GetInt(string name) => (int?)json.GetLong(name);

        public bool? GetFlag(string name) => json.Get(name) switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.String } value => FlagOf(value.GetString()!),
            { ValueKind: JsonValueKind.Number } value => value.GetRawText() is "1" ? true : value.GetRawText() is "0" ? false : null,
            _ => null,
        };

        /// <summary>The items of an array member; none where it is absent.</summary>
        public IEnumerable<JsonElement> GetItems(string name) =>
            json.Get(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

        /// <summary>The texts of an object member as a dictionary; empty where it is absent.</summary>
        public Dictionary<string, string> GetMap(string name)
        {
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            if (json.Get(name) is { ValueKind: JsonValueKind.Object } members)
                foreach (var member in members.EnumerateObject())
                    map[member.Name] = member.Value.ValueKind == JsonValueKind.String
                        ? member.Value.GetString()!
                        : member.Value.GetRawText();
            return map;
        }
    }

    /// <summary>oslo's strict reading of a truth value; null where the text is none.</summary>
    public static bool? FlagOf(string text) => text.Trim().ToLowerInvariant() switch
    {
        "1" or "t" or "true" or "on" or "y" or "yes" => true,
        "0" or "f" or "false" or "off" or "n" or "no" => false,
        _ => null,
    };

    public static bool IsFlagText(string text) => FlagOf(text) is not null;

    /// <summary>For error texts: at most 200 characters of what a caller sent.</summary>
    internal static string Truncated(this string text) => text.Length <= 200 ? text : text[..200] + "…";
}
