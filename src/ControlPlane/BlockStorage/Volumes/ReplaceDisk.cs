using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.BlockStorage.Backups;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.BlockStorage.Messages;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <param name="Busy">The volume's state meanwhile.</param>
/// <param name="Was">The state to go back to.</param>
/// <param name="SnapshotId">The snapshot it goes back to, or null.</param>
/// <param name="ImageId">The image it is made of anew, or null.</param>
/// <param name="Retype">What it becomes by a copy of itself, or null.</param>
/// <param name="BackupId">The backup outside of the pool that it is read from, or null.</param>
public sealed record ReplaceDiskState(
    string VolumeId, Guid Layer, string Busy, string Was, string? SnapshotId, string? ImageId, RetypeByCopy? Retype = null, string? BackupId = null);

/// <param name="KeyId">The key that the copy is encrypted with; null makes a plain one.</param>
/// <param name="Fork">Its present head, sealed to be copied from.</param>
public sealed record RetypeByCopy(string TypeId, string? KeyId, PlannedFork? Fork);

[JsonSerializable(typeof(ReplaceDiskState))]
internal sealed partial class ReplaceDiskJson : JsonSerializerContext;

/// <summary>
/// Gives a volume a new disk in place of the one it has: the content of its latest snapshot (revert), of an image
/// (os-reimage) or of a backup, or its own content encrypted otherwise (os-retype). The new disk is made beside the old one,
/// then one commit changes over.
/// </summary>
internal sealed class ReplaceDisk(CloudParts parts, LayersRoom layers, ImagesRoom images, VolumeForks forks, BackupTarget? target)
    : Saga<ReplaceDiskState>("replace-volume-disk", ReplaceDiskJson.Default.ReplaceDiskState)
{
    private static readonly ObjectShape RevertShape = Shape.Object(Member.May("snapshot_id", Shape.OrNull(Shape.Text()))).Open();

    private static readonly ObjectShape ReimageShape = Shape.Object(
        Member.Must("image_id", Shape.Uuid),
        Member.May("reimage_reserved", Shape.Flag));

    protected override void Define(StepList<ReplaceDiskState> steps) => steps
        .Plan("plan fork", PlanFork)
        .Do("fork volume", ForkVolume, undo: (state, _) => UndoFork(state))
        .Commit("plan disk", PlanDisk)
        .Do("make disk", MakeDisk, undo: (state, _) => layers.Discard(state.Layer))
        .NoReturn()
        .Commit("change over", ChangeOver);

    /// <summary>POST …/action revert, from 3.40: only to the latest snapshot, only at the same size.</summary>
    public async Task<Reply> Revert(ApiRequest request)
    {
        var body = await request.Body("revert", RevertShape);
        await parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            if (SnapshotStore.OfVolume(tx, volume.Id) is not [.., var latest])
                throw Fault.BadRequest($"Volume {volume.Id} doesn't have any snapshots.");
            if (body.GetText("snapshot_id") is not { } wanted || wanted != latest.Id)
                throw Fault.BadRequest($"Specified snapshot {body.GetText("snapshot_id") ?? "None"} is None or not the latest one of volume {volume.Id}.");
            if (volume.SizeGib != latest.SizeGib)
                throw Fault.BadRequest($"Can't revert volume {volume.Id} to its latest snapshot {latest.Id}. The volume size must be equal to the snapshot size.");
            var now = parts.Time.GetUtcNow();
            if (!VolumeStore.Move(tx, volume.Id, [VolumeStatus.Available], VolumeStatus.Reverting, now))
                throw Fault.Conflict($"Invalid volume: Can't revert volume {volume.Id} to its latest snapshot {latest.Id}. Volume's status must be 'available'.");
            if (latest.LayerId is not { } layer || !SnapshotStore.Move(tx, latest.Id, ["available"], "restoring", now))
                throw Fault.Conflict($"Invalid snapshot: Can't revert volume {volume.Id} to its latest snapshot {latest.Id}. Snapshot's status must be 'available'.");
            Begin(tx, new ReplaceDiskState(volume.Id, Guid.NewGuid(), VolumeStatus.Reverting, VolumeStatus.Available, latest.Id, null), layer, request.RequestId);
        });
        return Reply.Empty(202);
    }

    /// <summary>POST …/action os-reimage, from 3.68.</summary>
    public async Task<Reply> Reimage(ApiRequest request)
    {
        var body = await request.Body("os-reimage", ReimageShape);
        await parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            if (volume.Status == VolumeStatus.Reserved) request.Authorize("volume:reimage_reserved", PolicyTarget.OwnedBy(volume.ProjectId));
            BeginReimage(tx, request.Caller, volume, body.GetText("image_id")!, body.GetFlag("reimage_reserved") == true, request.RequestId);
        });
        return Reply.Empty(202);
    }

    /// <summary>The volume is made anew of an image, its old content goes. Returns the saga's id.</summary>
    /// <param name="reserved">Also while a server that does not run keeps it: a rebuild.</param>
    public string BeginReimage(Tx tx, Caller caller, VolumeRecord volume, string imageId, bool reserved, string requestId)
    {
        if (AttachmentStore.OfVolume(tx, volume.Id).Count > 1)
            throw Fault.Conflict("Cannot re-image a volume which is attached to more than one server.");
        string[] from = reserved ? [VolumeStatus.Available, VolumeStatus.Error, VolumeStatus.Reserved] : [VolumeStatus.Available, VolumeStatus.Error];
        if (!VolumeStore.Move(tx, volume.Id, from, VolumeStatus.Downloading, parts.Time.GetUtcNow()))
            throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} status must be {string.Join(" or ", from)}, but current status is {volume.Status}.");
        var image = images.Find(tx, caller, imageId) ?? throw Fault.NotFound($"Image {imageId} could not be found.");
        var origin = CreateVolume.OfImage(image, volume.SizeGib);
        var was = volume.Status == VolumeStatus.Reserved ? VolumeStatus.Reserved : VolumeStatus.Available;
        return Begin(tx, new ReplaceDiskState(volume.Id, Guid.NewGuid(), VolumeStatus.Downloading, was, null, imageId), origin.Layer!.Value, requestId);
    }

    /// <summary>The volume gets the content of a backup. Returns the saga's id.</summary>
    internal string BeginRestore(Tx tx, VolumeRecord volume, BackupRecord backup, string requestId)
    {
        if (!VolumeStore.Move(tx, volume.Id, [VolumeStatus.Available], VolumeStatus.Restoring, parts.Time.GetUtcNow()))
            throw BlockStorageFault.InvalidVolume("Volume to be restored to must be available");
        var state = new ReplaceDiskState(volume.Id, Guid.NewGuid(), VolumeStatus.Restoring, VolumeStatus.Available, null, null);
        if (!backup.IsOutside) return Begin(tx, state, backup.LayerId, requestId);
        BackupRestoring.Begin(tx, target, backup, parts.Time.GetUtcNow());
        return parts.Sagas.Start(tx, this, state with { BackupId = backup.Id }, $"volume:{volume.Id}", requestId);
    }

    /// <summary>
    /// The volume becomes one of another encryption: what it holds is copied, and nothing of the old disk and its key is left.
    /// Rule (Cinder): the volume is available and has no snapshots.
    /// </summary>
    internal void BeginRetype(Tx tx, VolumeRecord volume, VolumeTypeRecord type, string requestId)
    {
        if (SnapshotStore.OfVolume(tx, volume.Id).Count > 0)
            throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} must not have snapshots to be retyped to {type.Name}, whose encryption is another: delete them first.");
        if (!VolumeStore.Move(tx, volume.Id, [VolumeStatus.Available], VolumeStatus.Retyping, parts.Time.GetUtcNow()))
            throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} must be available to be retyped to {type.Name}, whose encryption is another, but it is {volume.Status}.");
        var key = VolumeEncryption.NewKey(tx, layers, type, Holder(volume.Id));
        var state = new ReplaceDiskState(volume.Id, Guid.NewGuid(), VolumeStatus.Retyping, VolumeStatus.Available, null, null, new RetypeByCopy(type.Id, key, null));
        parts.Sagas.Start(tx, this, state, $"volume:{volume.Id}", requestId);
    }

    private string Begin(Tx tx, ReplaceDiskState state, Guid parent, string requestId)
    {
        layers.Hold(tx, parent, Parent(state.VolumeId));
        return parts.Sagas.Start(tx, this, state, $"volume:{state.VolumeId}", requestId);
    }

    private static LayerHolder Parent(string volumeId) => new("volume-replacement-source", volumeId);
    private static LayerHolder Holder(string volumeId) => new("volume-replacement", volumeId);

    private ReplaceDiskState PlanFork(Tx tx, ReplaceDiskState state) => state.Retype is not { } retype ? state : state with
    {
        Retype = retype with { Fork = forks.Plan(tx, state.VolumeId) ?? throw new SagaFailedException($"volume {state.VolumeId} was deleted") },
    };

    private async Task ForkVolume(ReplaceDiskState state, CancellationToken cancel)
    {
        if (state.Retype?.Fork is { } fork) await forks.Fork(state.VolumeId, fork.Head, fork.NewHead, Parent(state.VolumeId), cancel);
    }

    private Task UndoFork(ReplaceDiskState state) =>
        state.Retype?.Fork is { } fork ? forks.Unplan(state.VolumeId, fork) : Task.CompletedTask;

    private void PlanDisk(Tx tx, ReplaceDiskState state)
    {
        var volume = VolumeStore.Find(tx, state.VolumeId) ?? throw new SagaFailedException($"volume {state.VolumeId} was deleted");
        var parent = layers.HeldBy(tx, Parent(state.VolumeId));
        var origin = state.BackupId is not null ? LayerOrigin.Import
            : volume.Multiattach || state.Retype is not null ? LayerOrigin.Copy : LayerOrigin.Clone;
        var format = volume.Multiattach || origin == LayerOrigin.Import ? DiskFormat.Raw : DiskFormat.Qcow2;
        layers.Plan(tx, new LayerPlan(state.Layer, origin, parent?.Id, format, volume.SizeGib << 30, Holder(state.VolumeId))
        {
            KeyId = state.Retype is { } retype ? retype.KeyId : volume.EncryptionKeyId,
        });
        layers.Release(tx, Parent(state.VolumeId));
    }

    private Task MakeDisk(ReplaceDiskState state, CancellationToken cancel) => state.BackupId is { } backup
        ? BackupRestoring.Fill(parts.Database, layers, target, state.Layer, backup, cancel)
        : layers.Make(state.Layer, cancel);

    private void ChangeOver(Tx tx, ReplaceDiskState state)
    {
        var now = parts.Time.GetUtcNow();
        var volume = new LayerHolder("volume", state.VolumeId);
        layers.Release(tx, volume);
        layers.Hold(tx, state.Layer, volume);
        layers.Release(tx, Holder(state.VolumeId));
        BackupRestoring.End(tx, state.BackupId, now);
        if (state.Retype is { } retype) Retyped(tx, volume, retype);
        VolumeStore.SetLayer(tx, state.VolumeId, state.Layer);
        VolumeStore.Move(tx, state.VolumeId, [state.Busy], state.Was, now);
        if (state.SnapshotId is { } snapshot) SnapshotStore.Move(tx, snapshot, ["restoring"], "available", now);
        if (state.ImageId is { } imageId && images.FindAny(tx, imageId) is { } image) Describe(tx, state.VolumeId, image);
    }

    private void Retyped(Tx tx, LayerHolder volume, RetypeByCopy retype)
    {
        layers.ReleaseKey(tx, volume);
        if (retype.KeyId is { } key) layers.HoldKey(tx, key, volume);
        layers.ReleaseKey(tx, Holder(volume.Id));
        tx.Execute($"UPDATE volumes SET volume_type_id = {retype.TypeId}, encryption_key_id = {retype.KeyId} WHERE id = {volume.Id}");
    }

    private static void Describe(Tx tx, string volumeId, ImageRecord image)
    {
        tx.Execute($"DELETE FROM volume_image_metadata WHERE volume_id = {volumeId}");
        VolumeStore.SetMap(tx, "volume_image_metadata", volumeId, CreateVolume.OfImage(image, null).ImageMetadata);
        tx.Execute($"UPDATE volumes SET bootable = 1 WHERE id = {volumeId}");
    }

    protected override void Failed(Tx tx, ReplaceDiskState state, Exception cause)
    {
        var now = parts.Time.GetUtcNow();
        layers.Release(tx, Parent(state.VolumeId));
        layers.ReleaseKey(tx, Holder(state.VolumeId));
        BackupRestoring.End(tx, state.BackupId, now, cause);
        // The old disk is untouched: a revert goes back to where it was, a volume that was to be another one is in error.
        VolumeStore.Move(tx, state.VolumeId, [state.Busy], state.ImageId is not null ? VolumeStatus.Error : state.Was, now);
        if (state.SnapshotId is { } snapshot) SnapshotStore.Move(tx, snapshot, ["restoring"], "available", now);
        if (VolumeStore.Find(tx, state.VolumeId) is { } volume)
            UserMessages.Add(tx, volume.ProjectId, "VOLUME", volume.Id, state.Retype is null ? ("016", "reimage volume") : ("008", "create volume from backend storage"), now);
    }
}
