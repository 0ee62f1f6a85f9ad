using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Backups;

/// <summary>
/// backups/{id}/export_record and backups/import_record: what the database knows of a backup, as a text to be kept elsewhere. Where
/// the data is in the pool, a record is good for this cloud, as long as a backup there has it; one of a backup in a backup target is
/// good for every cloud that has the directory or the bucket, Cinder with its posix or S3 driver among them.
/// </summary>
internal sealed class BackupRecords(BlockStorageRoom room)
{
    // Cinder's services are named by their drivers, which all lie below cinder.backup.drivers.
    private const string Service = "cinder.backup.drivers.cumulet.layers";
    private const int MaxRecord = 64 << 10;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(15);

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
            json.WriteString("backup_service", backup.Service ?? Service);
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
            json.WriteString("service", backup.Service ?? Service);
            json.WriteString("service_metadata", backup.ServiceMetadata ?? backup.LayerId.ToString());
            json.WriteNumber("object_count", backup.ObjectCount);
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
        var service = body.GetText("backup_service")!;
        var target = room.Target is { } own && own.Place.Service == service ? own : null;
        if (service != Service && target is null)
            throw Fault.Unavailable($"No backup service here reads records of {service.Truncated()}; this cloud has {Service}"
                + (room.Target is null ? "." : $" and {room.Target.Place.Service}."));
        using var record = Decode(body.GetText("backup_url")!);
        var found = target is null ? default : await FindOutside(target, record.RootElement);
        var backup = await room.Parts.Database.Write(tx => Import(tx, request, record.RootElement, found));
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

    // A record comes from anywhere: its names are looked at before they become a path.
    private async Task<(BackupRecord Backup, BackupMetadata Kept)> FindOutside(BackupTarget target, JsonElement record)
    {
        var (id, size) = (Id(record), Size(record));
        if (Text(record, "container") is not { } container || !target.Place.IsContainer(container))
            throw BlockStorageFault.InvalidInput($"Provided backup record is missing container, {target.Place.ContainerRule}.");
        if (Text(record, "service_metadata") is not { } prefix || !target.Place.IsPrefix(prefix))
            throw BlockStorageFault.InvalidInput("Provided backup record is missing service_metadata, by which its data is found.");
        var backup = new BackupRecord
        {
            Id = id,
            ProjectId = "",
            UserId = "",
            VolumeId = "",
            SnapshotId = Text(record, "snapshot_id"),
            Container = container,
            AvailabilityZone = BlockStorageRoom.Zone,
            SizeGib = size,
            Status = BackupStatus.Available,
            LayerId = Guid.NewGuid(),
            Service = target.Place.Service,
            ServiceMetadata = prefix,
            ObjectCount = record.GetLong("object_count") ?? 0,
            DataTimestamp = Time(record) ?? room.Parts.Time.GetUtcNow(),
        };
        return await Describe(target, backup) is var (volume, parent, kept)
            ? (backup with { VolumeId = volume, ParentId = parent }, kept)
            : throw Fault.BadRequest($"Invalid backup: the backup target has no whole backup {id} in {container}.");
    }

    // Nobody waits for an answer as long as a backup can.
    private static async Task<(string VolumeId, string? ParentId, BackupMetadata Kept)?> Describe(BackupTarget target, BackupRecord backup)
    {
        using var patience = new CancellationTokenSource(AnswerTime);
        try
        {
            return await target.Describe(backup, patience.Token);
        }
        catch (BackupTargetException failure)
        {
            throw Fault.Unavailable($"Invalid backup: {failure.Message}.");
        }
        catch (OperationCanceledException)
        {
            throw Fault.Unavailable("Invalid backup: the backup target does not answer.");
        }
    }

    private static DateTimeOffset? Time(JsonElement record) =>
        DateTimeOffset.TryParse(Text(record, "data_timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string Id(JsonElement record) => Text(record, "id") is { } text && Guid.TryParseExact(text, "D", out var id)
        ? id.ToString()
        : throw BlockStorageFault.InvalidInput("Provided backup record is missing an id");

    private static long Size(JsonElement record) => record.GetLong("size") is >= 1 and <= int.MaxValue and var size
        ? size
        : throw BlockStorageFault.InvalidInput("Provided backup record is missing size attribute");

    private BackupRecord Import(Tx tx, ApiRequest request, JsonElement record, (BackupRecord Backup, BackupMetadata Kept) found)
    {
        var id = Id(record);
        _ = Size(record);
        if (BackupStore.Find(tx, id) is not null) throw Fault.BadRequest("Invalid backup: Backup already exists in database.");
        var kept = found.Backup ?? Data(tx, record);
        if (found.Backup?.ParentId is { } parent && BackupStore.Find(tx, parent)?.Service != found.Backup.Service)
            throw Fault.BadRequest($"Invalid backup: it is the difference to backup {parent}; import the record of that first.");
        CreateBackup.RequireQuota(tx, request.ProjectId, kept.SizeGib);
        var now = room.Parts.Time.GetUtcNow();
        var backup = kept with
        {
            Id = id,
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
        if (backup.IsOutside)
        {
            BackupStore.KeepSource(tx, backup.Id, found.Kept);
            return backup;
        }
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
