using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Attachments;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>os-reset_status: an administrator says what state a volume is in.</summary>
internal sealed class ResetVolume(BlockStorageRoom room)
{
    private static readonly ObjectShape Shape = Api.Shape.Object(
        Member.May("status", Api.Shape.OrNull(Api.Shape.OneOf("creating", "available", "deleting", "error", "error_deleting", "error_managing",
            "managing", "attaching", "detaching", "in-use", "maintenance", "error_extending", "error_restoring", "reserved", "awaiting-transfer"))),
        Member.May("attach_status", Api.Shape.OrNull(Api.Shape.OneOf("attached", "detached"))),
        Member.May("migration_status", Api.Shape.OrNull(Api.Shape.OneOf("migrating", "error", "success", "completing", "none", "starting"))));

    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body("os-reset_status", Shape);
        var status = body.GetText("status");
        var detached = body.GetText("attach_status") == "detached";
        if (status is null && body.GetText("attach_status") is null && body.GetText("migration_status") is null)
            throw Fault.BadRequest("Must specify 'status', 'attach_status' or 'migration_status' for update.");
        if (status is "deleting" or "error_deleting" or "detaching") throw Fault.BadRequest($"Cannot reset-state to {status}");
        if (body.GetText("migration_status") is not (null or "none"))
            throw Fault.BadRequest("migration_status can only be reset to 'none': this cloud has one pool and never migrates volumes.");
        await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            var attachments = AttachmentStore.OfVolume(tx, volume.Id);
            if (status == "in-use" && attachments.Count == 0)
                throw Fault.BadRequest("Cannot reset-state to in-use because volume does not have any attachments.");
            // Were a volume that a guest writes to called free, a second guest could take it.
            if ((detached || status == VolumeStatus.Available) && attachments.Find(a => a.ByCompute) is { } used)
                throw BlockStorageFault.UsedByServer(used.ServerId);
            if (status is not null) VolumeStore.SetStatus(tx, volume.Id, status, room.Parts.Time.GetUtcNow());
            if (detached) foreach (var attachment in attachments) AttachmentStore.Delete(tx, attachment.Id);
        });
        return Reply.Empty(202);
    }
}
