using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What the steps of a swap hand on.</summary>
/// <param name="NewAttachmentId">Keeps the other volume until the guest has it.</param>
/// <param name="Rest">The head that the old volume goes on with, for itself.</param>
public sealed record SwapVolumeState(
    string ServerId, string RequestId, string DiskId, string OldVolumeId, string NewVolumeId, string NewAttachmentId, Guid Rest, PlannedFork? Fork);

[JsonSerializable(typeof(SwapVolumeState))]
internal sealed partial class SwapVolumeJson : JsonSerializerContext;

/// <summary>
/// A running server's volume is swapped for another one, which takes over content and device. Nothing is copied: the head that the
/// guest writes to is sealed, and both volumes go on on it, each in a head of its own.
///
///                       ┌ head the guest goes on in ─ new volume
///     sealed head ──────┤
///                       └ fresh head ──────────────── old volume, as it was at this moment, and available
///
/// Runs among the sagas of the old volume, whose head it changes; the state of both volumes keeps everybody else from them.
/// </summary>
internal sealed class SwapVolume(CloudParts parts, LayersRoom layers, BlockStorageRoom volumes)
    : Saga<SwapVolumeState>("swap-volume", SwapVolumeJson.Default.SwapVolumeState)
{
    protected override void Define(StepList<SwapVolumeState> steps) => steps
        .Plan("plan head", PlanHead)
        .Do("fork volume", ForkVolume,
            undo: (state, _) => state.Fork is { } fork ? volumes.Forks.Unplan(state.OldVolumeId, fork) : Task.CompletedTask)
        .Commit("plan rest", PlanRest)
        .Do("make rest", MakeRest, undo: (state, _) => layers.Discard(state.Rest))
        .Commit("change over", ChangeOver)
        // The guest writes to the other volume: from here on there is only forward.
        .NoReturn()
        .Do("grow disk", GrowDisk);

    private DateTimeOffset Now => parts.Time.GetUtcNow();

    /// <summary>Begins in the caller's transaction, in the order of Nova's checks. Rule: nova/compute/api.py, swap_volume.</summary>
    public void Begin(Tx tx, ApiRequest request, ServerRecord server, string oldId, string newId)
    {
        var old = volumes.FindVolume(tx, request.Caller, oldId) ?? throw Fault.NotFound($"Volume {oldId.Truncated()} could not be found.");
        var other = volumes.FindVolume(tx, request.Caller, newId) ?? throw Fault.BadRequest($"Volume {newId} could not be found.");
        if (server.VmState is not (VmState.Active or VmState.Paused or VmState.Resized))
            throw ServerGuard.Wrong(server, "swap_volume", "vm_state", server.VmState);
        if (server.TaskState is { } task) throw ServerGuard.Wrong(server, "swap_volume", "task_state", task);
        var disk = ServerDiskStore.FindVolume(tx, server.Id, oldId) ?? throw Invalid("Old volume is attached to a different instance.");
        RequireFit(tx, old, other);
        volumes.Attachments.BeginDetach(tx, disk.AttachmentId!);
        var state = new SwapVolumeState(server.Id, request.RequestId, disk.Id, oldId, newId, Guid.NewGuid().ToString(), Guid.NewGuid(), null);
        volumes.Attachments.Reserve(tx, newId, server.Id, state.NewAttachmentId, readOnly: false);
        ServerActionStore.Begin(tx, request, server.Id, "swap_volume", "compute_swap_volume", Now);
        parts.Sagas.Start(tx, this, state, $"volume:{oldId}", request.RequestId);
    }

    private static void RequireFit(Tx tx, VolumeRecord old, VolumeRecord other)
    {
        if (other.Status == VolumeStatus.InUse) throw Invalid("New volume must be detached in order to swap.");
        if (other.SizeGib < old.SizeGib)
            throw Invalid($"New volume must be the same size or larger: {other.Id} has {other.SizeGib} GiB, {old.Id} has {old.SizeGib}.");
        if (old.Multiattach || other.Multiattach)
            throw Invalid($"Swapping multi-attach volumes is not supported: {(old.Multiattach ? old.Id : other.Id)} is one raw file, which knows no layers.");
        if (old.ReadOnly || other.ReadOnly) throw Invalid($"Volume {(old.ReadOnly ? old.Id : other.Id)} is read-only: it cannot be swapped.");
        if (tx.Exists($"SELECT 1 FROM volume_type_encryption WHERE volume_type_id IN {(string[])[old.VolumeTypeId, other.VolumeTypeId]}"))
            throw Invalid("Swapping encrypted volumes is not supported: each has a key of its own, and the other volume would need both.");
        // What was begun before its state is taken would go on with the head that it loses.
        if (SagaJournal.IsBusy(tx, $"volume:{other.Id}"))
            throw Invalid($"Volume {other.Id} is being worked on; try again when that is done.");
    }

    private static Fault Invalid(string reason) => Fault.BadRequest($"Invalid volume: {reason}");

    private static LayerHolder Sealed(SwapVolumeState state) => new("volume-swap", state.NewAttachmentId);
    private static LayerHolder Rest(SwapVolumeState state) => new("volume-swap-rest", state.NewAttachmentId);

    private SwapVolumeState PlanHead(Tx tx, SwapVolumeState state) => state with
    {
        Fork = volumes.Forks.Plan(tx, state.OldVolumeId) ?? throw new SagaFailedException($"volume {state.OldVolumeId} was deleted"),
    };

    private Task ForkVolume(SwapVolumeState state, CancellationToken cancel) =>
        volumes.Forks.Fork(state.OldVolumeId, state.Fork!.Head, state.Fork.NewHead, Sealed(state), cancel);

    private void PlanRest(Tx tx, SwapVolumeState state)
    {
        var size = layers.Find(tx, state.Fork!.Head)!.VirtualSize;
        if (layers.Find(tx, state.Rest) is null)
            layers.Plan(tx, new LayerPlan(state.Rest, LayerOrigin.Clone, state.Fork.Head, DiskFormat.Qcow2, size, Rest(state)));
    }

    private Task MakeRest(SwapVolumeState state, CancellationToken cancel) =>
        layers.Make(state.Rest, cancel);

    private void ChangeOver(Tx tx, SwapVolumeState state)
    {
        var disk = ServerDiskStore.Find(tx, state.DiskId);
        if (disk?.VolumeId != state.OldVolumeId || volumes.FindVolume(tx, null, state.NewVolumeId) is not { } other)
            throw new SagaFailedException($"volume {state.OldVolumeId} was detached meanwhile");
        // What the other volume had goes; what the guest has open becomes its head before it is taken from the old one.
        layers.Hold(tx, state.Fork!.NewHead, new LayerHolder("volume", state.NewVolumeId));
        layers.Hold(tx, state.Rest, new LayerHolder("volume", state.OldVolumeId));
        layers.Release(tx, Rest(state));
        layers.Release(tx, Sealed(state));
        VolumeStore.SetLayer(tx, state.NewVolumeId, state.Fork.NewHead);
        VolumeStore.SetLayer(tx, state.OldVolumeId, state.Rest);
        VolumeStore.TakeDescription(tx, state.OldVolumeId, state.NewVolumeId);
        ServerDiskStore.Swap(tx, disk, state.NewVolumeId, state.NewAttachmentId, other.SizeGib);
        volumes.Attachments.Connect(tx, state.NewAttachmentId, ServerStore.Find(tx, state.ServerId)?.Host ?? "");
        volumes.Attachments.Remove(tx, disk.AttachmentId!);
    }

    // The guest sees the size of the volume that it has now.
    private async Task GrowDisk(SwapVolumeState state, CancellationToken cancel)
    {
        var (bytes, has) = parts.Database.Read(tx => volumes.FindVolume(tx, null, state.NewVolumeId) is { } volume
            ? (volume.SizeGib << 30, layers.Find(tx, volume.LayerId)!.VirtualSize) : (0, 0));
        if (has < bytes) await volumes.Forks.Grow(state.NewVolumeId, bytes, cancel);
    }

    protected override void Finished(Tx tx, SwapVolumeState state)
    {
        // In use only now: until the disk is as large as the volume, nobody else is to work on it.
        volumes.Attachments.Complete(tx, state.NewAttachmentId, ServerDiskStore.Find(tx, state.DiskId)?.DeviceName ?? "");
        End(tx, state, null);
    }

    protected override void Failed(Tx tx, SwapVolumeState state, Exception cause)
    {
        layers.Release(tx, Rest(state));
        layers.Release(tx, Sealed(state));
        volumes.Attachments.Remove(tx, state.NewAttachmentId);
        if (ServerDiskStore.Find(tx, state.DiskId) is { AttachmentId: { } attachment } disk) volumes.Attachments.Complete(tx, attachment, disk.DeviceName ?? "");
        if (cause is not SagaInterruptedException) ServerStore.AddFault(tx, state.ServerId, new ServerFault(500, cause.Message, null, Now));
        End(tx, state, cause);
    }

    private void End(Tx tx, SwapVolumeState state, Exception? cause) => ServerActionStore.End(
        tx, state.ServerId, state.RequestId, ServerStore.Find(tx, state.ServerId)?.Host, cause is null ? null : "Error", cause?.Message, Now);
}
