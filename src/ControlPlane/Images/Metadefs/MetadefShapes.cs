using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>What the bodies of the metadata definitions look like. Rule: the Image API's <c>/v2/schemas/metadefs</c>.</summary>
internal static class MetadefShapes
{
    private const int MaxName = 80;
    private static readonly string[] ReadOnly = ["self", "schema", "created_at", "updated_at"];

    private static readonly Shape Words = Shape.List(Shape.Text(max: int.MaxValue), unique: true);
    private static readonly Shape JsonType = Shape.OrNull(Shape.OneOf("array", "boolean", "integer", "number", "object", "string"));

    private static readonly Member[] OfProperty =
    [
        Member.Must("title", Shape.Text(max: 65_535)),
        Member.Must("type", JsonType),
        Member.May("description", Shape.Text(max: 65_535)),
        Member.May("operators", Shape.List(Shape.Text())),
        Member.May("required", Words),
        Member.May("minimum", Shape.Number),
        Member.May("maximum", Shape.Number),
        Member.May("maxLength", Shape.Integer(min: 0)),
        Member.May("minLength", Shape.Integer(min: 0)),
        Member.May("pattern", Shape.Text(max: 65_535)),
        Member.May("enum", Shape.List(Shape.Any)),
        Member.May("readonly", Shape.StrictFlag),
        Member.May("default", Shape.Any),
        Member.May("items", Shape.Object(Member.May("type", JsonType), Member.May("enum", Shape.List(Shape.Any))).Open()),
        Member.May("maxItems", Shape.Integer(min: 0)),
        Member.May("minItems", Shape.Integer(min: 0)),
        Member.May("uniqueItems", Shape.StrictFlag),
        Member.May("additionalItems", Shape.StrictFlag),
    ];

    private static readonly Shape Properties =
        Shape.Map("^.*$", new ObjectShape([.. OfProperty, Member.May("name", Shape.Text(max: MaxName))]).Open());

    public static readonly Shape Property = Shape.Object([Member.Must("name", Shape.Text(min: 1, max: MaxName)), .. OfProperty]);

    public static readonly Shape Object = Shape.Object(
        Member.Must("name", Shape.Text(min: 1, max: MaxName)),
        Member.May("description", Shape.Text(max: 65_535)),
        Member.May("required", Words),
        Member.May("properties", Properties));

    public static readonly Shape Tag = Shape.Object(Member.Must("name", Shape.Text(min: 1, max: MaxName)));

    public static readonly Shape Tags = Shape.Object(Member.Must("tags", Shape.List(Tag)));

    public static readonly Shape ResourceType = Shape.Object(
        Member.Must("name", Shape.Text(min: 1, max: MaxName)),
        Member.May("prefix", Shape.Text(max: MaxName)),
        Member.May("properties_target", Shape.Text(max: MaxName)));

    public static readonly Shape Namespace = Shape.Object(
        Member.Must("namespace", Shape.Text(min: 1, max: MaxName)),
        Member.May("display_name", Shape.Text(max: MaxName)),
        Member.May("description", Shape.Text(max: 500)),
        Member.May("visibility", Shape.OneOf("public", "private")),
        Member.May("protected", Shape.StrictFlag),
        Member.May("owner", Shape.Text(max: 255)),
        Member.May("resource_type_associations", Shape.List(ResourceType)),
        Member.May("properties", Properties),
        Member.May("objects", Shape.List(Object)),
        Member.May("tags", Shape.List(Tag)));

    /// <summary>400 for a body that is none of these, 403 for members that the service alone writes.</summary>
    public static void Check(JsonElement body, Shape shape, string name)
    {
        if (body.ValueKind == JsonValueKind.Object)
            foreach (var member in ReadOnly)
                if (body.TryGetProperty(member, out _)) throw Fault.Forbidden($"Attribute '{member}' is read-only.");
        if (shape.Problem(body, name, default) is { } problem)
            throw Fault.BadRequest($"Provided object does not match schema '{name}': {problem}");
    }

    /// <summary>A definition's members without its name, as they are kept.</summary>
    public static string Body(JsonElement definition)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in definition.EnumerateObject())
                if (member.Name != "name" && member.Value.ValueKind != JsonValueKind.Null) member.WriteTo(json);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
