using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage.Backups;

/// <summary>A backup as the API shows it.</summary>
internal static class BackupJson
{
    /// <summary>Id, name and links; what create and update answer, with the metadata from 3.43.</summary>
    public static void WriteNamed(Utf8JsonWriter json, ApiRequest request, BackupRecord backup, IReadOnlyDictionary<string, string>? metadata)
    {
        json.WriteStartObject();
        json.WriteString("id", backup.Id);
        json.WriteString("name", backup.Name);
        json.WriteLinks(request, $"backups/{backup.Id}");
        if (metadata is not null && request.At(3, 43)) json.WriteMap("metadata", metadata);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ApiRequest request, BackupRecord backup, IReadOnlyDictionary<string, string> metadata, bool hasDependents)
    {
        json.WriteStartObject();
        json.WriteString("id", backup.Id);
        json.WriteString("status", backup.Status);
        json.WriteNumber("size", backup.SizeGib);
        // In the pool it is one layer; outside the pieces that are written by now, which is how far a backup in the making is.
        json.WriteNumber("object_count", backup.IsOutside ? backup.ObjectCount : backup.Status == BackupStatus.Available ? 1 : 0);
        json.WriteString("availability_zone", backup.AvailabilityZone);
        json.WriteString("container", backup.Container);
        json.WriteTime("created_at", backup.CreatedAt);
        json.WriteTime("updated_at", backup.UpdatedAt);
        json.WriteString("name", backup.Name);
        json.WriteString("description", backup.Description);
        json.WriteString("fail_reason", backup.FailReason);
        json.WriteString("volume_id", backup.VolumeId);
        json.WriteLinks(request, $"backups/{backup.Id}");
        json.WriteBoolean("is_incremental", backup.ParentId is not null);
        json.WriteBoolean("has_dependent_backups", hasDependents);
        json.WriteString("snapshot_id", backup.SnapshotId);
        json.WriteTime("data_timestamp", backup.DataTimestamp);
        if (request.At(3, 18) && request.Allows("backup:backup_project_attribute", PolicyTarget.OwnedBy(backup.ProjectId)))
            json.WriteString("os-backup-project-attr:project_id", backup.ProjectId);
        if (request.At(3, 43)) json.WriteMap("metadata", metadata);
        if (request.At(3, 56)) json.WriteString("user_id", backup.UserId);
        if (request.At(3, 64) && backup.EncryptionKeyId is { } key) json.WriteString("encryption_key_id", key);
        json.WriteEndObject();
    }
}
