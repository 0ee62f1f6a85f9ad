using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images;

/// <summary>
/// The attributes of an image that a body may carry, what they may be, and which of them are not the caller's to write.
/// Rule: the Image API's <c>/v2/schemas/image</c>; anything else in a body is an extra property, whose value is a text.
/// </summary>
internal static class ImageAttributes
{
    public static readonly string[] ContainerFormats = ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"];
    public static readonly string[] DiskFormats =
        ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"];

    /// <summary>Written by the service alone.</summary>
    public static readonly string[] ReadOnly =
        ["created_at", "updated_at", "status", "checksum", "size", "virtual_size", "direct_url", "self", "file", "schema",
         "stores", "os_hash_algo", "os_hash_value"];

    /// <summary>Names that mean something inside the service.</summary>
    private static readonly string[] Reserved = ["location", "deleted", "deleted_at"];
    private const string ReservedPrefix = "os_glance";

    public static readonly string[] Writable =
        ["name", "visibility", "protected", "os_hidden", "owner", "container_format", "disk_format", "min_disk", "min_ram", "tags"];

    private const int MaxPropertyName = 255;
    private const int MaxPropertyValue = 65_535;

    private static readonly Shape Known = Shape.Object(
        Member.May("id", Shape.Text(pattern: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")),
        Member.May("name", Shape.OrNull(Shape.Text(max: 255))),
        Member.May("visibility", Shape.OneOf(ImageVisibility.Values)),
        Member.May("protected", Shape.StrictFlag),
        Member.May("os_hidden", Shape.StrictFlag),
        Member.May("owner", Shape.OrNull(Shape.Text(max: 255))),
        Member.May("container_format", Shape.OrNull(Shape.OneOf(ContainerFormats))),
        Member.May("disk_format", Shape.OrNull(Shape.OneOf(DiskFormats))),
        Member.May("min_disk", new WholeNumber()),
        Member.May("min_ram", new WholeNumber()),
        Member.May("tags", Shape.List(Shape.Text(max: 255)))).Open();

    /// <summary>403 for names that are not the caller's, 400 for values that the schema does not have.</summary>
    public static void Check(JsonElement attributes)
    {
        if (attributes.ValueKind != JsonValueKind.Object)
            throw Fault.BadRequest($"Provided object does not match schema 'image': {attributes.GetRawText().Truncated()} is not of type 'object'");
        foreach (var member in attributes.EnumerateObject()) CheckName(member.Name);
        if (Known.Problem(attributes, "image", default) is { } problem)
            throw Fault.BadRequest($"Provided object does not match schema 'image': {problem}");
        foreach (var member in attributes.EnumerateObject())
        {
            if (Writable.Contains(member.Name) || member.Name == "id") continue;
            if (member.Value.ValueKind != JsonValueKind.String)
                throw Fault.BadRequest($"Provided object does not match schema 'image': the property '{member.Name}' has the value "
                    + $"{member.Value.GetRawText().Truncated()}, which is not of type 'string'");
            if (member.Value.GetString()!.Length > MaxPropertyValue)
                throw Fault.BadRequest($"The property '{member.Name}' has more than {MaxPropertyValue} characters.");
        }
        foreach (var name in (string[])["min_disk", "min_ram"])
            if (attributes.GetLong(name) is < 0 and var negative)
                throw Fault.BadRequest($"Invalid value '{negative}' for parameter '{name}': Cannot be a negative value");
    }

    public static void CheckName(string name)
    {
        if (ReadOnly.Contains(name)) throw Fault.Forbidden($"Attribute '{name}' is read-only.");
        if (Reserved.Contains(name) || name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            throw Fault.Forbidden($"Attribute '{name.Truncated()}' is reserved.");
        if (name.Length > MaxPropertyName) throw Fault.BadRequest("Custom property should not be greater than 255 characters.");
        if (name.Length == 0) throw Fault.BadRequest("A property needs a name.");
    }

    /// <summary>The extra properties of a checked body.</summary>
    public static Dictionary<string, string> Properties(JsonElement attributes) => attributes.EnumerateObject()
        .Where(m => m.Name != "id" && !Writable.Contains(m.Name))
        .GroupBy(m => m.Name, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Last().Value.GetString()!, StringComparer.Ordinal);

    // JSON's integers only: "1" is a text to Glance's schema.
    private sealed class WholeNumber : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version) =>
            value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _)
                ? null
                : Wrong(path, value, $"{value.GetRawText().Truncated()} is not of type 'integer'");
    }
}
