using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Image.Images;

/// <summary>What of an image is shown, and how.</summary>
static class ImageFields
{
    private static readonly string[] Own =
    [
        "status", "name", "container_format", "created_at", "size", "disk_format", "updated_at", "visibility", "min_disk", "protected",
        "id", "file", "checksum", "owner", "virtual_size", "min_ram", "schema",
    ];

    public static readonly (string, Func<JsonObject, Cell>)[] Short =
        [Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Status", "status")];

    public static readonly (string, Func<JsonObject, Cell>)[] Long =
    [
        Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Disk Format", "disk_format"),
        Columns.OrNone("Container Format", "container_format"), Columns.OrNone("Size", "size"), Columns.OrNone("Checksum", "checksum"),
        Columns.OrNone("Status", "status"), Columns.OrNone("Visibility", "visibility"), Columns.OrNone("Protected", "protected"),
        Columns.OrNone("Project", "owner"), Columns.OrNone("Tags", "tags", Cell.List),
    ];

    /// <summary>The image's own fields, its tags, and all else under properties.</summary>
    public static Record Show(JsonObject image, bool readableSize = false)
    {
        var fields = Own.Where(key => image[key] is not null).Select(key => (key, Cell.Plain(image[key].Copy()))).ToList();
        if (readableSize) fields = [.. fields.Where(field => field.key != "size"), ("size", new Cell(Size(image["size"])))];
        var properties = new JsonObject();
        foreach (var (key, value) in image)
        {
            if (!Own.Contains(key) && key is not ("tags" or "location" or "self") && value is not null) properties[key] = value.DeepClone();
        }

        if (properties.Count > 0) fields.Add(("properties", Cell.Pairs(properties)));
        fields.Add(("tags", Cell.List(image["tags"].Copy() ?? new JsonArray())));
        return Record.Sorted(fields);
    }

    /// <summary>1.2G of 1200000000.</summary>
    private static string Size(JsonNode? bytes)
    {
        var size = bytes is JsonValue value && value.TryGetValue<double>(out var number) ? number : 0;
        string[] suffixes = ["", "K", "M", "G", "T", "P", "E", "Z"];
        var index = 0;
        for (; size >= 1000; index++) size /= 1000;
        var text = size.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
        return text.TrimEnd('0').TrimEnd('.') + suffixes[index];
    }
}
