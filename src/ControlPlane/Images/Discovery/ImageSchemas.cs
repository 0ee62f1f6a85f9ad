using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Discovery;

/// <summary>/v2/schemas: JSON schemas of what this service shows; python-glanceclient builds its objects from them.</summary>
internal static class ImageSchemas
{
    private const string Uuid = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";

    /// <summary>One attribute: its JSON types, what it is, and its bounds.</summary>
    private sealed record Attribute(string Name, string Description, params string[] Types)
    {
        public bool ReadOnly { get; init; }
        public int? MaxLength { get; init; }
        public string? Pattern { get; init; }
        public IReadOnlyList<string?>? Values { get; init; }
        public int? ItemMaxLength { get; init; }
    }

    private static readonly Attribute[] Image =
    [
        new("id", "The image's identifier", "string") { Pattern = Uuid },
        new("name", "The image's name", "null", "string") { MaxLength = 255 },
        new("status", "Where the image is between queued and active", "string")
        {
            ReadOnly = true,
            Values = ["queued", "saving", "active", "killed", "deleted", "uploading", "importing", "pending_delete", "deactivated"],
        },
        new("visibility", "Who sees the image", "string") { Values = ImageVisibility.Values },
        new("protected", "Whether deleting it is refused", "boolean"),
        new("os_hidden", "Whether lists leave it out unless asked", "boolean"),
        new("checksum", "MD5 of the image's bytes", "null", "string") { ReadOnly = true, MaxLength = 32 },
        new("os_hash_algo", "The algorithm of os_hash_value", "null", "string") { ReadOnly = true, MaxLength = 64 },
        new("os_hash_value", "Hash of the image's bytes in hexadecimal", "null", "string") { ReadOnly = true, MaxLength = 128 },
        new("owner", "The project that owns it", "null", "string") { MaxLength = 255 },
        new("size", "Bytes of a download", "null", "integer") { ReadOnly = true },
        new("virtual_size", "Bytes of the disk that a guest sees", "null", "integer") { ReadOnly = true },
        new("container_format", "What the disk is wrapped in", "null", "string") { Values = [null, .. ImageAttributes.ContainerFormats] },
        new("disk_format", "The disk's format", "null", "string") { Values = [null, .. ImageAttributes.DiskFormats] },
        new("created_at", "When it was registered", "string") { ReadOnly = true },
        new("updated_at", "When it was last changed", "string") { ReadOnly = true },
        new("tags", "Words to find it by", "array") { ItemMaxLength = 255 },
        new("min_ram", "MiB of memory that a server of it needs", "integer"),
        new("min_disk", "GiB of disk that a server of it needs", "integer"),
        new("self", "This image's path", "string") { ReadOnly = true },
        new("file", "The path of its bytes", "string") { ReadOnly = true },
        new("stores", "The stores that hold its bytes", "string") { ReadOnly = true },
        new("schema", "This schema's path", "string") { ReadOnly = true },
    ];

    private static readonly Attribute[] Member =
    [
        new("member_id", "The project that it is shared with", "string"),
        new("image_id", "The image", "string") { Pattern = Uuid },
        new("created_at", "When it was shared", "string"),
        new("updated_at", "When the membership was last changed", "string"),
        new("status", "What the member answered", "string") { Values = ["pending", "accepted", "rejected"] },
        new("schema", "This schema's path", "string") { ReadOnly = true },
    ];

    private static readonly Attribute[] ImportTask =
    [
        new("id", "The task's identifier", "string") { Pattern = Uuid },
        new("type", "What it does", "string") { Values = ["import", "api_image_import", "location_import"] },
        new("status", "How far it is", "string") { Values = ["pending", "processing", "success", "failure"] },
        new("input", "What it was started with", "null", "object"),
        new("result", "What came of it", "null", "object"),
        new("owner", "The project that started it", "string"),
        new("message", "What went wrong", "string"),
        new("image_id", "The image it is about", "string"),
        new("request_id", "The request that started it", "string"),
        new("user_id", "The user who started it", "string"),
        new("expires_at", "When it can no longer be read", "null", "string"),
        new("created_at", "When it was started", "string"),
        new("updated_at", "When it was last changed", "string"),
        new("self", "This task's path", "string") { ReadOnly = true },
        new("schema", "This schema's path", "string") { ReadOnly = true },
    ];

    public static Task<Reply> ShowImage(ApiRequest _) => One("image", Image, json =>
    {
        json.WriteStartObject("additionalProperties");
        json.WriteString("type", "string");
        json.WriteEndObject();
        WriteLinks(json, ("self", "{self}"), ("enclosure", "{file}"), ("describedby", "{schema}"));
    });

    public static Task<Reply> ShowMember(ApiRequest _) => One("member", Member, _ => { });
    public static Task<Reply> ShowTask(ApiRequest _) => One("task", ImportTask, _ => { });

    public static Task<Reply> ListImages(ApiRequest _) => Many("images", "image", Image, open: true);
    public static Task<Reply> ListMembers(ApiRequest _) => Many("members", "member", Member, open: false);
    public static Task<Reply> ListTasks(ApiRequest _) => Many("tasks", "task", ImportTask, open: false);

    private static Task<Reply> One(string name, Attribute[] attributes, Action<Utf8JsonWriter> rest) =>
        Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            WriteProperties(json, attributes);
            rest(json);
            json.WriteEndObject();
        }));

    private static Task<Reply> Many(string name, string item, Attribute[] attributes, bool open) =>
        Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteStartObject("properties");
            json.WriteStartObject(name);
            json.WriteString("type", "array");
            json.WriteStartObject("items");
            json.WriteString("type", "object");
            json.WriteString("name", item);
            WriteProperties(json, attributes);
            if (open)
            {
                json.WriteStartObject("additionalProperties");
                json.WriteString("type", "string");
                json.WriteEndObject();
                WriteLinks(json, ("self", "{self}"), ("enclosure", "{file}"), ("describedby", "{schema}"));
            }
            json.WriteEndObject();
            json.WriteEndObject();
            foreach (var link in (string[])["first", "next", "schema"]) WriteType(json, link, "string");
            json.WriteEndObject();
            WriteLinks(json, ("first", "{first}"), ("next", "{next}"), ("describedby", "{schema}"));
            json.WriteEndObject();
        }));

    private static void WriteProperties(Utf8JsonWriter json, Attribute[] attributes)
    {
        json.WriteStartObject("properties");
        foreach (var attribute in attributes) Write(json, attribute);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Attribute attribute)
    {
        json.WriteStartObject(attribute.Name);
        if (attribute.Types is [var only]) json.WriteString("type", only);
        else WriteList(json, "type", attribute.Types);
        json.WriteString("description", attribute.Description);
        if (attribute.ReadOnly) json.WriteBoolean("readOnly", true);
        if (attribute.MaxLength is { } length) json.WriteNumber("maxLength", length);
        if (attribute.Pattern is { } pattern) json.WriteString("pattern", pattern);
        if (attribute.Values is { } values) WriteList(json, "enum", values);
        if (attribute.ItemMaxLength is { } itemLength)
        {
            json.WriteStartObject("items");
            json.WriteString("type", "string");
            json.WriteNumber("maxLength", itemLength);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, string name, string type)
    {
        json.WriteStartObject(name);
        json.WriteString("type", type);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string?> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void WriteLinks(Utf8JsonWriter json, params (string Rel, string Href)[] links)
    {
        json.WriteStartArray("links");
        foreach (var (rel, href) in links)
        {
            json.WriteStartObject();
            json.WriteString("rel", rel);
            json.WriteString("href", href);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
