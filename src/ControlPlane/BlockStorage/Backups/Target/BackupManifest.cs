using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

/// <summary>One piece of a disk in a file of its own.</summary>
/// <param name="Compression">none or zlib.</param>
/// <param name="Md5">Of the data as it is on the disk, lower-case hex.</param>
internal sealed record BackupPiece(string Name, long Offset, long Length, string Compression, string? Md5);

/// <summary>What a volume had beside its data.</summary>
internal sealed record BackupMetadata(IReadOnlyDictionary<string, string> Volume, IReadOnlyDictionary<string, string> Image);

/// <summary>The list of a backup's pieces, as Cinder's chunked drivers write it.</summary>
internal sealed record BackupManifest(
    string BackupId, string VolumeId, string? ParentId, IReadOnlyList<BackupPiece> Pieces, BackupMetadata Kept)
{
    private const string Version = "1.0.0";

    internal static void WriteHead(Utf8JsonWriter json, BackupRecord backup)
    {
        json.WriteString("version", Version);
        json.WriteString("backup_id", backup.Id);
        json.WriteString("volume_id", backup.VolumeId);
        json.WriteString("backup_name", backup.Name);
        json.WriteString("backup_description", backup.Description);
        json.WriteString("created_at", TimeText.Microseconds(backup.CreatedAt));
    }

    public static async Task Write(
        Stream file, BackupRecord backup, List<BackupPiece> pieces, BackupMetadata kept, CancellationToken cancel)
    {
        await using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        WriteHead(json, backup);
        json.WriteString("parent_id", backup.ParentId);
        json.WriteString("volume_meta", Text(kept));
        json.WriteStartArray("objects");
        foreach (var piece in pieces)
        {
            json.WriteStartObject();
            json.WriteStartObject(piece.Name);
            json.WriteNumber("offset", piece.Offset);
            json.WriteNumber("length", piece.Length);
            json.WriteString("compression", piece.Compression);
            json.WriteString("md5", piece.Md5);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancel);
    }

    // Rule (cinder/backup/driver.py, BackupMetadataAPI): a text that is itself JSON, version 2.
    private static string Text(BackupMetadata kept)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 2);
            json.WriteMap("volume-metadata", kept.Volume);
            json.WriteMap("volume-glance-metadata", kept.Image);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    public static async Task<BackupManifest> Read(Stream file, CancellationToken cancel)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(file, cancellationToken: cancel);
            var json = document.RootElement;
            if (json.GetText("version") != Version)
                throw new BackupTargetException($"the backup's format is {json.GetText("version")}, and only {Version} is known here");
            return new BackupManifest(
                json.GetText("backup_id") ?? "", json.GetText("volume_id") ?? "", json.GetText("parent_id"),
                [.. json.GetProperty("objects").EnumerateArray().Select(piece => Piece(piece.EnumerateObject().First()))],
                MetadataOf(json.GetText("volume_meta")));
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new BackupTargetException("the backup target has a list of the backup's pieces that cannot be read");
        }
    }

    private static BackupPiece Piece(JsonProperty piece) => new(
        piece.Name, piece.Value.GetProperty("offset").GetInt64(), piece.Value.GetProperty("length").GetInt64(),
        piece.Value.GetText("compression") ?? "none", piece.Value.GetText("md5"));

    private static BackupMetadata MetadataOf(string? text)
    {
        using var json = JsonDocument.Parse(text is { Length: > 0 } ? text : "{}");
        return new BackupMetadata(Map(json.RootElement, "volume-metadata"), Map(json.RootElement, "volume-glance-metadata"));
    }

    private static Dictionary<string, string> Map(JsonElement json, string name) =>
        json.TryGetProperty(name, out var map) && map.ValueKind == JsonValueKind.Object
            ? map.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal)
            : [];
}
