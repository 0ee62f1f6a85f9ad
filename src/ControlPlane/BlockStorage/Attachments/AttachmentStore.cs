using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Attachments;

/// <summary>A volume's use by a server (or, with <c>os-attach</c>, by a host).</summary>
public sealed record AttachmentRecord
{
    public required string Id { get; init; }
    public required string VolumeId { get; init; }
    public required string ProjectId { get; init; }
    public string? ServerId { get; init; }
    public string? Host { get; init; }
    public string? Mountpoint { get; init; }
    /// <summary>rw or ro.</summary>
    public required string Mode { get; init; }
    /// <summary>reserved, attaching, attached, detaching, error_attaching.</summary>
    public required string Status { get; init; }
    /// <summary>What a client said of its host, as JSON.</summary>
    public string? Connector { get; init; }
    /// <summary>Compute has the volume for a server: nobody else may take it away.</summary>
    public bool ByCompute { get; init; }
    /// <summary>As its volume is.</summary>
    public bool Encrypted { get; init; }
    public DateTimeOffset? AttachedAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The attachments' SQL.</summary>
internal static class AttachmentStore
{
    public const string Columns = """
        a.id, a.volume_id, a.project_id, a.server_id, a.host, a.mountpoint, a.mode, a.status, a.connector, a.by_compute,
        (SELECT v.encryption_key_id FROM volumes v WHERE v.id = a.volume_id), a.attached_at, a.created_at
        """;

    public static AttachmentRecord Read(Row row) => new()
    {
        Id = row.Text(),
        VolumeId = row.Text(),
        ProjectId = row.Text(),
        ServerId = row.TextOrNull(),
        Host = row.TextOrNull(),
        Mountpoint = row.TextOrNull(),
        Mode = row.Text(),
        Status = row.Text(),
        Connector = row.TextOrNull(),
        ByCompute = row.Flag(),
        Encrypted = row.TextOrNull() is not null,
        AttachedAt = row.TimeOrNull(),
        CreatedAt = row.Time(),
    };

    public static AttachmentRecord? Find(Tx tx, string id) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM volume_attachments a WHERE a.id = {id}", Read);

    public static List<AttachmentRecord> OfVolume(Tx tx, string volumeId) => tx.Query(
        $"SELECT {Sql.Raw(Columns)} FROM volume_attachments a WHERE a.volume_id = {volumeId} ORDER BY a.created_at, a.id", Read);

    public static void Insert(Tx tx, AttachmentRecord attachment) => tx.Execute($"""
        INSERT INTO volume_attachments (id, volume_id, project_id, server_id, host, mountpoint, mode, status, connector, by_compute, attached_at, created_at)
        VALUES ({attachment.Id}, {attachment.VolumeId}, {attachment.ProjectId}, {attachment.ServerId}, {attachment.Host},
            {attachment.Mountpoint}, {attachment.Mode}, {attachment.Status}, {attachment.Connector}, {attachment.ByCompute}, {attachment.AttachedAt}, {attachment.CreatedAt})
        ON CONFLICT (id) DO NOTHING
        """);

    public static void SetStatus(Tx tx, string id, string status) =>
        tx.Execute($"UPDATE volume_attachments SET status = {status} WHERE id = {id}");

    public static void Delete(Tx tx, string id) => tx.Execute($"DELETE FROM volume_attachments WHERE id = {id}");
}
