using System.Text.Json;
using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images;

/// <summary>One operation of a patch, checked by itself.</summary>
internal abstract record ImageChange(string Attribute, JsonElement Value)
{
    public sealed record Add(string Attribute, JsonElement Value, bool OnlyNew) : ImageChange(Attribute, Value);
    public sealed record Replace(string Attribute, JsonElement Value) : ImageChange(Attribute, Value);
    public sealed record Remove(string Attribute) : ImageChange(Attribute, default);
}

/// <summary>
/// Reads a patch body. Two forms, told apart by the media type: v2.1 is JSON patch (RFC 6902) with its operations limited
/// to add, remove, replace and to paths of one name; v2.0 is the fourth draft of it, where the operation is the key.
/// </summary>
internal static partial class ImagePatch
{
    private const string Draft4 = "application/openstack-images-v2.0-json-patch";
    private const string Draft10 = "application/openstack-images-v2.1-json-patch";
    private const string Operations = "add, remove, replace";

    public static IReadOnlyList<ImageChange> Parse(string? contentType, JsonElement body)
    {
        var mediaType = (contentType ?? "").Split(';')[0].Trim();
        if (mediaType is not (Draft4 or Draft10))
            throw new Fault(FaultKind.UnsupportedMedia, $"Image PATCH expects Content-Type one of: {Draft4}, {Draft10}");
        if (body.ValueKind != JsonValueKind.Array)
            throw Fault.BadRequest("Request body must be a JSON array of operation objects.");
        return [.. body.EnumerateArray().Select(operation => ParseOne(operation, mediaType == Draft4))];
    }

    private static ImageChange ParseOne(JsonElement operation, bool draft4)
    {
        if (operation.ValueKind != JsonValueKind.Object) throw Fault.BadRequest("Operations must be JSON objects.");
        var (verb, path) = draft4 ? ReadDraft4(operation) : ReadDraft10(operation);
        var name = NameOf(path);
        if (name is "id") throw Fault.Forbidden("Attribute 'id' is read-only.");
        ImageAttributes.CheckName(name);
        if (verb == "remove") return new ImageChange.Remove(name);
        if (!operation.TryGetProperty("value", out var value))
            throw Fault.BadRequest($"Operation \"{verb}\" requires a member named \"value\".");
        CheckValue(name, value);
        return verb == "add" ? new ImageChange.Add(name, value, OnlyNew: draft4) : new ImageChange.Replace(name, value);
    }

    private static (string Verb, string Path) ReadDraft10(JsonElement operation)
    {
        if (operation.GetText("op") is not { } verb)
            throw Fault.BadRequest($"Unable to find `op` in JSON Schema change. It must be one of the following: {Operations}.");
        if (verb is not ("add" or "remove" or "replace"))
            throw Fault.BadRequest($"Invalid operation: `{verb.Truncated()}`. It must be one of the following: {Operations}.");
        return (verb, Text(operation, "path") ?? throw Fault.BadRequest("Unable to find 'path' in JSON Schema change"));
    }

    private static (string Verb, string Path) ReadDraft4(JsonElement operation)
    {
        string[] verbs = [.. ((string[])["add", "remove", "replace"]).Where(v => operation.TryGetProperty(v, out _))];
        return verbs switch
        {
            [var verb] => (verb, Text(operation, verb) ?? throw Fault.BadRequest($"The path of '{verb}' must be a text.")),
            [] => throw Fault.BadRequest("Operation objects must contain exactly one member named \"add\", \"remove\", or \"replace\"."),
            _ => throw Fault.BadRequest("Operation objects must contain only one member named \"add\", \"remove\", or \"replace\"."),
        };
    }

    private static string? Text(JsonElement operation, string name) =>
        operation.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A JSON pointer of one segment: ~1 stands for / and ~0 for ~.
    private static string NameOf(string pointer)
    {
        if (!pointer.StartsWith('/')) throw Fault.BadRequest($"Pointer `{pointer.Truncated()}` does not start with \"/\".");
        if (AdjacentSlashes().IsMatch(pointer[1..])) throw Fault.BadRequest($"Pointer `{pointer.Truncated()}` contains adjacent \"/\".");
        if (pointer.Length > 1 && pointer.EndsWith('/')) throw Fault.BadRequest($"Pointer `{pointer.Truncated()}` end with \"/\".");
        if (StrayTilde().IsMatch(pointer))
            throw Fault.BadRequest($"Pointer `{pointer.Truncated()}` contains \"~\" not part of a recognized escape sequence.");
        var parts = pointer[1..].Split('/');
        if (parts[0] == "locations")
            throw Fault.Forbidden("It's not allowed to update locations if locations are invisible.");
        if (parts.Length != 1) throw Fault.BadRequest($"Invalid JSON pointer for this resource: '{pointer.Truncated()}'");
        return parts[0].Replace("~1", "/").Replace("~0", "~").Trim();
    }

    // The value as if it stood in an image of its own.
    private static void CheckValue(string name, JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName(name);
            value.WriteTo(json);
            json.WriteEndObject();
        }
        using var alone = JsonDocument.Parse(buffer.ToArray());
        ImageAttributes.Check(alone.RootElement);
    }

    [GeneratedRegex(@"/\s*?/")]
    private static partial Regex AdjacentSlashes();

    [GeneratedRegex("~([^01]|$)")]
    private static partial Regex StrayTilde();
}
