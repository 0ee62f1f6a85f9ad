using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Snapshots;

/// <summary>A snapshot with its metadata.</summary>
internal sealed record SnapshotDetails(SnapshotRecord Snapshot, IReadOnlyDictionary<string, string> Metadata)
{
    private static readonly Dictionary<string, string> None = [];

    public static SnapshotDetails Of(Tx tx, SnapshotRecord snapshot) => Of(tx, [snapshot])[0];

    public static List<SnapshotDetails> Of(Tx tx, IReadOnlyList<SnapshotRecord> snapshots)
    {
        if (snapshots.Count == 0) return [];
        string[] ids = [.. snapshots.Select(s => s.Id)];
        var metadata = tx.Query($"SELECT snapshot_id, name, value FROM snapshot_metadata WHERE snapshot_id IN {ids} ORDER BY name",
                row => (Snapshot: row.Text(), Name: row.Text(), Value: row.Text()))
            .GroupBy(m => m.Snapshot).ToDictionary(g => g.Key, g => g.ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal));
        return [.. snapshots.Select(s => new SnapshotDetails(s, metadata.GetValueOrDefault(s.Id) ?? None))];
    }
}

/// <summary>A snapshot as the API shows it.</summary>
internal static class SnapshotJson
{
    /// <param name="detail">With what microversions add; the plain list is without.</param>
    /// <param name="extended">With progress and owner, which show and detail have and the answers to create and update do not.</param>
    public static void Write(Utf8JsonWriter json, ApiRequest request, SnapshotDetails details, bool detail, bool extended)
    {
        var snapshot = details.Snapshot;
        json.WriteStartObject();
        json.WriteString("id", snapshot.Id);
        json.WriteTime("created_at", snapshot.CreatedAt);
        json.WriteTime("updated_at", snapshot.UpdatedAt);
        json.WriteString("name", snapshot.Name);
        json.WriteString("description", snapshot.Description);
        json.WriteString("volume_id", snapshot.VolumeId);
        json.WriteString("status", snapshot.Status);
        json.WriteNumber("size", snapshot.SizeGib);
        json.WriteMap("metadata", details.Metadata);
        if (detail && request.At(3, 14)) json.WriteString("group_snapshot_id", snapshot.GroupSnapshotId);
        if (detail && request.At(3, 41)) json.WriteString("user_id", snapshot.UserId);
        if (detail && request.At(3, 65)) json.WriteBoolean("consumes_quota", true);
        if (extended && request.Allows("volume_extension:extended_snapshot_attributes", PolicyTarget.OwnedBy(snapshot.ProjectId)))
        {
            json.WriteString("os-extended-snapshot-attributes:project_id", snapshot.ProjectId);
            json.WriteString("os-extended-snapshot-attributes:progress", snapshot.Progress);
        }
        json.WriteEndObject();
    }
}
