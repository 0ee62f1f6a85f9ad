using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>What the making of a volume carries from step to step.</summary>
/// <param name="SourceHead">For a copy of a volume: its head, to be forked before the new disk is cloned from it.</param>
/// <param name="SourceFork">The source volume's next head.</param>
public sealed record CreateVolumeState(string VolumeId, Guid Layer, string? SourceVolumeId, Guid? SourceHead, Guid? SourceFork);

[JsonSerializable(typeof(CreateVolumeState))]
internal sealed partial class CreateVolumeJson : JsonSerializerContext;

/// <summary>
/// Makes a volume, blank or from an image, a snapshot or another volume: always one overlay, so the time does not depend on
/// the size. Only a multi-attach volume is raw and therefore copied.
/// </summary>
public sealed class CreateVolume(CloudParts parts, LayersRoom layers, ImagesRoom images, VolumeForks forks)
    : Saga<CreateVolumeState>("create-volume", CreateVolumeJson.Default.CreateVolumeState)
{
    private const long Gib = 1L << 30;

    protected override void Define(StepList<CreateVolumeState> steps) => steps
        .Do("fork source", ForkSource)
        .Commit("plan disk", PlanDisk)
        .Do("make disk", MakeDisk, undo: (state, _) => layers.Discard(state.Layer))
        .Commit("available", Available);

    /// <summary>Checks against the rows, and writes volume, quota use and saga in the caller's transaction.</summary>
    public StartedVolume Begin(Tx tx, Caller caller, string projectId, NewVolume wanted, string requestId)
    {
        var now = parts.Time.GetUtcNow();
        var type = Type(tx, wanted, projectId);
        var origin = Resolve(tx, caller, wanted);
        var size = SizeOf(wanted, origin);
        VolumeQuota.RequireVolume(tx, projectId, size);
        var multiattach = wanted.Multiattach
            || VolumeTypeStore.ExtraSpecs(tx, type.Id).GetValueOrDefault("multiattach")?.Contains("True", StringComparison.OrdinalIgnoreCase) == true;
        var volume = new VolumeRecord
        {
            Id = wanted.Id ?? Guid.NewGuid().ToString(),
            ProjectId = projectId,
            UserId = caller.UserId,
            Name = wanted.Name,
            Description = wanted.Description,
            SizeGib = size,
            Status = VolumeStatus.Creating,
            Bootable = origin.Bootable,
            Multiattach = multiattach,
            VolumeTypeId = type.Id,
            AvailabilityZone = wanted.AvailabilityZone ?? "nova",
            Host = $"{parts.Options.HostName}@local#local",
            SourceVolumeId = (wanted.Source as VolumeSource.FromVolume)?.VolumeId,
            SnapshotId = (wanted.Source as VolumeSource.FromSnapshot)?.SnapshotId,
            ImageId = (wanted.Source as VolumeSource.FromImage)?.ImageId,
            LayerId = Guid.NewGuid(),
            CreatedAt = now,
        };
        VolumeStore.Insert(tx, volume);
        VolumeStore.SetMap(tx, "volume_metadata", volume.Id, wanted.Metadata);
        VolumeStore.SetMap(tx, "volume_image_metadata", volume.Id, origin.ImageMetadata);
        // The parent is held from this commit on: whatever is deleted meanwhile, the disk can still be made.
        if (origin.Layer is { } parent) layers.Hold(tx, parent, PendingParent(volume.Id));
        var state = new CreateVolumeState(volume.Id, volume.LayerId, volume.SourceVolumeId, origin.SourceHead, origin.SourceHead is null ? null : Guid.NewGuid());
        if (state is { SourceHead: { } head, SourceFork: { } fork }) layers.PlanFork(tx, head, fork);
        return new StartedVolume(volume.Id, parts.Sagas.Start(tx, this, state, Lane(volume), requestId));
    }

    // A copy runs in its source's lane: the head it forks must not change under it.
    private static string Lane(VolumeRecord volume) => $"volume:{volume.SourceVolumeId ?? volume.Id}";

    private static LayerHolder PendingParent(string volumeId) => new("volume-source", volumeId);

    private sealed record Origin(Guid? Layer, long MinGib, bool Bootable, IReadOnlyDictionary<string, string> ImageMetadata, Guid? SourceHead = null);

    private Origin Resolve(Tx tx, Caller caller, NewVolume wanted)
    {
        switch (wanted.Source)
        {
            case VolumeSource.FromImage(var imageId):
                return OfImage(images.Find(tx, caller, imageId)
                    ?? throw Fault.BadRequest($"Invalid image identifier or unable to access requested image: imageRef '{imageId.Truncated()}'."), wanted.SizeGib);
            case VolumeSource.FromSnapshot(var snapshotId):
                var snapshot = SnapshotStore.Find(tx, snapshotId);
                if (snapshot is null || !Visible(caller, snapshot.ProjectId)) throw Fault.NotFound($"Snapshot {snapshotId} could not be found.");
                if (snapshot.Status != "available" || snapshot.LayerId is null)
                    throw Fault.BadRequest($"Invalid snapshot: Originating snapshot status must be one of 'available' values; it is '{snapshot.Status}'.");
                return Copied(tx, snapshot.LayerId, snapshot.SizeGib, snapshot.VolumeId, null);
            case VolumeSource.FromVolume(var volumeId):
                var source = VolumeStore.Find(tx, volumeId);
                if (source is null || !Visible(caller, source.ProjectId)) throw Fault.NotFound($"Volume {volumeId} could not be found.");
                if (source.Status is not (VolumeStatus.Available or VolumeStatus.InUse))
                    throw Fault.BadRequest($"Invalid volume: Unable to create a volume from an errored or busy source volume: its status is '{source.Status}'.");
                return Copied(tx, null, source.SizeGib, source.Id, source.LayerId) with { Bootable = source.Bootable };
            default:
                return new Origin(null, 1, false, new Dictionary<string, string>());
        }
    }

    private static bool Visible(Caller caller, string projectId) => caller.IsAdmin || caller.ProjectId == projectId;

    private static Origin Copied(Tx tx, Guid? layer, long sizeGib, string volumeId, Guid? head)
    {
        var bootable = VolumeStore.Find(tx, volumeId)?.Bootable ?? false;
        return new Origin(layer, sizeGib, bootable, VolumeStore.Map(tx, "volume_image_metadata", volumeId), head);
    }

    private static Origin OfImage(ImageRecord image, long? sizeGib)
    {
        if (!image.IsActive) throw Fault.BadRequest($"Invalid image: Image {image.Id} is not active but '{image.Status}'.");
        if (image.BootLayerId is not { } layer)
            throw Fault.BadRequest($"Invalid image: Image {image.Id} of format {image.DiskFormat}/{image.ContainerFormat} holds no disk a volume could be made of.");
        var needed = Math.Max(((image.VirtualSizeBytes ?? image.SizeBytes ?? 0) + Gib - 1) / Gib, 1);
        if (sizeGib is { } size && size < needed)
            throw Fault.BadRequest($"Invalid input received: Size of specified image {needed}GB is larger than volume size {size}GB.");
        if (sizeGib is { } asked && asked < image.MinDiskGib)
            throw Fault.BadRequest($"Invalid input received: Volume size {asked}GB cannot be smaller than the image minDisk size {image.MinDiskGib}GB.");
        var metadata = new Dictionary<string, string>(image.Properties, StringComparer.Ordinal)
        {
            ["image_id"] = image.Id,
            ["image_name"] = image.Name ?? "",
            ["checksum"] = image.Checksum ?? "",
            ["container_format"] = image.ContainerFormat ?? "",
            ["disk_format"] = image.DiskFormat ?? "",
            ["min_disk"] = image.MinDiskGib.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["min_ram"] = image.MinRamMib.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["size"] = (image.SizeBytes ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        return new Origin(layer, Math.Max(needed, image.MinDiskGib), true, metadata);
    }

    private static long SizeOf(NewVolume wanted, Origin origin)
    {
        if (wanted.SizeGib is not { } size)
            return wanted.Source is VolumeSource.FromSnapshot or VolumeSource.FromVolume
                ? origin.MinGib
                : throw Fault.BadRequest("Invalid input received: size: Volume size must be an integer greater than 0 (GiB); the request has none.");
        if (size < 1) throw Fault.BadRequest($"Invalid input received: Volume size '{size}' must be an integer and greater than 0");
        if (size < origin.MinGib && wanted.Source is not VolumeSource.FromImage)
            throw Fault.BadRequest($"Invalid input received: Volume size '{size}'GB cannot be smaller than the {(wanted.Source is VolumeSource.FromSnapshot ? "snapshot" : "original volume")} size {origin.MinGib}GB. They must be >= original {(wanted.Source is VolumeSource.FromSnapshot ? "snapshot" : "volume")} size.");
        return size;
    }

    private static VolumeTypeRecord Type(Tx tx, NewVolume wanted, string projectId) =>
        VolumeTypeStore.FindFor(tx, wanted.VolumeType ?? VolumeTypeStore.DefaultName, projectId)
        ?? throw Fault.NotFound($"Volume type with name {wanted.VolumeType} could not be found.");

    // ── steps ──

    private async Task<CreateVolumeState> ForkSource(CreateVolumeState state, CancellationToken cancel)
    {
        if (state is { SourceVolumeId: { } source, SourceHead: { } head, SourceFork: { } fork })
            await forks.Fork(source, head, fork, PendingParent(state.VolumeId), cancel);
        return state;
    }

    private CreateVolumeState PlanDisk(Tx tx, CreateVolumeState state)
    {
        var volume = VolumeStore.Find(tx, state.VolumeId) ?? throw new SagaInterruptedException();
        var parent = layers.HeldBy(tx, PendingParent(state.VolumeId));
        var origin = parent is null ? LayerOrigin.Blank : volume.Multiattach ? LayerOrigin.Copy : LayerOrigin.Clone;
        var format = volume.Multiattach ? DiskFormat.Raw : DiskFormat.Qcow2;
        layers.Plan(tx, new LayerPlan(state.Layer, origin, parent?.Id, format, volume.SizeGib * Gib, new LayerHolder("volume", volume.Id)));
        layers.Release(tx, PendingParent(state.VolumeId));
        return state;
    }

    private async Task<CreateVolumeState> MakeDisk(CreateVolumeState state, CancellationToken cancel)
    {
        await layers.Make(state.Layer, cancel);
        return state;
    }

    private CreateVolumeState Available(Tx tx, CreateVolumeState state)
    {
        VolumeStore.Move(tx, state.VolumeId, [VolumeStatus.Creating], VolumeStatus.Available, parts.Time.GetUtcNow());
        return state;
    }

    protected override void Failed(Tx tx, CreateVolumeState state, Exception cause)
    {
        layers.Release(tx, PendingParent(state.VolumeId));
        VolumeStore.Move(tx, state.VolumeId, [VolumeStatus.Creating], VolumeStatus.Error, parts.Time.GetUtcNow());
    }
}
