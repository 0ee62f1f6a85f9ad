using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Backups;

/// <summary>
/// backups/{id}/export_record and backups/import_record: what the database knows of a backup, as a text to be kept elsewhere. The
/// data stays in the pool, so a record is good for this cloud, as long as a backup there has the data.
/// </summary>
internal sealed class BackupRecords(BlockStorageRoom room)
{
    // Cinder's services are named by their drivers, which all lie below cinder.backup.drivers.
    private const string Service = "cinder.backup.drivers.cumulet.layers";
    private const int MaxRecord = 64 << 10;

    private static readonly ObjectShape ImportShape = Shape.Object(
        Member.Must("backup_service", Shape.Text(1, 255)),
        Member.Must("backup_url", Shape.Text(1, MaxRecord)));

    public Task<Reply> Export(ApiRequest request)
    {
        var (backup, metadata) = room.Parts.Database.Read(tx => (BackupRequests.Require(tx, request), BackupRequests.Metadata(tx, request[0])));
        if (backup.Status != BackupStatus.Available)
            throw Fault.BadRequest($"Invalid backup: Backup status must be available and not {backup.Status}.");
        return Task.FromResult(JsonWriting.Wrapped("backup-record", json =>
        {
            json.WriteStartObject();
            json.WriteString("backup_service", Service);
            json.WriteString("backup_url", Encode(backup, metadata));
            json.WriteEndObject();
        }));
    }

    // The names are Cinder's; "service_metadata" is what a driver finds its data by.
    private static string Encode(BackupRecord backup, Dictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", backup.Id);
            json.WriteString("user_id", backup.UserId);
            json.WriteString("project_id", backup.ProjectId);
            json.WriteString("volume_id", backup.VolumeId);
            json.WriteString("snapshot_id", backup.SnapshotId);
            json.WriteString("parent_id", backup.ParentId);
            json.WriteString("container", backup.Container);
            json.WriteString("availability_zone", backup.AvailabilityZone);
            json.WriteString("status", backup.Status);
            json.WriteNumber("size", backup.SizeGib);
            json.WriteString("display_name", backup.Name);
            json.WriteString("display_description", backup.Description);
            json.WriteString("service", Service);
            json.WriteString("service_metadata", backup.LayerId.ToString());
            json.WriteString("encryption_key_id", backup.EncryptionKeyId);
            json.WriteString("volume_type_id", backup.VolumeTypeId);
            json.WriteString("data_timestamp", TimeText.Microseconds(backup.DataTimestamp));
            json.WriteMap("metadata", metadata);
            json.WriteEndObject();
        }
        return Convert.ToBase64String(buffer.ToArray());
    }

    /// <summary>A backup of the caller's project with the data that the record names. Rule (Cinder): it has the record's id.</summary>
    public async Task<Reply> Import(ApiRequest request)
    {
        var body = await request.Body("backup-record", ImportShape);
        if (body.GetText("backup_service") != Service)
            throw Fault.Unavailable($"No backup service here reads records of {body.GetText("backup_service")!.Truncated()}; this cloud has {Service}.");
        using var record = Decode(body.GetText("backup_url")!);
        var backup = await room.Parts.Database.Write(tx => Import(tx, request, record.RootElement));
        return JsonWriting.Wrapped("backup", json => BackupJson.WriteNamed(json, request, backup, null), 201);
    }

    private static JsonDocument Decode(string text)
    {
        try
        {
            var record = JsonDocument.Parse(Convert.FromBase64String(text));
            if (record.RootElement.ValueKind == JsonValueKind.Object) return record;
            record.Dispose();
        }
        catch (Exception notOurs) when (notOurs is FormatException or JsonException)
        {
            // Whatever it is, it is no record.
        }
        throw BlockStorageFault.InvalidInput("Can't decode backup record: backup_url must be what an export_record gave, base64 of a JSON object.");
    }

    private BackupRecord Import(Tx tx, ApiRequest request, JsonElement record)
    {
        if (Text(record, "id") is not { } idText || !Guid.TryParseExact(idText, "D", out var id)) throw BlockStorageFault.InvalidInput("Provided backup record is missing an id");
        if (record.GetLong("size") is not >= 1)
            throw BlockStorageFault.InvalidInput("Provided backup record is missing size attribute");
        if (BackupStore.Find(tx, id.ToString()) is not null) throw Fault.BadRequest("Invalid backup: Backup already exists in database.");
        var kept = Data(tx, record);
        CreateBackup.RequireQuota(tx, request.ProjectId, kept.SizeGib);
        var now = room.Parts.Time.GetUtcNow();
        var backup = kept with
        {
            Id = id.ToString(),
            ProjectId = request.ProjectId,
            UserId = request.Caller.UserId,
            Name = Text(record, "display_name"),
            Description = Text(record, "display_description"),
            Status = BackupStatus.Available,
            FailReason = null,
            CreatedAt = now,
            UpdatedAt = null,
        };
        BackupStore.Insert(tx, backup);
        room.Layers.Hold(tx, backup.LayerId, CreateBackup.Holder(backup.Id));
        if (backup.EncryptionKeyId is { } key) room.Layers.HoldKey(tx, key, CreateBackup.Holder(backup.Id));
        return backup;
    }

    // The record only says which data it is about; what that is, the backup that has it says.
    private static BackupRecord Data(Tx tx, JsonElement record)
    {
        if (Text(record, "service_metadata") is not { } text || !Guid.TryParseExact(text, "D", out var layer))
            throw BlockStorageFault.InvalidInput("Provided backup record is missing service_metadata, by which its data is found.");
        return BackupStore.OfLayer(tx, layer)
            ?? throw Fault.BadRequest("Invalid backup: no backup in this cloud has the data of the record any more; it went with the last backup that had it.");
    }

    private static string? Text(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= 255 } text ? text : null;
}
