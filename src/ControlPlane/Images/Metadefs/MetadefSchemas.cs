using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>/v2/schemas/metadefs: the shapes of the definitions as JSON schemas, without the fine print of their properties.</summary>
internal static class MetadefSchemas
{
    private static readonly (string Name, string Type)[] Namespace =
    [
        ("namespace", "string"), ("display_name", "string"), ("description", "string"), ("visibility", "string"), ("protected", "boolean"),
        ("owner", "string"), ("created_at", "string"), ("updated_at", "string"), ("schema", "string"), ("self", "string"),
        ("resource_type_associations", "array"), ("properties", "object"), ("objects", "array"), ("tags", "array"),
    ];

    private static readonly (string Name, string Type)[] Object =
    [
        ("name", "string"), ("description", "string"), ("required", "array"), ("properties", "object"), ("schema", "string"), ("self", "string"),
        ("created_at", "string"), ("updated_at", "string"),
    ];

    private static readonly (string Name, string Type)[] Property =
    [
        ("name", "string"), ("title", "string"), ("description", "string"), ("operators", "array"), ("type", "string"), ("required", "array"),
        ("minimum", "number"), ("maximum", "number"), ("maxLength", "integer"), ("minLength", "integer"), ("pattern", "string"), ("enum", "array"),
        ("readonly", "boolean"), ("default", "string"), ("items", "object"), ("maxItems", "integer"), ("minItems", "integer"),
        ("uniqueItems", "boolean"), ("additionalItems", "boolean"),
    ];

    private static readonly (string Name, string Type)[] Tag = [("name", "string"), ("created_at", "string"), ("updated_at", "string")];

    private static readonly (string Name, string Type)[] ResourceType =
        [("name", "string"), ("prefix", "string"), ("properties_target", "string"), ("created_at", "string"), ("updated_at", "string")];

    public static void Add(RouteTable routes)
    {
        AddPair(routes, "namespace", "namespaces", "namespace", "namespaces", Namespace, "namespace");
        AddPair(routes, "object", "objects", "object", "objects", Object, "name");
        AddPair(routes, "property", "properties", "property", "properties", Property, "type", "title");
        AddPair(routes, "tag", "tags", "tag", "tags", Tag, "name");
        AddPair(routes, "resource_type", "resource_types", "resource_type_association", "resource_type_associations", ResourceType, "name");
    }

    private static void AddPair(RouteTable routes, string one, string many, string name, string names, (string, string)[] members, params string[] required)
    {
        routes.Get($"v2/schemas/metadefs/{one}", "default", _ => Task.FromResult(Reply.Ok(json => WriteOne(json, name, members, required))));
        routes.Get($"v2/schemas/metadefs/{many}", "default", _ => Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("name", names);
            json.WriteStartObject("properties");
            json.WriteStartObject(names);
            json.WriteString("type", "array");
            json.WritePropertyName("items");
            WriteOne(json, name, members, required);
            json.WriteEndObject();
            foreach (var link in (string[])["first", "next", "schema"]) WriteType(json, link, "string");
            json.WriteEndObject();
            json.WriteEndObject();
        })));
    }

    private static void WriteOne(Utf8JsonWriter json, string name, (string Name, string Type)[] members, string[] required)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        json.WriteStartArray("required");
        foreach (var member in required) json.WriteStringValue(member);
        json.WriteEndArray();
        json.WriteStartObject("properties");
        foreach (var (member, type) in members) WriteType(json, member, type);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, string name, string type)
    {
        json.WriteStartObject(name);
        json.WriteString("type", type);
        json.WriteEndObject();
    }
}
