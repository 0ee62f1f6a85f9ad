using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.BlockStorage.Messages;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.BlockStorage.Backups;

/// <param name="Was">The volume's state to go back to; null where a snapshot is backed up.</param>
public sealed record CreateBackupState(string BackupId, string VolumeId, Guid Layer, string? Was, PlannedFork? Fork);

[JsonSerializable(typeof(CreateBackupState))]
internal sealed partial class CreateBackupJson : JsonSerializerContext;

/// <summary>
/// Makes a backup beside the volume's chain, so that it stands when every layer it was read from is gone: a full copy, or on
/// the layer of an earlier backup what differs from that; or the same outside of the pool, in files of a backup target. What is
/// encrypted stays in the pool, where its keys are. The volume is free again as soon as its head is sealed; the copying goes on behind it.
/// </summary>
internal sealed class CreateBackup(CloudParts parts, LayersRoom layers, VolumeForks forks, BackupTarget? target)
    : Saga<CreateBackupState>("create-backup", CreateBackupJson.Default.CreateBackupState)
{
    /// <summary>How often the row of a backup in the making says how far it is.</summary>
    private static readonly TimeSpan BetweenNews = TimeSpan.FromSeconds(1);

    private static readonly ObjectShape Shape = Api.Shape.Object(
        Member.Must("volume_id", Api.Shape.Uuid),
        Member.May("container", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("incremental", Api.Shape.Flag),
        Member.May("force", Api.Shape.Flag),
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("snapshot_id", BodyShapes.UuidOrNull),
        Member.May("metadata", BodyShapes.PairsOrNull).Since(3, 43),
        Member.May("availability_zone", Api.Shape.OrNull(Api.Shape.Text(1, 255))).Since(3, 51));

    protected override void Define(StepList<CreateBackupState> steps) => steps
        .Plan("plan head", PlanHead)
        .Do("fork volume", ForkVolume,
            undo: (state, _) => state.Fork is { } fork ? forks.Unplan(state.VolumeId, fork) : Task.CompletedTask)
        .Commit("plan copy", PlanCopy)
        .Do("copy", Copy, undo: Discard)
        .Commit("available", Available);

    /// <summary>POST backups.</summary>
    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body("backup", Shape);
        var backup = new BackupRecord
        {
            Id = Guid.NewGuid().ToString(),
            ProjectId = request.ProjectId,
            UserId = request.Caller.UserId,
            VolumeId = body.GetText("volume_id")!,
            SnapshotId = body.GetText("snapshot_id"),
            Name = body.GetText("name")?.Trim(),
            Description = body.GetText("description")?.Trim(),
            Container = Container(body.GetText("container")),
            AvailabilityZone = BlockStorageRoom.Zone,
            SizeGib = 0,
            Status = BackupStatus.Creating,
            LayerId = Guid.NewGuid(),
            CreatedAt = parts.Time.GetUtcNow(),
            DataTimestamp = parts.Time.GetUtcNow(),
        };
        var metadata = body.GetMap("metadata");
        await parts.Database.Write(tx => Begin(tx, request, backup, metadata, body.GetFlag("force") == true, body.GetFlag("incremental") == true));
        return JsonWriting.Wrapped("backup", json => BackupJson.WriteNamed(json, request, backup, metadata), 202);
    }

    private string? Container(string? asked)
    {
        if (asked is not { Length: > 0 }) return null;
        return target is null || target.Place.IsContainer(asked)
            ? asked
            : throw BlockStorageFault.InvalidInput(
                $"Invalid input for field/attribute container. Value: {asked.Truncated()}. It is {target.Place.ContainerRule}.");
    }

    private void Begin(Tx tx, ApiRequest request, BackupRecord backup, Dictionary<string, string> metadata, bool force, bool incremental)
    {
        var volume = VolumeAccess.Volume(tx, request, backup.VolumeId);
        if (volume.Multiattach) throw BlockStorageFault.InvalidVolume(VolumeForks.NoMultiattach(volume.Id));
        var snapshot = backup.SnapshotId is null ? null : SnapshotOf(tx, request, volume, backup.SnapshotId);
        var parent = incremental ? Parent(tx, backup, volume, snapshot) : null;
        RequireQuota(tx, backup.ProjectId, volume.SizeGib);
        if (snapshot is not null) layers.Hold(tx, snapshot.LayerId!.Value, Source(backup.Id));
        var was = snapshot is null ? TakeVolume(tx, volume, force) : null;
        var key = VolumeEncryption.NewKeyLike(tx, layers, volume.EncryptionKeyId, Holder(backup.Id));
        var outside = Outside(volume);
        BackupStore.Insert(tx, backup with
        {
            SizeGib = volume.SizeGib,
            Container = backup.Container ?? outside?.ContainerOf(backup.Id) ?? "backups",
            Service = outside?.Service,
            ServiceMetadata = outside?.PrefixOf(volume.Id, backup.Id, backup.CreatedAt),
            EncryptionKeyId = key,
            VolumeTypeId = volume.VolumeTypeId,
            ParentId = parent?.Id,
            DataTimestamp = snapshot?.CreatedAt ?? backup.CreatedAt,
        });
        foreach (var (name, value) in metadata)
            tx.Execute($"INSERT INTO volume_backup_metadata (backup_id, name, value) VALUES ({backup.Id}, {name}, {value})");
        BackupStore.KeepSource(tx, backup.Id, new BackupMetadata(
            VolumeStore.Map(tx, "volume_metadata", volume.Id), VolumeStore.Map(tx, "volume_image_metadata", volume.Id)));
        parts.Sagas.Start(tx, this, new CreateBackupState(backup.Id, volume.Id, backup.LayerId, was, null), $"volume:{volume.Id}", request.RequestId);
    }

    private string TakeVolume(Tx tx, VolumeRecord volume, bool force)
    {
        if (volume.Status == VolumeStatus.InUse && !force)
            throw BlockStorageFault.InvalidVolume($"Backing up an in-use volume must use the force flag.");
        if (!VolumeStore.Move(tx, volume.Id, [VolumeStatus.Available, VolumeStatus.InUse], VolumeStatus.BackingUp, parts.Time.GetUtcNow()))
            throw BlockStorageFault.InvalidVolume($"The volume to be backed up must be available or in-use, but the current status is \"{volume.Status}\".");
        return volume.Status;
    }

    private IBackupPlace? Outside(VolumeRecord volume) => volume.EncryptionKeyId is null ? target?.Place : null;

    private BackupRecord Parent(Tx tx, BackupRecord backup, VolumeRecord volume, SnapshotRecord? snapshot)
    {
        var parent = BackupStore.Latest(tx, backup.ProjectId, volume.Id, Outside(volume)?.Service, snapshot?.CreatedAt);
        // A plain difference to something encrypted, or the other way round, is never made.
        return parent is not null && (parent.EncryptionKeyId is null) == (volume.EncryptionKeyId is null)
            ? parent
            : throw Fault.BadRequest("Invalid backup: No backups available to do an incremental backup.");
    }

    private static SnapshotRecord SnapshotOf(Tx tx, ApiRequest request, VolumeRecord volume, string snapshotId)
    {
        var snapshot = VolumeAccess.Snapshot(tx, request, snapshotId);
        if (snapshot.VolumeId != volume.Id) throw Fault.BadRequest("Invalid snapshot: Volume does not match with the snapshot's volume.");
        return snapshot.Status == "available" && snapshot.LayerId is not null
            ? snapshot
            : throw BlockStorageFault.InvalidSnapshot($"Snapshot to be backed up must be available, but the current status is \"{snapshot.Status}\".");
    }

    internal static void RequireQuota(Tx tx, string projectId, long sizeGib)
    {
        var (count, gigabytes) = BackupStore.Usage(tx, projectId);
        VolumeQuota.RequireCount(tx, projectId, "backups", count, most => $"BackupLimitExceeded: Maximum number of backups allowed ({most}) exceeded");
        VolumeQuota.RequireCount(tx, projectId, "backup_gigabytes", gigabytes + sizeGib - 1, most =>
            $"VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed Backup gigabytes quota. Requested {sizeGib}G, quota is {most}G and {gigabytes}G has been consumed.");
    }

    internal static LayerHolder Holder(string backupId) => new("backup", backupId);
    private static LayerHolder Source(string backupId) => new("backup-source", backupId);

    private static readonly (string, string) NotMade = ("020", "Backup driver failed to create backup.");

    private CreateBackupState PlanHead(Tx tx, CreateBackupState state) => state.Was is null ? state : state with
    {
        Fork = forks.Plan(tx, state.VolumeId) ?? throw new SagaFailedException($"volume {state.VolumeId} was deleted"),
    };

    private async Task ForkVolume(CreateBackupState state, CancellationToken cancel)
    {
        if (state.Fork is { } fork) await forks.Fork(state.VolumeId, fork.Head, fork.NewHead, Source(state.BackupId), cancel);
    }

    private void PlanCopy(Tx tx, CreateBackupState state)
    {
        var source = layers.HeldBy(tx, Source(state.BackupId)) ?? throw new SagaFailedException("what was to be backed up has gone");
        var backup = BackupStore.Find(tx, state.BackupId) ?? throw new SagaFailedException($"backup {state.BackupId} was deleted");
        FreeVolume(tx, state);
        if (backup.IsOutside) return;
        var parent = backup.ParentId is { } id
            ? layers.HeldBy(tx, Holder(id)) ?? throw new SagaFailedException($"the earlier backup {id}, to which this is to be the difference, has no data")
            : null;
        layers.Plan(tx, new LayerPlan(
            state.Layer, parent is null ? LayerOrigin.Copy : LayerOrigin.Difference, (parent ?? source).Id, DiskFormat.Qcow2, source.VirtualSize, Holder(backup.Id))
        {
            KeyId = backup.EncryptionKeyId,
        });
    }

    private void FreeVolume(Tx tx, CreateBackupState state)
    {
        if (state.Was is { } was) VolumeStore.Return(tx, state.VolumeId, VolumeStatus.BackingUp, was, parts.Time.GetUtcNow());
    }

    private async Task Copy(CreateBackupState state, CancellationToken cancel)
    {
        var (source, difference, outside) = parts.Database.Read(tx => (
            layers.HeldBy(tx, Source(state.BackupId)), layers.Find(tx, state.Layer)?.Origin == LayerOrigin.Difference, Outside(tx, state)));
        if (outside is not null)
        {
            await CopyOutside(outside, source!.Id, cancel);
            return;
        }
        if (difference) await layers.MakeDifference(state.Layer, source!.Id, cancel);
        else await layers.Make(state.Layer, cancel);
        await layers.Seal(state.Layer, cancel);
    }

    private static BackupRecord? Outside(Tx tx, CreateBackupState state) => BackupStore.Find(tx, state.BackupId) is { IsOutside: true } backup ? backup : null;

    private async Task CopyOutside(BackupRecord backup, Guid source, CancellationToken cancel)
    {
        var (parent, kept) = parts.Database.Read(tx => (backup.ParentId is { } id ? BackupStore.Find(tx, id) : null, BackupStore.Source(tx, backup.Id)));
        await using var disk = await layers.OpenRaw(source, cancel);
        var (told, pieces) = (parts.Time.GetTimestamp(), 0L);
        await BackupTarget.Of(backup, target).Write(backup, parent, disk, kept, async count =>
        {
            pieces = count;
            if (parts.Time.GetElapsedTime(told) < BetweenNews) return;
            told = parts.Time.GetTimestamp();
            await Tell();
        }, cancel);
        await Tell();

        Task Tell() => parts.Database.Write(tx => BackupStore.SetObjectCount(tx, backup.Id, pieces));
    }

    private async Task Discard(CreateBackupState state, CancellationToken cancel)
    {
        await layers.Discard(state.Layer);
        if (parts.Database.Read(tx => Outside(tx, state)) is not { } backup) return;
        try
        {
            await BackupTarget.Of(backup, target).Remove(backup, cancel);
        }
        catch (BackupTargetException)
        {
            // A target that is away would be for longer than anybody waits to hear of it. The row, in error, keeps the names of
            // what is left there, and whoever deletes it removes that as well, however long it takes.
        }
    }

    private void Available(Tx tx, CreateBackupState state)
    {
        layers.Release(tx, Source(state.BackupId));
        BackupStore.Move(tx, state.BackupId, [BackupStatus.Creating], BackupStatus.Available, parts.Time.GetUtcNow());
    }

    protected override void Failed(Tx tx, CreateBackupState state, Exception cause)
    {
        layers.Release(tx, Source(state.BackupId));
        FreeVolume(tx, state);
        var reason = BackupTarget.ReasonOf(cause);
        tx.Execute($"UPDATE volume_backups SET status = {BackupStatus.Error}, fail_reason = {reason} WHERE id = {state.BackupId}");
        if (BackupStore.Find(tx, state.BackupId) is { } backup)
            UserMessages.Add(tx, backup.ProjectId, "VOLUME_BACKUP", backup.Id, ("013", "create backup"),
                backup.IsOutside ? NotMade : UserMessages.Unknown, parts.Time.GetUtcNow());
    }
}
