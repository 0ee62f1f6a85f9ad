using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>The images' SQL.</summary>
internal static class ImageStore
{
    public const string Columns = """
        i.id, i.name, i.status, i.visibility, i.owner, i.protected, i.os_hidden, i.disk_format, i.container_format,
        i.min_disk, i.min_ram, i.size, i.virtual_size, i.checksum, i.os_hash_algo, i.os_hash_value,
        i.layer_id, i.boot_layer_id, i.derived, i.created_at, i.updated_at
        """;

    /// <summary>With properties and tags; null where it is not there or not to be seen.</summary>
    public static ImageRecord? Find(Tx tx, Caller caller, string id) => FindWhere(tx, id, ImageVisibility.OfOne(caller));

    public static ImageRecord? FindAny(Tx tx, string id) => FindWhere(tx, id, Sql.Raw("1 = 1"));

    private static ImageRecord? FindWhere(Tx tx, string id, Sql visible)
    {
        var image = tx.Find($"SELECT {Sql.Raw(Columns)} FROM images i WHERE i.id = {id} AND {visible}", Read);
        return image is null ? null : WithDetails(tx, [image])[0];
    }

    public static bool Exists(Tx tx, string id) => tx.Exists($"SELECT 1 FROM images WHERE id = {id}");

    public static bool Any(Tx tx) => tx.Exists($"SELECT 1 FROM images");

    public static List<ImageRecord> InStatus(Tx tx, string status) =>
        tx.Query($"SELECT {Sql.Raw(Columns)} FROM images i WHERE i.status = {status}", Read);

