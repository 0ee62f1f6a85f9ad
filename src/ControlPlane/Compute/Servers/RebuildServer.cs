using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// New local disks in place of the old ones, or the root volume made anew of an image; ports, addresses and volumes stay.
/// The new disks are made beside the old ones and one commit changes over. What fails behind that is an ERROR, as in Nova.
/// </summary>
internal sealed class RebuildServer(CloudParts parts, GuestPower power, LayersRoom layers, ImagesRoom images, BlockStorageRoom volumes)
    : ServerTask(parts, "rebuild-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("end guest", EndGuest)
        .Commit("plan disks", PlanDisks)
        .Do("make disks", MakeDisks, undo: DiscardDisks)
        .Commit("change over", ChangeOver)
        .Commit("begin volume", BeginVolume)
        .Do("await volume", AwaitVolume)
        .Do("start guest", StartGuest, undo: (state, cancel) => power.Stop(state.ServerId, cancel));

    // The root goes in any case; volumes that stay are left in order.
    private async Task EndGuest(ServerTaskState state, CancellationToken cancel)
    {
        var keeps = Parts.Database.Read(tx => ServerDiskStore.Of(tx, state.ServerId)).Exists(d => d.IsVolume);
        await power.End(state.ServerId, atOnce: !keeps, cancel);
        // A new system finds a new firmware, as in Nova.
        if (state.Change!.ImageId is not null) power.ForgetFirmware(state.ServerId);
    }

    private ServerTaskState PlanDisks(Tx tx, ServerTaskState state)
    {
        var server = Get(tx, state);
        if (state.Change!.ImageId is not { } imageId || server.BootsFromVolume || state.Change.Disks.Length > 0) return state;
        var parent = images.FindAny(tx, imageId)?.BootLayerId ?? throw new Fault(FaultKind.ServerError, $"Image {imageId} could not be found.");
        var changes = new List<DiskChange>();
        foreach (var disk in ServerDiskStore.Of(tx, server.Id).Where(d => !d.IsVolume))
        {
            if (disk.Role != DiskRole.Root && state.Kind == "preserve") continue;
            var isRoot = disk.Role == DiskRole.Root;
            var bytes = isRoot ? Math.Max(layers.Find(tx, parent)!.VirtualSize, server.Flavor.DiskGib << 30)
                : disk.SizeMib is { } mib ? mib << 20 : disk.SizeGib!.Value << 30;
            var change = new DiskChange(disk.Id, disk.LayerId, Guid.NewGuid(), bytes);
            layers.Plan(tx, new LayerPlan(change.New, isRoot ? LayerOrigin.Clone : LayerOrigin.Blank, isRoot ? parent : null,
                DiskFormat.Qcow2, bytes, new LayerHolder("server-new-disk", disk.Id)));
            changes.Add(change);
        }
        return state with { Change = state.Change with { Disks = [.. changes] } };
    }

    private async Task MakeDisks(ServerTaskState state, CancellationToken cancel)
    {
        foreach (var disk in state.Change!.Disks) await layers.Make(disk.New, cancel);
    }

    private async Task DiscardDisks(ServerTaskState state, CancellationToken cancel)
    {
        foreach (var disk in state.Change!.Disks)
            if (Parts.Database.Read(tx => ServerDiskStore.Find(tx, disk.DiskId)?.LayerId) != disk.New) await layers.Discard(disk.New);
    }

    private void ChangeOver(Tx tx, ServerTaskState state)
    {
        foreach (var disk in state.Change!.Disks)
        {
            layers.Hold(tx, disk.New, new LayerHolder("server-disk", $"{state.ServerId}/{disk.DiskId}"));
            layers.Release(tx, new LayerHolder("server-new-disk", disk.DiskId));
            ServerDiskStore.SetLayer(tx, disk.DiskId, disk.New);
            if (ServerDiskStore.Find(tx, disk.DiskId) is { Role: DiskRole.Root }) ServerDiskStore.SetImage(tx, disk.DiskId, state.Change.ImageId!);
        }
        ServerStore.Advance(tx, state.ServerId, TaskState.Rebuilding, Now);
    }

    // While it is made anew the volume is only reserved: no guest has it.
    private ServerTaskState BeginVolume(Tx tx, ServerTaskState state)
    {
        var server = Get(tx, state);
        if (state.Change is not { ImageId: { } image, VolumeSaga: null } || !server.BootsFromVolume) return state;
        var root = ServerDiskStore.Of(tx, server.Id).Find(d => d.IsRoot)?.VolumeId;
        VolumeStore.Move(tx, root!, [VolumeStatus.InUse], VolumeStatus.Reserved, Now);
        var volume = volumes.FindVolume(tx, null, root!) ?? throw new Fault(FaultKind.ServerError, $"Volume {root} could not be found.");
        var saga = volumes.ReplaceDisk.BeginReimage(tx, state.Caller!.ToCaller(), volume, image, reserved: true, state.RequestId);
        return state with { Change = state.Change with { VolumeSaga = saga } };
    }

    private async Task AwaitVolume(ServerTaskState state, CancellationToken cancel)
    {
        try
        {
            if (state.Change!.VolumeSaga is { } saga) await Parts.Sagas.WhenDone(saga).WaitAsync(cancel);
        }
        catch (SagaFailedException failure)
        {
            throw new Fault(FaultKind.ServerError, $"The root volume could not be made anew of image {state.Change!.ImageId}: {failure.Message}", inner: failure);
        }
    }

    private async Task StartGuest(ServerTaskState state, CancellationToken cancel)
    {
        if (state.Change!.WasRunning) await power.Start(state.ServerId, cancel);
    }

    private static ServerRecord Get(Tx tx, ServerTaskState state) =>
        ServerStore.Find(tx, state.ServerId) ?? throw new InvalidOperationException($"server {state.ServerId} has no row");

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        foreach (var disk in ServerDiskStore.Of(tx, state.ServerId))
            if (disk.AttachmentId is { } attachment) volumes.Attachments.Complete(tx, attachment, disk.DeviceName ?? "");
        var runs = state.Change!.WasRunning;
        Close(tx, state, s => s with
        {
            VmState = runs ? VmState.Active : VmState.Stopped,
            PowerState = runs ? PowerState.Running : PowerState.Shutdown,
            LaunchedAt = Now,
        }, null);
    }

    protected override ServerRecord AfterFailure(ServerRecord server) => server with { VmState = VmState.Error, PowerState = PowerState.Shutdown };
}
