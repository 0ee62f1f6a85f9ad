using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.ServerMigrations;

/// <summary>A server's way to another host or flavor.</summary>
/// <param name="Kind">migration, resize, live-migration, evacuation.</param>
/// <param name="Status">accepted, pre-migrating, migrating, post-migrating, finished, confirmed, reverted, error …</param>
internal sealed record MigrationRecord(
    string Id, long Number, string ServerId, string ProjectId, string UserId, string Kind, string Status, string? SourceHost,
    string? TargetHost, string OldFlavor, string NewFlavor, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>A guest that is moved while it runs.</summary>
    public bool MovesNow => this is { Kind: "live-migration", Status: "queued" or "preparing" or "running" or "post-migrating" };
}

/// <summary>Rows of migrations; whoever moves or resizes a server writes them in its own transaction.</summary>
internal static class MigrationStore
{
    public const string Columns =
        "m.id, m.number, m.server_id, m.project_id, m.user_id, m.kind, m.status, m.source_host, m.target_host, m.old_flavor, m.new_flavor, m.created_at, m.updated_at";

    public static MigrationRecord Read(Row row) => new(
        row.Text(), row.Long(), row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.TextOrNull(), row.TextOrNull(),
        row.Text(), row.Text(), row.Time(), row.Time());

    /// <summary>The number is given here.</summary>
    public static void Begin(Tx tx, MigrationRecord m) => tx.Execute($"""
        INSERT INTO server_migrations (id, number, server_id, project_id, user_id, kind, status, source_host, target_host, old_flavor,
            new_flavor, created_at, updated_at)
        VALUES ({m.Id}, (SELECT COALESCE(MAX(number), 0) + 1 FROM server_migrations), {m.ServerId}, {m.ProjectId}, {m.UserId}, {m.Kind},
            {m.Status}, {m.SourceHost}, {m.TargetHost}, {m.OldFlavor}, {m.NewFlavor}, {m.CreatedAt}, {m.UpdatedAt})
        """);

    public static void SetStatus(Tx tx, string id, string status, DateTimeOffset now) =>
        tx.Execute($"UPDATE server_migrations SET status = {status}, updated_at = {now} WHERE id = {id}");
}
