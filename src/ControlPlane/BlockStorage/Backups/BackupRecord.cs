using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Backups;

/// <summary>
/// One backup as its row has it: a copy of a volume's content that needs the volume no more. An incremental one holds what
/// differs from its parent and is read through it.
/// </summary>
internal sealed record BackupRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public required string VolumeId { get; init; }
    public string? SnapshotId { get; init; }
    /// <summary>The backup that this one holds the difference to; null for a full one.</summary>
    public string? ParentId { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public string? Container { get; init; }
    public string? AvailabilityZone { get; init; }
    public required long SizeGib { get; init; }
    /// <summary><see cref="BackupStatus"/>.</summary>
    public required string Status { get; init; }
    public string? FailReason { get; init; }
    /// <summary>The layer that has the data, where that is in the pool.</summary>
    public required Guid LayerId { get; init; }
    /// <summary>The kind of backup target, <see cref="IBackupPlace.Service"/>; null where the data is in the pool.</summary>
    public string? Service { get; init; }
    /// <summary>What its files in the backup target begin with; null where the data is in the pool.</summary>
    public string? ServiceMetadata { get; init; }
    /// <summary>How many pieces of its data are in the backup target by now.</summary>
    public long ObjectCount { get; init; }
    public bool IsOutside => ServiceMetadata is not null;
    /// <summary>The key that the copy is encrypted with: its own, since it outlives its volume. Null for a plain one.</summary>
    public string? EncryptionKeyId { get; init; }
    /// <summary>The type of the volume that was backed up.</summary>
    public string? VolumeTypeId { get; init; }
    public DateTimeOffset DataTimestamp { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>Cinder's states of a backup.</summary>
internal static class BackupStatus
{
    public const string Creating = "creating";
    public const string Available = "available";
    public const string Restoring = "restoring";
    public const string Deleting = "deleting";
    public const string Error = "error";
}

/// <summary>The backups' SQL.</summary>
internal static class BackupStore
{
    public const string Columns = """
        b.id, b.project_id, b.user_id, b.volume_id, b.snapshot_id, b.name, b.description, b.container, b.availability_zone, b.size_gib,
        b.status, b.fail_reason, b.layer_id, b.encryption_key_id, b.volume_type_id, b.parent_id, b.service, b.service_metadata,
        b.object_count, b.data_timestamp, b.created_at, b.updated_at
        """;

    public static BackupRecord Read(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        UserId = row.Text(),
        VolumeId = row.Text(),
        SnapshotId = row.TextOrNull(),
        Name = row.TextOrNull(),
        Description = row.TextOrNull(),
        Container = row.TextOrNull(),
        AvailabilityZone = row.TextOrNull(),
        SizeGib = row.Long(),
        Status = row.Text(),
        FailReason = row.TextOrNull(),
        LayerId = Guid.Parse(row.Text()),
        EncryptionKeyId = row.TextOrNull(),
        VolumeTypeId = row.TextOrNull(),
        ParentId = row.TextOrNull(),
        Service = row.TextOrNull(),
        ServiceMetadata = row.TextOrNull(),
        ObjectCount = row.Long(),
        DataTimestamp = row.Time(),
        CreatedAt = row.Time(),
        UpdatedAt = row.TimeOrNull(),
    };

    public static BackupRecord? Find(Tx tx, string id) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM volume_backups b WHERE b.id = {id}", Read);

    public static void Insert(Tx tx, BackupRecord backup) => tx.Execute($"""
        INSERT INTO volume_backups (id, project_id, user_id, volume_id, snapshot_id, name, description, container, availability_zone,
            size_gib, status, layer_id, encryption_key_id, volume_type_id, parent_id, service, service_metadata, object_count,
            data_timestamp, created_at)
        VALUES ({backup.Id}, {backup.ProjectId}, {backup.UserId}, {backup.VolumeId}, {backup.SnapshotId}, {backup.Name},
            {backup.Description}, {backup.Container}, {backup.AvailabilityZone}, {backup.SizeGib}, {backup.Status}, {backup.LayerId},
            {backup.EncryptionKeyId}, {backup.VolumeTypeId}, {backup.ParentId}, {backup.Service}, {backup.ServiceMetadata},
            {backup.ObjectCount}, {backup.DataTimestamp}, {backup.CreatedAt})
        """);

    /// <summary>
    /// What an incremental backup is the difference to. Rule (Cinder): of the project's available backups of the volume the one
    /// with the latest data; for a snapshot, the latest that is older than the snapshot. In the same place as the new one.
    /// </summary>
    /// <param name="service">The kind of backup target; null for the pool.</param>
    public static BackupRecord? Latest(Tx tx, string projectId, string volumeId, string? service, DateTimeOffset? before) => tx.Find($"""
        SELECT {Sql.Raw(Columns)} FROM volume_backups b
        WHERE b.project_id = {projectId} AND b.volume_id = {volumeId} AND b.status = {BackupStatus.Available}
            AND COALESCE(b.service, '') = {service ?? ""}
            AND ({before} IS NULL OR b.data_timestamp < {before})
        ORDER BY b.data_timestamp DESC, b.created_at DESC, b.id
        """, Read);

    /// <summary>The available backup that has this layer.</summary>
    public static BackupRecord? OfLayer(Tx tx, Guid layer) => tx.Find(
        $"SELECT {Sql.Raw(Columns)} FROM volume_backups b WHERE b.layer_id = {layer} AND b.status = {BackupStatus.Available} ORDER BY b.created_at, b.id", Read);

    /// <summary>The backup and what it is the difference to, the full one first.</summary>
    public static List<BackupRecord> Chain(Tx tx, string id) => tx.Query($"""
        WITH RECURSIVE chain (id, parent_id, depth) AS (
            SELECT id, parent_id, 0 FROM volume_backups WHERE id = {id}
            UNION ALL
            SELECT p.id, p.parent_id, c.depth + 1 FROM volume_backups p JOIN chain c ON p.id = c.parent_id)
        SELECT {Sql.Raw(Columns)} FROM volume_backups b JOIN chain c ON c.id = b.id ORDER BY c.depth DESC
        """, Read);

    /// <summary>Those that have their data in a backup target of this kind.</summary>
    public static List<BackupRecord> Outside(Tx tx, string service) => tx.Query(
        $"SELECT {Sql.Raw(Columns)} FROM volume_backups b WHERE b.service = {service} AND b.status = {BackupStatus.Available}", Read);

    public static void SetObjectCount(Tx tx, string id, long count) =>
        tx.Execute($"UPDATE volume_backups SET object_count = {count} WHERE id = {id}");

    public static bool HasDependents(Tx tx, string id) => tx.Exists($"SELECT 1 FROM volume_backups WHERE parent_id = {id}");

    /// <summary>Those of these backups that others are differences to.</summary>
    public static HashSet<string> WithDependents(Tx tx, IReadOnlyCollection<string> ids) => ids.Count == 0 ? [] :
        [.. tx.Query($"SELECT DISTINCT parent_id FROM volume_backups WHERE parent_id IN {ids}", row => row.Text())];

    public static bool Move(Tx tx, string id, IReadOnlyCollection<string> from, string to, DateTimeOffset now) =>
        tx.Execute($"UPDATE volume_backups SET status = {to}, updated_at = {now} WHERE id = {id} AND status IN {from}") > 0;

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM volume_backup_metadata WHERE backup_id = {id}");
        tx.Execute($"DELETE FROM volume_backup_source_metadata WHERE backup_id = {id}");
        tx.Execute($"DELETE FROM volume_backups WHERE id = {id}");
    }

    public static (long Backups, long Gigabytes) Usage(Tx tx, string projectId) => tx.Find($"""
        SELECT COUNT(*), COALESCE(SUM(size_gib), 0) FROM volume_backups WHERE project_id = {projectId}
        """, row => (row.Long(), row.Long()));

    /// <summary>Keeps the volume's metadata, its own and its image's, with the backup.</summary>
    public static void KeepSource(Tx tx, string id, BackupMetadata kept)
    {
        foreach (var (kind, map) in ((string, IReadOnlyDictionary<string, string>)[])[("volume_metadata", kept.Volume), ("volume_image_metadata", kept.Image)])
            foreach (var (name, value) in map)
                tx.Execute($"INSERT INTO volume_backup_source_metadata (backup_id, kind, name, value) VALUES ({id}, {kind}, {name}, {value})");
    }

    public static BackupMetadata Source(Tx tx, string id) =>
        new(SourceMetadata(tx, id, "volume_metadata"), SourceMetadata(tx, id, "volume_image_metadata"));

    /// <param name="kind">volume_metadata, volume_image_metadata.</param>
    public static Dictionary<string, string> SourceMetadata(Tx tx, string id, string kind) => tx.Query(
        $"SELECT name, value FROM volume_backup_source_metadata WHERE backup_id = {id} AND kind = {kind} ORDER BY name", row => (row.Text(), row.Text()))
        .ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);
}
