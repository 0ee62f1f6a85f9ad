using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>The volume or snapshot a request names, where its caller may know of it.</summary>
internal static class VolumeAccess
{
    /// <summary>404 for one that is not there or belongs to another project.</summary>
    public static VolumeRecord Volume(Tx tx, ApiRequest request, string id) =>
        VolumeStore.Find(tx, id) is { } volume && ProjectRows.MaySee(request.Caller, volume.ProjectId)
            ? volume
            : throw BlockStorageFault.NoVolume(id);

    public static Snapshots.SnapshotRecord Snapshot(Tx tx, ApiRequest request, string id) =>
        Snapshots.SnapshotStore.Find(tx, id) is { } snapshot && ProjectRows.MaySee(request.Caller, snapshot.ProjectId)
            ? snapshot
            : throw BlockStorageFault.NoSnapshot(id);
}
