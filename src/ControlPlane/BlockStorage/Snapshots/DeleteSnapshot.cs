using System.Text.Json.Serialization;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Snapshots;

public sealed record DeleteSnapshotState(string SnapshotId, string RequestId = "");

[JsonSerializable(typeof(DeleteSnapshotState))]
internal sealed partial class DeleteSnapshotJson : JsonSerializerContext;

/// <summary>Removes a snapshot: row and reference go in one commit; what stands on the sealed layer keeps it alive.</summary>
public sealed class DeleteSnapshot(CloudParts parts, LayersRoom layers, DeleteVolume deleteVolume)
    : Saga<DeleteSnapshotState>("delete-snapshot", DeleteSnapshotJson.Default.DeleteSnapshotState)
{
    protected override void Define(StepList<DeleteSnapshotState> steps) => steps
        .NoReturn()
        .Commit("remove", Remove);

    /// <summary>Marks the snapshot and starts; the caller has checked that it may go.</summary>
    public string Begin(Tx tx, SnapshotRecord snapshot, string requestId)
    {
        SnapshotStore.SetStatus(tx, snapshot.Id, "deleting", parts.Time.GetUtcNow());
        return parts.Sagas.Start(tx, this, new DeleteSnapshotState(snapshot.Id, requestId), $"volume:{snapshot.VolumeId}", requestId);
    }

    private void Remove(Tx tx, DeleteSnapshotState state)
    {
        var snapshot = SnapshotStore.Find(tx, state.SnapshotId);
        var group = snapshot?.GroupSnapshotId;
        layers.Release(tx, CreateSnapshot.Holder(state.SnapshotId));
        SnapshotStore.Delete(tx, state.SnapshotId);
        // With its last member a group's snapshot goes that was told to.
        tx.Execute($"""
            DELETE FROM group_snapshots WHERE id = {group} AND status = 'deleting'
                AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.group_snapshot_id = {group})
            """);
        if (snapshot is not null) deleteVolume.BeginWithSnapshot(tx, snapshot.VolumeId, state.RequestId);
    }
}
