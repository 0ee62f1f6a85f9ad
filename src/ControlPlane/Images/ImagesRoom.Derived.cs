using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Data;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

// What the other rooms ask of this one: look an image up, and make one of a server or a volume.
public sealed partial class ImagesRoom
{
    /// <summary>The image, or null where it is not there or this caller may not see it.</summary>
    public ImageRecord? Find(Tx tx, Caller caller, string id) => ImageStore.Find(tx, caller, id);

    /// <summary>The image whoever asks: for work that goes on after the request was allowed.</summary>
    public ImageRecord? FindAny(Tx tx, string id) => ImageStore.FindAny(tx, id);

    /// <summary>
    /// The row of an image that will have the layers of a server or a volume. It is <c>saving</c> until
    /// <see cref="ActivateDerived"/>. Twice with one id is once.
    /// </summary>
    public void CreateDerived(Tx tx, Caller caller, DerivedImage image)
    {
        if (ImageStore.Exists(tx, image.Id)) return;
        var now = _parts.Time.GetUtcNow();
        ImageStore.Insert(tx, new ImageRecord
        {
            Id = image.Id,
            Name = image.Name,
            Status = ImageStatus.Saving,
            Visibility = image.Visibility,
            OwnerProjectId = caller.ProjectId,
            Protected = image.Protected,
            DiskFormat = image.DiskFormat,
            ContainerFormat = image.ContainerFormat,
            MinDiskGib = image.MinDiskGib,
            MinRamMib = image.MinRamMib,
            Derived = true,
            CreatedAt = now,
            UpdatedAt = now,
            Properties = image.Properties,
        });
    }

    /// <summary>
    /// The image has its bytes: a raw disk, read through the layer's chain. Active at once; the hashes follow when the
    /// bytes have been read in the background. False where the image was deleted meanwhile: nobody holds the layer then.
    /// </summary>
    public bool ActivateDerived(Tx tx, string imageId, Guid layerId, long virtualSizeBytes)
    {
        var changed = tx.Execute($"""
            UPDATE images SET status = 'active', disk_format = 'raw', size = {virtualSizeBytes},
                virtual_size = {virtualSizeBytes}, layer_id = {layerId}, boot_layer_id = {layerId},
                updated_at = {_parts.Time.GetUtcNow()}
            WHERE id = {imageId} AND status IN ('queued', 'saving', 'active')
            """) > 0;
        if (!changed) return false;
        _layers.Hold(tx, layerId, ImageIntake.Holder(imageId));
        tx.AfterCommit(() => _hashes.Add(imageId));
        return true;
    }

    /// <summary>
    /// An image of a volume-backed server: it has no bytes of its own, its <c>block_device_mapping</c> names the snapshots.
    /// Rule (Nova, createImage of a volume-backed server): size 0, active. With <paramref name="rootLayerId"/> a download
    /// gives the root disk all the same.
    /// </summary>
    public bool ActivateMapping(Tx tx, string imageId, Guid? rootLayerId)
    {
        var changed = tx.Execute($"""
            UPDATE images SET status = 'active', size = 0, layer_id = {rootLayerId}, updated_at = {_parts.Time.GetUtcNow()}
            WHERE id = {imageId} AND status IN ('queued', 'saving', 'active')
            """) > 0;
        if (changed && rootLayerId is { } layer) _layers.Hold(tx, layer, ImageIntake.Holder(imageId));
        return changed;
    }

    /// <summary>A derived image that has had its use: an old backup, what a shelved server came back from. A protected one stays.</summary>
    public void DeleteDerived(Tx tx, string imageId)
    {
        if (ImageStore.FindAny(tx, imageId) is not { Protected: false }) return;
        ImageStore.Delete(tx, imageId);
        _layers.Release(tx, ImageIntake.BootHolder(imageId));
        _layers.Release(tx, ImageIntake.Holder(imageId));
    }

    /// <summary>What was to become an image did not: the row goes. Twice is once.</summary>
    public void FailDerived(Tx tx, string imageId)
    {
        var gone = tx.Execute($"DELETE FROM images WHERE id = {imageId} AND derived = 1 AND status IN ('queued', 'saving')") > 0;
        if (gone) _layers.Release(tx, ImageIntake.Holder(imageId));
    }
}
