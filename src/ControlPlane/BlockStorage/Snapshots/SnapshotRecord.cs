using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Snapshots;

/// <summary>One snapshot of a volume as its row has it.</summary>
public sealed record SnapshotRecord
{
    public required string Id { get; init; }
    public required string VolumeId { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public required long SizeGib { get; init; }
    /// <summary>creating, available, deleting, error, error_deleting.</summary>
    public required string Status { get; init; }
    public required string Progress { get; init; }
    /// <summary>The sealed layer; null until the snapshot is taken.</summary>
    public Guid? LayerId { get; init; }
    public string? GroupSnapshotId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>The snapshots' SQL.</summary>
internal static class SnapshotStore
{
    public const string Columns = """
        s.id, s.volume_id, s.project_id, s.user_id, s.name, s.description, s.size_gib, s.status, s.progress, s.layer_id, s.group_snapshot_id, s.created_at, s.updated_at
        """;

    public static SnapshotRecord Read(Row row) => new()
    {
        Id = row.Text(),
        VolumeId = row.Text(),
        ProjectId = row.Text(),
        UserId = row.Text(),
        Name = row.TextOrNull(),
        Description = row.TextOrNull(),
        SizeGib = row.Long(),
        Status = row.Text(),
        Progress = row.Text(),
        LayerId = row.TextOrNull() is { } layer ? Guid.Parse(layer) : null,
        GroupSnapshotId = row.TextOrNull(),
        CreatedAt = row.Time(),
        UpdatedAt = row.TimeOrNull(),
    };

    public static SnapshotRecord? Find(Tx tx, string id) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM snapshots s WHERE s.id = {id}", Read);

    public static void Insert(Tx tx, SnapshotRecord snapshot) => tx.Execute($"""
        INSERT INTO snapshots (id, volume_id, project_id, user_id, name, description, size_gib, status, progress, layer_id, group_snapshot_id, created_at, updated_at)
        VALUES ({snapshot.Id}, {snapshot.VolumeId}, {snapshot.ProjectId}, {snapshot.UserId}, {snapshot.Name}, {snapshot.Description},
            {snapshot.SizeGib}, {snapshot.Status}, {snapshot.Progress}, {snapshot.LayerId}, {snapshot.GroupSnapshotId}, {snapshot.CreatedAt}, {snapshot.UpdatedAt})
        """);

    public static List<SnapshotRecord> OfVolume(Tx tx, string volumeId) => tx.Query(
        $"SELECT {Sql.Raw(Columns)} FROM snapshots s WHERE s.volume_id = {volumeId} ORDER BY s.created_at, s.id", Read);

    public static bool Move(Tx tx, string id, IReadOnlyCollection<string> from, string to, DateTimeOffset now) =>
        tx.Execute($"UPDATE snapshots SET status = {to}, updated_at = {now} WHERE id = {id} AND status IN {from}") > 0;

    public static void SetStatus(Tx tx, string id, string status, DateTimeOffset now) =>
        tx.Execute($"UPDATE snapshots SET status = {status}, updated_at = {now} WHERE id = {id}");

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM snapshot_metadata WHERE snapshot_id = {id}");
        tx.Execute($"DELETE FROM snapshots WHERE id = {id}");
    }
}
