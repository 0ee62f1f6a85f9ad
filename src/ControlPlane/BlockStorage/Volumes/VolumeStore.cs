using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>The volumes' SQL.</summary>
internal static class VolumeStore
{
    public const string Columns = """
        v.id, v.project_id, v.user_id, v.name, v.description, v.size_gib, v.status, v.previous_status, v.bootable, v.multiattach,
        v.readonly, v.volume_type_id, v.availability_zone, v.host, v.source_volume_id, v.snapshot_id, v.image_id, v.layer_id,
        v.group_id, v.growing_to_gib, v.encryption_key_id, v.created_at, v.updated_at
        """;

    public static VolumeRecord Read(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        UserId = row.Text(),
        Name = row.TextOrNull(),
        Description = row.TextOrNull(),
        SizeGib = row.Long(),
        Status = row.Text(),
        PreviousStatus = row.TextOrNull(),
        Bootable = row.Flag(),
        Multiattach = row.Flag(),
        ReadOnly = row.Flag(),
        VolumeTypeId = row.Text(),
        AvailabilityZone = row.Text(),
        Host = row.Text(),
        SourceVolumeId = row.TextOrNull(),
        SnapshotId = row.TextOrNull(),
        ImageId = row.TextOrNull(),
        LayerId = Guid.Parse(row.Text()),
        GroupId = row.TextOrNull(),
        GrowingToGib = row.LongOrNull(),
        EncryptionKeyId = row.TextOrNull(),
        CreatedAt = row.Time(),
        UpdatedAt = row.TimeOrNull(),
    };

    public static VolumeRecord? Find(Tx tx, string id) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM volumes v WHERE v.id = {id}", Read);

    public static void Insert(Tx tx, VolumeRecord volume)
    {
        tx.Execute($"""
            INSERT INTO volumes (id, project_id, user_id, name, description, size_gib, status, previous_status, bootable, multiattach,
                readonly, volume_type_id, availability_zone, host, source_volume_id, snapshot_id, image_id, layer_id, group_id,
                encryption_key_id, created_at, updated_at)
            VALUES ({volume.Id}, {volume.ProjectId}, {volume.UserId}, {volume.Name}, {volume.Description}, {volume.SizeGib},
                {volume.Status}, {volume.PreviousStatus}, {volume.Bootable}, {volume.Multiattach}, {volume.ReadOnly},
                {volume.VolumeTypeId}, {volume.AvailabilityZone}, {volume.Host}, {volume.SourceVolumeId}, {volume.SnapshotId},
                {volume.ImageId}, {volume.LayerId}, {volume.GroupId}, {volume.EncryptionKeyId}, {volume.CreatedAt}, {volume.UpdatedAt})
            """);
    }

    public static void SetMap(Tx tx, string table, string volumeId, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (name, value) in values)
            tx.Execute($"""
                INSERT INTO {Sql.Raw(table)} (volume_id, name, value) VALUES ({volumeId}, {name}, {value})
                ON CONFLICT (volume_id, name) DO UPDATE SET value = excluded.value
                """);
    }

    public static Dictionary<string, string> Map(Tx tx, string table, string volumeId) =>
        tx.Query($"SELECT name, value FROM {Sql.Raw(table)} WHERE volume_id = {volumeId} ORDER BY name", row => (row.Text(), row.Text()))
            .ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    public static void SetStatus(Tx tx, string id, string status, DateTimeOffset now) => tx.Execute($"""
        UPDATE volumes SET previous_status = status, status = {status}, updated_at = {now}, goes_with_snapshots = {Kept(status)} WHERE id = {id}
        """);

    /// <summary>Compare and swap: true when the volume was in one of the states and is now in the other.</summary>
    public static bool Move(Tx tx, string id, IReadOnlyCollection<string> from, string to, DateTimeOffset now) => tx.Execute($"""
        UPDATE volumes SET previous_status = status, status = {to}, updated_at = {now}, goes_with_snapshots = {Kept(to)}
        WHERE id = {id} AND status IN {from}
        """) > 0;

    // A volume that somebody takes into use again is nobody's leftover.
    private static Sql Kept(string status) => Sql.Raw(status switch
    {
        VolumeStatus.Reserved or VolumeStatus.Attaching or VolumeStatus.InUse or VolumeStatus.AwaitingTransfer => "0",
        _ => "goes_with_snapshots",
    });

    /// <summary>Back from what was done to a volume in use to what it is now: its server may have gone meanwhile.</summary>
    public static void Return(Tx tx, string id, string from, string was, DateTimeOffset now) => Move(
        tx, id, [from], was == VolumeStatus.InUse && AttachmentStore.OfVolume(tx, id).Count == 0 ? VolumeStatus.Available : was, now);

    /// <summary>A volume that takes over another one's content says what that said of it: the image it is made of, and whether it boots.</summary>
    public static void TakeDescription(Tx tx, string from, string to)
    {
        tx.Execute($"DELETE FROM volume_image_metadata WHERE volume_id = {to}");
        SetMap(tx, "volume_image_metadata", to, Map(tx, "volume_image_metadata", from));
        tx.Execute($"UPDATE volumes SET bootable = (SELECT o.bootable FROM volumes o WHERE o.id = {from}) WHERE id = {to}");
    }

    /// <summary>The volume goes with the last of its snapshots, unless it is taken into use before.</summary>
    public static void GoWithSnapshots(Tx tx, string id) => tx.Execute($"UPDATE volumes SET goes_with_snapshots = 1 WHERE id = {id}");

    public static bool GoesWithSnapshots(Tx tx, string id) => tx.Exists($"SELECT 1 FROM volumes WHERE id = {id} AND goes_with_snapshots = 1");

    public static void SetLayer(Tx tx, string id, Guid layer) =>
        tx.Execute($"UPDATE volumes SET layer_id = {layer} WHERE id = {id}");

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM volume_metadata WHERE volume_id = {id}");
        tx.Execute($"DELETE FROM volume_image_metadata WHERE volume_id = {id}");
        tx.Execute($"DELETE FROM volume_admin_metadata WHERE volume_id = {id}");
        tx.Execute($"DELETE FROM volume_transfers WHERE volume_id = {id}");
        tx.Execute($"DELETE FROM volume_attachments WHERE volume_id = {id}");
        tx.Execute($"DELETE FROM volumes WHERE id = {id}");
    }

    /// <summary>Volumes, snapshots and GiB of a project, snapshots included as Cinder counts them; of one type or of all.</summary>
    public static (long Volumes, long Snapshots, long Gigabytes) Usage(Tx tx, string projectId, string? typeId = null)
    {
        var volumes = tx.Find($"""
            SELECT COUNT(*), COALESCE(SUM(COALESCE(growing_to_gib, size_gib)), 0) FROM volumes
            WHERE project_id = {projectId} AND ({typeId} IS NULL OR volume_type_id = {typeId})
            """, row => (row.Long(), row.Long()));
        var snapshots = tx.Find($"""
            SELECT COUNT(*), COALESCE(SUM(s.size_gib), 0) FROM snapshots s JOIN volumes v ON v.id = s.volume_id
            WHERE s.project_id = {projectId} AND ({typeId} IS NULL OR v.volume_type_id = {typeId})
            """, row => (row.Long(), row.Long()));
        return (volumes.Item1, snapshots.Item1, volumes.Item2 + snapshots.Item2);
    }
}
