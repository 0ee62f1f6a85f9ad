using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images;

/// <summary>An image as the v2 API shows it: one flat object, extra properties beside the attributes.</summary>
internal static class ImageJson
{
    /// <summary>The one store's id.</summary>
    public const string Store = "local";

    public static void Write(Utf8JsonWriter json, ImageRecord image)
    {
        json.WriteStartObject();
        foreach (var (name, value) in image.Properties) json.WriteString(name, value);
        json.WriteString("name", image.Name);
        json.WriteString("disk_format", image.DiskFormat);
        json.WriteString("container_format", image.ContainerFormat);
        json.WriteString("visibility", image.Visibility);
        WriteNumber(json, "size", image.SizeBytes);
        WriteNumber(json, "virtual_size", image.VirtualSizeBytes);
        json.WriteString("status", image.Status);
        json.WriteString("checksum", image.Checksum);
        json.WriteBoolean("protected", image.Protected);
        json.WriteNumber("min_ram", image.MinRamMib);
        json.WriteNumber("min_disk", image.MinDiskGib);
        json.WriteString("owner", image.OwnerProjectId);
        json.WriteBoolean("os_hidden", image.Hidden);
        json.WriteString("os_hash_algo", image.OsHashAlgo);
        json.WriteString("os_hash_value", image.OsHashValue);
        json.WriteString("id", image.Id);
        json.WriteString("created_at", TimeText.Seconds(image.CreatedAt));
        json.WriteString("updated_at", TimeText.Seconds(image.UpdatedAt));
        json.WriteStartArray("tags");
        foreach (var tag in image.Tags) json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteString("self", $"/v2/images/{image.Id}");
        json.WriteString("file", $"/v2/images/{image.Id}/file");
        json.WriteString("schema", "/v2/schemas/image");
        if (image.LayerId is not null) json.WriteString("stores", Store);
        json.WriteEndObject();
    }

    public static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
