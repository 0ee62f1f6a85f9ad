using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>Metadata definitions as the API shows them.</summary>
internal static class MetadefJson
{
    /// <summary>The members of the namespace itself; the caller opens and closes the object and adds what belongs to it.</summary>
    public static void WriteMembers(Utf8JsonWriter json, NamespaceRecord record)
    {
        json.WriteString("namespace", record.Name);
        if (record.DisplayName is not null) json.WriteString("display_name", record.DisplayName);
        if (record.Description is not null) json.WriteString("description", record.Description);
        json.WriteString("visibility", record.Visibility);
        json.WriteBoolean("protected", record.Protected);
        if (record.Owner is not null) json.WriteString("owner", record.Owner);
        WriteTimes(json, record.CreatedAt, record.UpdatedAt);
        json.WriteString("self", $"/v2/metadefs/namespaces/{record.Name}");
        json.WriteString("schema", "/v2/schemas/metadefs/namespace");
    }

    /// <param name="prefix">Put before the names of properties where one resource type's view was asked for.</param>
    public static void WriteObject(Utf8JsonWriter json, NamespaceRecord record, Definition definition, string prefix = "")
    {
        using var body = JsonDocument.Parse(definition.Body);
        json.WriteStartObject();
        json.WriteString("name", definition.Name);
        if (body.RootElement.GetText("description") is { } description) json.WriteString("description", description);
        json.WriteStartArray("required");
        foreach (var name in body.RootElement.GetItems("required")) json.WriteStringValue(prefix + name.GetString());
        json.WriteEndArray();
        json.WriteStartObject("properties");
        if (body.RootElement.Get("properties") is { } properties)
            foreach (var property in properties.EnumerateObject())
            {
                json.WritePropertyName(prefix + property.Name);
                property.Value.WriteTo(json);
            }
        json.WriteEndObject();
        WriteTimes(json, definition.CreatedAt, definition.UpdatedAt);
        json.WriteString("self", $"/v2/metadefs/namespaces/{record.Name}/objects/{definition.Name}");
        json.WriteString("schema", "/v2/schemas/metadefs/object");
        json.WriteEndObject();
    }

    /// <summary>The map of names to definitions.</summary>
    public static void WriteProperties(Utf8JsonWriter json, IEnumerable<Definition> properties, string prefix = "")
    {
        json.WriteStartObject("properties");
        foreach (var property in properties)
        {
            json.WritePropertyName(prefix + property.Name);
            json.WriteRawValue(property.Body);
        }
        json.WriteEndObject();
    }

    public static void WriteProperty(Utf8JsonWriter json, Definition property)
    {
        using var body = JsonDocument.Parse(property.Body);
        json.WriteStartObject();
        json.WriteString("name", property.Name);
        foreach (var member in body.RootElement.EnumerateObject()) member.WriteTo(json);
        json.WriteEndObject();
    }

    public static void WriteTag(Utf8JsonWriter json, Definition tag, bool withTimes)
    {
        json.WriteStartObject();
        json.WriteString("name", tag.Name);
        if (withTimes) WriteTimes(json, tag.CreatedAt, tag.UpdatedAt);
        json.WriteEndObject();
    }

    public static void WriteResourceType(Utf8JsonWriter json, Definition association)
    {
        using var body = JsonDocument.Parse(association.Body);
        json.WriteStartObject();
        json.WriteString("name", association.Name);
        foreach (var member in body.RootElement.EnumerateObject()) member.WriteTo(json);
        WriteTimes(json, association.CreatedAt, association.UpdatedAt);
        json.WriteEndObject();
    }

    public static void WriteList(Utf8JsonWriter json, string name, IEnumerable<Definition> items, Action<Utf8JsonWriter, Definition> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items) write(json, item);
        json.WriteEndArray();
    }

    private static void WriteTimes(Utf8JsonWriter json, DateTimeOffset created, DateTimeOffset updated)
    {
        json.WriteString("created_at", TimeText.Seconds(created));
        json.WriteString("updated_at", TimeText.Seconds(updated));
    }
}
