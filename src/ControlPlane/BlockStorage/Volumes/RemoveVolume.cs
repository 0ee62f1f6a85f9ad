using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>DELETE volumes/{id} with <c>cascade</c> and <c>force</c>, and the action os-force_delete.</summary>
internal sealed class RemoveVolume(BlockStorageRoom room)
{
    private static readonly string[] Removable =
        [VolumeStatus.Available, VolumeStatus.Error, "error_restoring", VolumeStatus.ErrorExtending, "error_managing"];

    public async Task<Reply> Handle(ApiRequest request)
    {
        var cascade = ProjectRows.Flag(request, "cascade") == true;
        var force = request.At(3, 23) && ProjectRows.Flag(request, "force") == true;
        await Remove(request, cascade, force);
        return Reply.Empty(202);
    }

    public async Task<Reply> Force(ApiRequest request)
    {
        await Remove(request, cascade: false, force: true);
        return Reply.Empty(202);
    }

    private Task Remove(ApiRequest request, bool cascade, bool force) => room.Parts.Database.Write(tx =>
    {
        var volume = VolumeAccess.Volume(tx, request, request[0]);
        if (force) request.Authorize("volume:force_delete", PolicyTarget.OwnedBy(volume.ProjectId));
        var attached = AttachmentStore.OfVolume(tx, volume.Id).Exists(a => a.Status is "attached" or "detaching" || a.ByCompute);
        var snapshots = SnapshotStore.OfVolume(tx, volume.Id);
        var blocked = cascade
            ? snapshots.Exists(s => s.GroupSnapshotId is not null || (!force && s.Status is not ("available" or "error" or "deleting"))
                || !ProjectRows.MaySee(request.Caller, s.ProjectId))
            : snapshots.Count > 0;
        // A disk that is being changed by a saga cannot go under it, whatever the state was set to.
        if (attached || blocked || volume.GroupId is not null || (!force && !Removable.Contains(volume.Status)))
            throw BlockStorageFault.InvalidVolume(
                $"Volume {(force ? "" : $"status must be {string.Join(" or ", Removable)} and ")}must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.");
        var now = room.Parts.Time.GetUtcNow();
        foreach (var snapshot in snapshots) SnapshotStore.SetStatus(tx, snapshot.Id, "deleting", now);
        room.DeleteVolume.Begin(tx, volume.Id, request.RequestId);
    });
}
