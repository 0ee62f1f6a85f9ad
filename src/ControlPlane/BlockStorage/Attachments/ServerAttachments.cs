using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Attachments;

/// <summary>What Compute needs to open a volume.</summary>
/// <param name="Layer">The head the guest writes to.</param>
public sealed record VolumeConnection(string VolumeId, Guid Layer, bool ReadOnly, long SizeGib, bool Multiattach);

/// <summary>
/// A volume's way into a server and out again, each move a compare and swap in the caller's transaction:
/// available → reserved → (connected) → in-use → detaching → available. All are idempotent by the attachment's id.
/// </summary>
public sealed class ServerAttachments(CloudParts parts)
{
    /// <summary>Takes the volume for a server. 400 where it is not free: at most one server wins.</summary>
    public void Reserve(Tx tx, string volumeId, string serverId, string attachmentId, bool readOnly)
    {
        if (AttachmentStore.Find(tx, attachmentId) is not null) return;
        var volume = VolumeStore.Find(tx, volumeId) ?? throw Fault.NotFound($"Volume {volumeId} could not be found.");
        var taken = AttachmentStore.OfVolume(tx, volumeId);
        var free = volume.Status == VolumeStatus.Available
            || (volume.Multiattach && volume.Status is (VolumeStatus.InUse or VolumeStatus.Reserved or VolumeStatus.Attaching) && taken.All(a => a.ServerId != serverId));
        if (!free)
            throw BlockStorageFault.InvalidVolume(
                $"Volume {volumeId} status must be {(volume.Multiattach ? "available or in-use or downloading" : "available or downloading")} to reserve, but the current status is {volume.Status}.");
        if (volume.Status == VolumeStatus.Available)
            VolumeStore.SetStatus(tx, volumeId, VolumeStatus.Reserved, parts.Time.GetUtcNow());
        AttachmentStore.Insert(tx, new AttachmentRecord
        {
            Id = attachmentId,
            VolumeId = volumeId,
            ProjectId = volume.ProjectId,
            ServerId = serverId,
            Mode = readOnly || volume.ReadOnly ? "ro" : "rw",
            Status = "reserved",
            ByCompute = true,
            CreatedAt = parts.Time.GetUtcNow(),
        });
    }

    /// <summary>Says which head to open, on which host.</summary>
    public VolumeConnection Connect(Tx tx, string attachmentId, string host)
    {
        var attachment = AttachmentStore.Find(tx, attachmentId) ?? throw Fault.NotFound($"Volume attachment could not be found with filter: attachment_id = {attachmentId}.");
        var volume = VolumeStore.Find(tx, attachment.VolumeId)!;
        tx.Execute($"UPDATE volume_attachments SET host = {host}, status = CASE status WHEN 'reserved' THEN 'attaching' ELSE status END WHERE id = {attachmentId}");
        VolumeStore.Move(tx, volume.Id, [VolumeStatus.Reserved], VolumeStatus.Attaching, parts.Time.GetUtcNow());
        return new VolumeConnection(volume.Id, volume.LayerId, attachment.Mode == "ro", volume.SizeGib, volume.Multiattach);
    }

    /// <summary>The guest has it.</summary>
    public void Complete(Tx tx, string attachmentId, string device)
    {
        if (AttachmentStore.Find(tx, attachmentId) is not { } attachment) return;
        var now = parts.Time.GetUtcNow();
        tx.Execute($"""
            UPDATE volume_attachments SET status = 'attached', mountpoint = {device}, attached_at = COALESCE(attached_at, {now}) WHERE id = {attachmentId}
            """);
        VolumeStore.Move(tx, attachment.VolumeId, [VolumeStatus.Reserved, VolumeStatus.Attaching, VolumeStatus.Detaching], VolumeStatus.InUse, now);
    }

    /// <summary>Somebody asked for it back; 400 where it is not attached.</summary>
    public void BeginDetach(Tx tx, string attachmentId)
    {
        if (AttachmentStore.Find(tx, attachmentId) is not { } attachment) return;
        var others = AttachmentStore.OfVolume(tx, attachment.VolumeId).Count > 1;
        if (!others && !VolumeStore.Move(tx, attachment.VolumeId, [VolumeStatus.InUse, VolumeStatus.Detaching], VolumeStatus.Detaching, parts.Time.GetUtcNow()))
            throw Fault.BadRequest($"Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.");
        AttachmentStore.SetStatus(tx, attachmentId, "detaching");
    }

    /// <summary>The guest no longer has it: the last one out makes the volume available. Twice is once.</summary>
    public void Remove(Tx tx, string attachmentId)
    {
        if (AttachmentStore.Find(tx, attachmentId) is not { } attachment) return;
        AttachmentStore.Delete(tx, attachmentId);
        if (AttachmentStore.OfVolume(tx, attachment.VolumeId).Count > 0) return;
        VolumeStore.Move(tx, attachment.VolumeId,
            [VolumeStatus.InUse, VolumeStatus.Reserved, VolumeStatus.Attaching, VolumeStatus.Detaching], VolumeStatus.Available, parts.Time.GetUtcNow());
    }
}
