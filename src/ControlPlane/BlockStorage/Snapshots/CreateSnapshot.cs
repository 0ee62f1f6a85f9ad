using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Messages;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Snapshots;

public sealed record CreateSnapshotState(string SnapshotId, string VolumeId, PlannedFork? Fork);

[JsonSerializable(typeof(CreateSnapshotState))]
internal sealed partial class CreateSnapshotJson : JsonSerializerContext;

/// <summary>A snapshot to be taken.</summary>
public sealed record NewSnapshot
{
    public string? Id { get; init; }
    public required string VolumeId { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    /// <summary>Also while a server writes to the volume.</summary>
    public bool InUse { get; init; }
    public string? GroupSnapshotId { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>A snapshot whose making has begun; it is there when the saga is done.</summary>
public sealed record StartedSnapshot(string SnapshotId, string SagaId);

/// <summary>Takes a snapshot: the volume's head is sealed and a new head stands on it, in constant time, also under a running guest.</summary>
public sealed class CreateSnapshot(CloudParts parts, LayersRoom layers, VolumeForks forks)
    : Saga<CreateSnapshotState>("create-snapshot", CreateSnapshotJson.Default.CreateSnapshotState)
{
    protected override void Define(StepList<CreateSnapshotState> steps) => steps
        .Plan("plan head", PlanHead)
        .Do("fork volume", ForkVolume, undo: (state, _) => UndoFork(state))
        .Commit("available", Available);

    /// <summary>Checks against the rows, and writes snapshot, quota use and saga in the caller's transaction.</summary>
    public StartedSnapshot Begin(Tx tx, Caller caller, NewSnapshot wanted, string requestId)
    {
        var volume = VolumeStore.Find(tx, wanted.VolumeId);
        if (volume is null || !ProjectRows.MaySee(caller, volume.ProjectId)) throw BlockStorageFault.NoVolume(wanted.VolumeId);
        RequireState(volume, wanted.InUse);
        var type = VolumeTypeStore.Find(tx, volume.VolumeTypeId) ?? throw BlockStorageFault.NoType(volume.VolumeTypeId);
        var project = caller.ProjectId ?? volume.ProjectId;
        VolumeQuota.RequireSnapshot(tx, project, volume.SizeGib, type);
        VolumeQuota.RequirePlace(tx, layers, 0);
        var snapshot = new SnapshotRecord
        {
            Id = wanted.Id ?? Guid.NewGuid().ToString(),
            VolumeId = volume.Id,
            ProjectId = project,
            UserId = caller.UserId,
            Name = wanted.Name,
            Description = wanted.Description,
            SizeGib = volume.SizeGib,
            Status = "creating",
            Progress = "0%",
            GroupSnapshotId = wanted.GroupSnapshotId,
            CreatedAt = parts.Time.GetUtcNow(),
        };
        SnapshotStore.Insert(tx, snapshot);
        foreach (var (name, value) in wanted.Metadata)
            tx.Execute($"INSERT INTO snapshot_metadata (snapshot_id, name, value) VALUES ({snapshot.Id}, {name}, {value})");
        var state = new CreateSnapshotState(snapshot.Id, volume.Id, null);
        return new StartedSnapshot(snapshot.Id, parts.Sagas.Start(tx, this, state, $"volume:{volume.Id}", requestId));
    }

    private static void RequireState(VolumeRecord volume, bool inUse)
    {
        if (volume.Status == VolumeStatus.Error)
            throw BlockStorageFault.InvalidVolume("The snapshot cannot be created when the volume is in error status.");
        string[] valid = inUse ? [VolumeStatus.Available, VolumeStatus.InUse] : [VolumeStatus.Available];
        if (!valid.Contains(volume.Status))
            throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} status must be {string.Join(", ", valid)}, but current status is: {volume.Status}.");
        if (volume.Multiattach) throw BlockStorageFault.InvalidVolume(VolumeForks.NoMultiattach(volume.Id));
    }

    internal static LayerHolder Holder(string snapshotId) => new("snapshot", snapshotId);

    private CreateSnapshotState PlanHead(Tx tx, CreateSnapshotState state) => state with
    {
        Fork = forks.Plan(tx, state.VolumeId) ?? throw new SagaFailedException($"volume {state.VolumeId} was deleted"),
    };

    private Task ForkVolume(CreateSnapshotState state, CancellationToken cancel) =>
        forks.Fork(state.VolumeId, state.Fork!.Head, state.Fork.NewHead, Holder(state.SnapshotId), cancel);

    private Task UndoFork(CreateSnapshotState state) => state.Fork is { } fork ? forks.Unplan(state.VolumeId, fork) : Task.CompletedTask;

    private void Available(Tx tx, CreateSnapshotState state)
    {
        var now = parts.Time.GetUtcNow();
        tx.Execute($"UPDATE snapshots SET layer_id = {state.Fork!.Head}, progress = '100%' WHERE id = {state.SnapshotId}");
        SnapshotStore.Move(tx, state.SnapshotId, ["creating"], "available", now);
        GroupSnapshotStatus(tx, state.SnapshotId, "available");
    }

    protected override void Failed(Tx tx, CreateSnapshotState state, Exception cause)
    {
        layers.Release(tx, Holder(state.SnapshotId));
        SnapshotStore.Move(tx, state.SnapshotId, ["creating"], "error", parts.Time.GetUtcNow());
        GroupSnapshotStatus(tx, state.SnapshotId, "error");
        if (SnapshotStore.Find(tx, state.SnapshotId) is { } snapshot)
            UserMessages.Add(tx, snapshot.ProjectId, "VOLUME_SNAPSHOT", snapshot.Id, ("009", "create snapshot"), parts.Time.GetUtcNow());
    }

    // A group's snapshot is what its members are: in error with one of them, available with the last.
    private static void GroupSnapshotStatus(Tx tx, string snapshotId, string status) => tx.Execute($"""
        UPDATE group_snapshots SET status = {status}
        WHERE id = (SELECT group_snapshot_id FROM snapshots WHERE id = {snapshotId}) AND status = 'creating'
            AND ({status} = 'error' OR NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.group_snapshot_id = group_snapshots.id AND s.status = 'creating'))
        """);
}
