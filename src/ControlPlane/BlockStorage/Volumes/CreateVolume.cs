using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Backups;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.BlockStorage.Groups;
using Cumulet.ControlPlane.BlockStorage.Messages;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.Services;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>What the making of a volume carries from step to step.</summary>
/// <param name="SourceVolumeId">For a copy of a volume: the one whose head is forked before the new disk is cloned from it.</param>
/// <param name="SourceFork">Planned when the saga runs: snapshots accepted before it have moved the source's head by then.</param>
/// <param name="BackupId">The backup outside of the pool that it is read from.</param>
public sealed record CreateVolumeState(string VolumeId, Guid Layer, string? SourceVolumeId, PlannedFork? SourceFork, string? BackupId = null);

[JsonSerializable(typeof(CreateVolumeState))]
internal sealed partial class CreateVolumeJson : JsonSerializerContext;

/// <summary>
/// Makes a volume, blank or from an image, a snapshot or another volume: always one overlay, so the time does not depend on
/// the size. Only a multi-attach volume is raw and therefore copied, and what comes from a backup outside of the pool is read in.
/// </summary>
internal sealed class CreateVolume(CloudParts parts, LayersRoom layers, ImagesRoom images, VolumeForks forks, BackupTarget? target)
    : Saga<CreateVolumeState>("create-volume", CreateVolumeJson.Default.CreateVolumeState)
{
    private const long Gib = 1L << 30;

    protected override void Define(StepList<CreateVolumeState> steps) => steps
        .Plan("plan fork", PlanFork)
        .Do("fork source", ForkSource, undo: (state, _) => UndoFork(state))
        .Commit("plan disk", PlanDisk)
        .Do("make disk", MakeDisk, undo: (state, _) => layers.Discard(state.Layer))
        .Commit("available", Available);

    /// <summary>Checks against the rows, and writes volume, quota use and saga in the caller's transaction.</summary>
    public StartedVolume Begin(Tx tx, Caller caller, string projectId, NewVolume wanted, string requestId)
    {
        var now = parts.Time.GetUtcNow();
        var origin = Resolve(tx, caller, wanted);
        var size = SizeOf(wanted, origin);
        var type = Type(tx, caller, wanted, projectId, origin);
        RequirePlace(tx, caller, wanted, type);
        RequireSameEncryption(tx, type, origin);
        VolumeQuota.RequireVolume(tx, projectId, size, type);
        VolumeQuota.RequirePlace(tx, layers, size);
        var multiattach = wanted.Multiattach
            || VolumeTypeStore.IsMultiattach(tx, type.Id);
        if (multiattach && VolumeTypeStore.IsEncrypted(tx, type.Id))
            throw BlockStorageFault.InvalidVolume("Multiattach cannot be used with encrypted volumes.");
        var id = wanted.Id ?? Guid.NewGuid().ToString();
        var volume = new VolumeRecord
        {
            Id = id,
            ProjectId = projectId,
            UserId = caller.UserId,
            Name = wanted.Name,
            Description = wanted.Description,
            SizeGib = size,
            Status = VolumeStatus.Creating,
            Bootable = origin.Bootable,
            Multiattach = multiattach,
            VolumeTypeId = type.Id,
            AvailabilityZone = BlockStorageRoom.Zone,
            Host = BlockStorageRoom.HostOf(parts),
            GroupId = wanted.GroupId,
            SourceVolumeId = (wanted.Source as VolumeSource.FromVolume)?.VolumeId,
            SnapshotId = (wanted.Source as VolumeSource.FromSnapshot)?.SnapshotId,
            ImageId = (wanted.Source as VolumeSource.FromImage)?.ImageId,
            LayerId = Guid.NewGuid(),
            EncryptionKeyId = VolumeEncryption.NewKey(tx, layers, type, Holder(id)),
            CreatedAt = now,
        };
        VolumeStore.Insert(tx, volume);
        if (wanted.Source is VolumeSource.FromBackup(var backup))
            VolumeStore.SetMap(tx, "volume_metadata", volume.Id, BackupStore.SourceMetadata(tx, backup, "volume_metadata"));
        VolumeStore.SetMap(tx, "volume_metadata", volume.Id, wanted.Metadata);
        VolumeStore.SetMap(tx, "volume_image_metadata", volume.Id, origin.ImageMetadata);
        // The parent is held from this commit on: whatever is deleted meanwhile, the disk can still be made.
        if (origin.Layer is { } parent) layers.Hold(tx, parent, PendingParent(volume.Id));
        if (origin.Backup is { } outside) BackupRestoring.Begin(tx, target, outside, now);
        var state = new CreateVolumeState(volume.Id, volume.LayerId, origin.ForkOf, null, origin.Backup?.Id);
        return new StartedVolume(volume.Id, parts.Sagas.Start(tx, this, state, Lane(volume), requestId));
    }

    // A copy runs in its source's lane: the head it forks must not change under it.
    private static string Lane(VolumeRecord volume) => $"volume:{volume.SourceVolumeId ?? volume.Id}";

    internal static LayerHolder Holder(string volumeId) => new("volume", volumeId);

    private static LayerHolder PendingParent(string volumeId) => new("volume-source", volumeId);

    internal sealed record Origin(Guid? Layer, long MinGib, bool Bootable, IReadOnlyDictionary<string, string> ImageMetadata)
    {
        /// <summary>The volume to be forked, where the source is the present content of one.</summary>
        public string? ForkOf { get; init; }
        /// <summary>The backup that it is read from, where that lies outside of the pool.</summary>
        public BackupRecord? Backup { get; init; }
        /// <summary>The type that the copy has unless another is asked for.</summary>
        public string? TypeId { get; init; }
        /// <summary>Whether what is copied is encrypted; null where that is all the same, as with an image.</summary>
        public bool? Encrypted { get; init; }
    }

    private Origin Resolve(Tx tx, Caller caller, NewVolume wanted)
    {
        switch (wanted.Source)
        {
            case VolumeSource.FromImage(var imageId):
                return OfImage(images.Find(tx, caller, imageId)
                    ?? throw Fault.BadRequest("Invalid image identifier or unable to access requested image."), wanted.SizeGib);
            case VolumeSource.FromSnapshot(var snapshotId):
                var snapshot = SnapshotStore.Find(tx, snapshotId);
                if (snapshot is null || !Visible(caller, snapshot.ProjectId)) throw BlockStorageFault.NoSnapshot(snapshotId);
                if (snapshot.Status != "available" || snapshot.LayerId is null)
                    throw BlockStorageFault.InvalidSnapshot("Originating snapshot status must be one of 'available' values");
                return Copied(tx, snapshot.LayerId, snapshot.SizeGib, snapshot.VolumeId);
            case VolumeSource.FromVolume(var volumeId):
                var source = VolumeStore.Find(tx, volumeId);
                if (source is null || !Visible(caller, source.ProjectId)) throw BlockStorageFault.NoVolume(volumeId);
                if (source.Status is not (VolumeStatus.Available or VolumeStatus.InUse))
                    throw BlockStorageFault.InvalidVolume("Originating source volume status must be one of 'available, in-use' values");
                if (source.Multiattach) throw BlockStorageFault.InvalidVolume(VolumeForks.NoMultiattach(source.Id));
                return Copied(tx, null, source.SizeGib, source.Id) with { ForkOf = source.Id };
            case VolumeSource.FromBackup(var backupId):
                return OfBackup(tx, caller, backupId);
            default:
                return new Origin(null, 1, false, new Dictionary<string, string>());
        }
    }

    private static bool Visible(Caller caller, string projectId) => caller.IsAdmin || caller.ProjectId == projectId;

    private static Origin Copied(Tx tx, Guid? layer, long sizeGib, string volumeId)
    {
        var volume = VolumeStore.Find(tx, volumeId);
        return new Origin(layer, sizeGib, volume?.Bootable ?? false, VolumeStore.Map(tx, "volume_image_metadata", volumeId))
        {
            TypeId = volume?.VolumeTypeId,
            Encrypted = volume?.EncryptionKeyId is not null,
        };
    }

    private static Origin OfBackup(Tx tx, Caller caller, string backupId)
    {
        var backup = BackupStore.Find(tx, backupId);
        if (backup is null || !Visible(caller, backup.ProjectId)) throw BlockStorageFault.NoBackup(backupId);
        if (backup.Status != BackupStatus.Available) throw Fault.BadRequest("Invalid backup: Originating backup status must be one of 'available' values");
        var copied = Copied(tx, backup.IsOutside ? null : backup.LayerId, backup.SizeGib, backup.VolumeId);
        copied = copied with
        {
            Backup = backup.IsOutside ? backup : null,
            Encrypted = backup.EncryptionKeyId is not null,
            TypeId = copied.TypeId ?? (backup.VolumeTypeId is { } type ? VolumeTypeStore.Find(tx, type)?.Id : null),
        };
        var kept = BackupStore.SourceMetadata(tx, backupId, "volume_image_metadata");
        return kept.Count > 0 ? copied with { ImageMetadata = kept } : copied;
    }

    internal static Origin OfImage(ImageRecord image, long? sizeGib)
    {
        if (!image.IsActive) throw BlockStorageFault.InvalidInput($"Image {image.Id} is not active.");
        if (image.BootLayerId is not { } layer)
            throw Fault.BadRequest($"Image {image.Id} is unacceptable: its format {image.DiskFormat}/{image.ContainerFormat} holds no disk a volume could be made of.");
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
        var copy = wanted.Source is VolumeSource.FromSnapshot or VolumeSource.FromVolume or VolumeSource.FromBackup;
        if (wanted.SizeGib is not { } size)
            return copy ? origin.MinGib : throw BlockStorageFault.InvalidInput("Volume size 'None' must be an integer and greater than 0");
        if (size < 1) throw BlockStorageFault.InvalidInput($"Volume size '{size}' must be an integer and greater than 0");
        if (size >= origin.MinGib || !copy) return size;
        throw BlockStorageFault.InvalidInput(wanted.Source switch
        {
            VolumeSource.FromSnapshot => $"Volume size '{size}'GB cannot be smaller than the snapshot size {origin.MinGib}GB. They must be >= original snapshot size.",
            VolumeSource.FromBackup => $"Volume size {size}GB cannot be smaller than the backup size {origin.MinGib}GB. It must be >= backup size.",
            _ => $"Volume size '{size}'GB cannot be smaller than original volume size  {origin.MinGib}GB. They must be >= original volume size.",
        });
    }

    // The type asked for, else the source's, else the project's default, else the cloud's.
    private static VolumeTypeRecord Type(Tx tx, Caller caller, NewVolume wanted, string projectId, Origin origin)
    {
        var name = wanted.VolumeType ?? origin.TypeId;
        if (name is not null)
            return VolumeTypeStore.FindFor(tx, name, caller.IsAdmin ? null : projectId, all: caller.IsAdmin || wanted.VolumeType is null)
                ?? throw BlockStorageFault.NoType(name);
        return VolumeTypeStore.DefaultOf(tx, projectId);
    }

    private static void RequirePlace(Tx tx, Caller caller, NewVolume wanted, VolumeTypeRecord type)
    {
        if (wanted.AvailabilityZone is { } zone && zone != BlockStorageRoom.Zone)
            throw Fault.BadRequest($"Availability zone '{zone.Truncated()}' is invalid.");
        if (VolumeServices.All(tx).Exists(s => s.Binary == VolumeServices.Volume && s.Disabled))
            throw Fault.Unavailable($"No volume service takes new volumes: {BlockStorageRoom.Backend} is disabled.");
        if (wanted.GroupId is { } groupId) GroupStore.RequireMember(tx, caller, groupId, type.Id);
    }

    // Rule (Cinder): a copy is encrypted as its source is. What an image holds is written anew in Cinder; here it stays in the
    // image, and what is written to the volume is encrypted.
    private static void RequireSameEncryption(Tx tx, VolumeTypeRecord type, Origin origin)
    {
        if (origin.Encrypted is not { } encrypted) return;
        if (encrypted != VolumeTypeStore.IsEncrypted(tx, type.Id) || (origin.TypeId is { } source && !VolumeEncryption.Agree(tx, source, type.Id)))
            throw BlockStorageFault.InvalidInput(
                $"Invalid volume_type provided: {type.Id} (requested type is not compatible: it is not encrypted as the source is; recommend omitting the type argument).");
    }

    // ── steps ──

    private CreateVolumeState PlanFork(Tx tx, CreateVolumeState state) => state.SourceVolumeId is not { } source
        ? state
        : state with { SourceFork = forks.Plan(tx, source) ?? throw new SagaFailedException($"the source volume {source} was deleted") };

    private async Task ForkSource(CreateVolumeState state, CancellationToken cancel)
    {
        if (state is { SourceVolumeId: { } source, SourceFork: { } fork })
            await forks.Fork(source, fork.Head, fork.NewHead, PendingParent(state.VolumeId), cancel);
    }

    private Task UndoFork(CreateVolumeState state) =>
        state is { SourceVolumeId: { } source, SourceFork: { } fork } ? forks.Unplan(source, fork) : Task.CompletedTask;

    private void PlanDisk(Tx tx, CreateVolumeState state)
    {
        var volume = VolumeStore.Find(tx, state.VolumeId) ?? throw new SagaInterruptedException();
        if (!HasBackend(tx, volume)) throw new SagaFailedException($"no backend has what the type of volume {volume.Id} asks for");
        var parent = layers.HeldBy(tx, PendingParent(state.VolumeId));
        var origin = state.BackupId is not null ? LayerOrigin.Import
            : parent is null ? LayerOrigin.Blank
            : volume.Multiattach ? LayerOrigin.Copy : LayerOrigin.Clone;
        var format = volume.Multiattach || origin == LayerOrigin.Import ? DiskFormat.Raw : DiskFormat.Qcow2;
        layers.Plan(tx, new LayerPlan(state.Layer, origin, parent?.Id, format, volume.SizeGib * Gib, Holder(volume.Id)) { KeyId = volume.EncryptionKeyId });
        layers.Release(tx, PendingParent(state.VolumeId));
    }

    private Task MakeDisk(CreateVolumeState state, CancellationToken cancel) => state.BackupId is { } backup
        ? BackupRestoring.Fill(parts.Database, layers, target, state.Layer, backup, cancel)
        : layers.Make(state.Layer, cancel);

    private void Available(Tx tx, CreateVolumeState state)
    {
        BackupRestoring.End(tx, state.BackupId, parts.Time.GetUtcNow());
        VolumeStore.Move(tx, state.VolumeId, [VolumeStatus.Creating], VolumeStatus.Available, parts.Time.GetUtcNow());
    }

    protected override void Failed(Tx tx, CreateVolumeState state, Exception cause)
    {
        layers.Release(tx, PendingParent(state.VolumeId));
        BackupRestoring.End(tx, state.BackupId, parts.Time.GetUtcNow(), cause);
        VolumeStore.Move(tx, state.VolumeId, [VolumeStatus.Creating], VolumeStatus.Error, parts.Time.GetUtcNow());
        if (VolumeStore.Find(tx, state.VolumeId) is not { } volume) return;
        if (HasBackend(tx, volume))
            UserMessages.Add(tx, volume.ProjectId, "VOLUME", volume.Id, ("008", "create volume from backend storage"), parts.Time.GetUtcNow());
        else
            UserMessages.Add(tx, volume.ProjectId, "VOLUME", volume.Id, ("001", "schedule allocate volume"), NoStorage, parts.Time.GetUtcNow());
    }

    private static readonly (string, string) NoStorage =
        ("003", "No storage could be allocated for this volume request. You may be able to try another size or volume type.");

    private static bool HasBackend(Tx tx, VolumeRecord volume) =>
        BackendCapabilities.Meet(VolumeTypeStore.ExtraSpecs(tx, volume.VolumeTypeId));
}
