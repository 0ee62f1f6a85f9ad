using System.Text.Json.Serialization;
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

    private DeleteVolumeState Remove(Tx tx, DeleteVolumeState state)
    {
        foreach (var snapshot in SnapshotStore.OfVolume(tx, state.VolumeId))
        {
            layers.Release(tx, new LayerHolder("snapshot", snapshot.Id));
            SnapshotStore.Delete(tx, snapshot.Id);
        }
        layers.Release(tx, new LayerHolder("volume", state.VolumeId));
        VolumeStore.Delete(tx, state.VolumeId);
        return state;
    }
}