    /// <summary>Adds properties and tags to a page of images: two statements, whatever the number.</summary>
    public static List<ImageRecord> WithDetails(Tx tx, List<ImageRecord> images)
    {
        if (images.Count == 0) return images;
        string[] ids = [.. images.Select(i => i.Id)];
        var properties = tx.Query($"SELECT image_id, name, value FROM image_properties WHERE image_id IN {ids} ORDER BY name",
            row => (Image: row.Text(), Name: row.Text(), Value: row.Text())).ToLookup(p => p.Image);
        var tags = tx.Query($"SELECT image_id, value FROM image_tags WHERE image_id IN {ids} ORDER BY value",
            row => (Image: row.Text(), Value: row.Text())).ToLookup(t => t.Image, t => t.Value);
        return [.. images.Select(i => i with
        {
            Properties = properties[i.Id].ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal),
            Tags = [.. tags[i.Id]],
        })];
    }

    public static void Insert(Tx tx, ImageRecord image)
    {
        tx.Execute($"""
            INSERT INTO images (id, name, status, visibility, owner, protected, os_hidden, disk_format, container_format,
                min_disk, min_ram, size, virtual_size, checksum, os_hash_algo, os_hash_value, layer_id, boot_layer_id,
                derived, created_at, updated_at)
            VALUES ({image.Id}, {image.Name}, {image.Status}, {image.Visibility}, {image.OwnerProjectId}, {image.Protected},
                {image.Hidden}, {image.DiskFormat}, {image.ContainerFormat}, {image.MinDiskGib}, {image.MinRamMib},
                {image.SizeBytes}, {image.VirtualSizeBytes}, {image.Checksum}, {image.OsHashAlgo}, {image.OsHashValue},
                {image.LayerId}, {image.BootLayerId}, {image.Derived}, {image.CreatedAt}, {image.UpdatedAt})
            """);
        WriteDetails(tx, image);
    }

    /// <summary>What a user may change: attributes, properties, tags. Status and data have verbs of their own.</summary>
    public static void UpdateAttributes(Tx tx, ImageRecord image)
    {
        tx.Execute($"""
            UPDATE images SET name = {image.Name}, visibility = {image.Visibility}, owner = {image.OwnerProjectId},
                protected = {image.Protected}, os_hidden = {image.Hidden}, disk_format = {image.DiskFormat},
                container_format = {image.ContainerFormat}, min_disk = {image.MinDiskGib}, min_ram = {image.MinRamMib},
                updated_at = {image.UpdatedAt}
            WHERE id = {image.Id}
            """);
        tx.Execute($"DELETE FROM image_properties WHERE image_id = {image.Id}");
        tx.Execute($"DELETE FROM image_tags WHERE image_id = {image.Id}");
        WriteDetails(tx, image);
    }

    private static void WriteDetails(Tx tx, ImageRecord image)
    {
        foreach (var (name, value) in image.Properties)
            tx.Execute($"INSERT INTO image_properties (image_id, name, value) VALUES ({image.Id}, {name}, {value})");
        foreach (var tag in image.Tags.Distinct(StringComparer.Ordinal))
            tx.Execute($"INSERT INTO image_tags (image_id, value) VALUES ({image.Id}, {tag})");
    }

    /// <summary>Compare and swap of the status. False where another was faster.</summary>
    public static bool SetStatus(Tx tx, string id, string from, string to, DateTimeOffset now) =>
        tx.Execute($"UPDATE images SET status = {to}, updated_at = {now} WHERE id = {id} AND status = {from}") > 0;

    /// <summary>Back to an image without bytes, whatever it was on the way to.</summary>
    public static bool Requeue(Tx tx, string id, string from, DateTimeOffset now) => tx.Execute($"""
        UPDATE images SET status = 'queued', size = NULL, virtual_size = NULL, checksum = NULL, os_hash_algo = NULL,
            os_hash_value = NULL, layer_id = NULL, boot_layer_id = NULL, updated_at = {now}
        WHERE id = {id} AND status = {from}
        """) > 0;

    public static bool Activate(Tx tx, string id, string from, ImageData data, DateTimeOffset now) => tx.Execute($"""
        UPDATE images SET status = 'active', size = {data.Size}, virtual_size = {data.VirtualSize}, checksum = {data.Md5},
            os_hash_algo = 'sha512', os_hash_value = {data.Sha512}, layer_id = {data.LayerId},
            boot_layer_id = {data.BootLayerId}, updated_at = {now}
        WHERE id = {id} AND status = {from}
        """) > 0;

    public static void SetHashes(Tx tx, string id, Guid layer, string md5, string sha512) => tx.Execute($"""
        UPDATE images SET checksum = {md5}, os_hash_algo = 'sha512', os_hash_value = {sha512}
        WHERE id = {id} AND layer_id = {layer} AND checksum IS NULL
        """);

    /// <summary>Bytes that are waiting for an import.</summary>
    public static bool SetStagedSize(Tx tx, string id, long size) =>
        tx.Execute($"UPDATE images SET size = {size} WHERE id = {id} AND status = 'uploading'") > 0;

    public static void SetProperty(Tx tx, string id, string name, string? value)
    {
        tx.Execute($"DELETE FROM image_properties WHERE image_id = {id} AND name = {name}");
        if (value is not null)
            tx.Execute($"INSERT INTO image_properties (image_id, name, value) VALUES ({id}, {name}, {value})");
    }

    public static bool Delete(Tx tx, string id) => tx.Execute($"DELETE FROM images WHERE id = {id}") > 0;

    public static ImageRecord Read(Row row) => new()
    {
        Id = row.Text(),
        Name = row.TextOrNull(),
        Status = row.Text(),
        Visibility = row.Text(),
        OwnerProjectId = row.TextOrNull(),
        Protected = row.Flag(),
        Hidden = row.Flag(),
        DiskFormat = row.TextOrNull(),
        ContainerFormat = row.TextOrNull(),
        MinDiskGib = row.Long(),
        MinRamMib = row.Long(),
        SizeBytes = row.LongOrNull(),
        VirtualSizeBytes = row.LongOrNull(),
        Checksum = row.TextOrNull(),
        OsHashAlgo = row.TextOrNull(),
        OsHashValue = row.TextOrNull(),
        LayerId = row.TextOrNull() is { } layer ? Guid.Parse(layer) : null,
        BootLayerId = row.TextOrNull() is { } boot ? Guid.Parse(boot) : null,
        Derived = row.Flag(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
    };
}

/// <summary>What an image has once its bytes are there.</summary>
internal sealed record ImageData(long Size, long VirtualSize, string Md5, string Sha512, Guid LayerId, Guid? BootLayerId);
