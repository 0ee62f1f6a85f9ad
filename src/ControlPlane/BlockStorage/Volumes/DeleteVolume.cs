using System.Text.Json.Serialization;
using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.BlockStorage.Manageable;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

public sealed record DeleteVolumeState(string VolumeId);

[JsonSerializable(typeof(DeleteVolumeState))]
internal sealed partial class DeleteVolumeJson : JsonSerializerContext;

/// <summary>
/// Removes a volume and the snapshots that go with it: rows and references go in one commit, the reaper removes what nobody
/// else needs.
/// </summary>
public sealed class DeleteVolume(CloudParts parts, LayersRoom layers)
    : Saga<DeleteVolumeState>("delete-volume", DeleteVolumeJson.Default.DeleteVolumeState)
{
    protected override void Define(StepList<DeleteVolumeState> steps) => steps
        .NoReturn()
        .Commit("remove", Remove);

    /// <summary>Marks the volume and starts; the caller has checked that it may go.</summary>
    public string Begin(Tx tx, string volumeId, string requestId)
    {
        VolumeStore.SetStatus(tx, volumeId, VolumeStatus.Deleting, parts.Time.GetUtcNow());
        return parts.Sagas.Start(tx, this, new DeleteVolumeState(volumeId), $"volume:{volumeId}", requestId);
    }

    /// <summary>
    /// The server that it was to go with has gone: it goes too, behind whatever is being done to it; where it has snapshots,
    /// with the last of them.
    /// </summary>
    public void BeginWithServer(Tx tx, string volumeId, string requestId)
    {
        if (VolumeStore.Find(tx, volumeId) is not { Status: not (VolumeStatus.Deleting or VolumeStatus.AwaitingTransfer) }) return;
        if (AttachmentStore.OfVolume(tx, volumeId).Count > 0) return;
        if (SnapshotStore.OfVolume(tx, volumeId).Count > 0) VolumeStore.GoWithSnapshots(tx, volumeId);
        else Begin(tx, volumeId, requestId);
    }

    /// <summary>One of its snapshots has gone: if it was the last, a volume that was only kept for them goes.</summary>
    public void BeginWithSnapshot(Tx tx, string volumeId, string requestId)
    {
        if (VolumeStore.GoesWithSnapshots(tx, volumeId)) BeginWithServer(tx, volumeId, requestId);
    }

    private void Remove(Tx tx, DeleteVolumeState state)
    {
        foreach (var snapshot in SnapshotStore.OfVolume(tx, state.VolumeId))
        {
            layers.Release(tx, new LayerHolder("snapshot", snapshot.Id));
            SnapshotStore.Delete(tx, snapshot.Id);
        }
        // What is below a disk that goes could not be managed again: there would be no volume to name.
        foreach (var left in UnmanagedDiskStore.SnapshotsOf(tx, state.VolumeId)) UnmanagedDiskStore.Remove(tx, layers, left);
        layers.Release(tx, CreateVolume.Holder(state.VolumeId));
        layers.ReleaseKey(tx, CreateVolume.Holder(state.VolumeId));
        VolumeStore.Delete(tx, state.VolumeId);
    }
}
