using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Boots a server from a fresh copy of an image; its own disks follow behind, its root first.</summary>
internal sealed class RescueServer(CloudParts parts, GuestPower power, LayersRoom layers, ImagesRoom images) : ServerTask(parts, "rescue-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("end guest", (state, cancel) => power.End(state.ServerId, atOnce: false, cancel), undo: power.Restart)
        .Commit("plan rescue disk", PlanDisk, undo: RemoveDisk)
        .Do("make rescue disk", async (state, cancel) =>
        {
            foreach (var disk in state.Change!.Disks) await layers.Make(disk.New, cancel);
        }, undo: async (state, cancel) =>
        {
            foreach (var disk in state.Change!.Disks) await layers.Discard(disk.New);
        })
        .Do("start guest", (state, cancel) => power.Start(state.ServerId, cancel),
            undo: (state, cancel) => power.Stop(state.ServerId, cancel));

    private ServerTaskState PlanDisk(Tx tx, ServerTaskState state)
    {
        if (state.Change!.Disks.Length > 0) return state;
        var parent = images.FindAny(tx, state.Change.ImageId!)?.BootLayerId
            ?? throw new Fault(FaultKind.ServerError, $"Image {state.Change.ImageId} could not be found.");
        var disks = ServerDiskStore.Of(tx, state.ServerId);
        var row = new ServerDisk
        {
            Id = Guid.NewGuid().ToString(),
            ServerId = state.ServerId,
            Position = disks.Count == 0 ? 0 : disks.Max(d => d.Position) + 1,
            Role = DiskRole.Rescue,
            Source = "image",
            Destination = "local",
            BootIndex = -1,
            DeleteOnTermination = true,
            ImageId = state.Change.ImageId,
            LayerId = Guid.NewGuid(),
            DiskBus = disks.Find(d => d.IsRoot)?.DiskBus,
            DeviceType = "disk",
            Attached = true,
            CreatedAt = Now,
        };
        var size = layers.Find(tx, parent)!.VirtualSize;
        layers.Plan(tx, new LayerPlan(row.LayerId.Value, LayerOrigin.Clone, parent, DiskFormat.Qcow2, size, new LayerHolder("server-disk", $"{state.ServerId}/{row.Id}")));
        ServerDiskStore.Insert(tx, row);
        return state with { Change = state.Change with { Disks = [new DiskChange(row.Id, null, row.LayerId.Value, size)] } };
    }

    private void RemoveDisk(Tx tx, ServerTaskState state)
    {
        foreach (var disk in state.Change!.Disks) ServerDiskStore.Delete(tx, disk.DiskId);
    }

    protected override ServerRecord After(ServerRecord server) => server with { VmState = VmState.Rescued, PowerState = PowerState.Running };

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        ServerStore.AddFault(tx, state.ServerId, new ServerFault(500, cause.Message, null, Now));
        Close(tx, state, s => GuestPower.AfterFailure(s, state), cause);
    }
}

/// <summary>Back to the server's own root; what was written to the rescue disk goes with it.</summary>
internal sealed class UnrescueServer(CloudParts parts, GuestPower power, LayersRoom layers) : ServerTask(parts, "unrescue-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        // Rule (Nova's libvirt driver): what ran for the rescue is not asked. Where it is still starting it would not hear the
        // button, but go on and answer in the server's name.
        .Do("end guest", (state, cancel) => power.End(state.ServerId, atOnce: true, cancel))
        .Commit("remove rescue disk", (tx, state) =>
        {
            foreach (var disk in ServerDiskStore.Of(tx, state.ServerId).Where(d => d.Role == DiskRole.Rescue))
            {
                layers.Release(tx, new LayerHolder("server-disk", $"{state.ServerId}/{disk.Id}"));
                ServerDiskStore.Delete(tx, disk.Id);
            }
        })
        .Do("start guest", (state, cancel) => power.Start(state.ServerId, cancel),
            undo: (state, cancel) => power.Stop(state.ServerId, cancel));

    protected override ServerRecord After(ServerRecord server) => server with { VmState = VmState.Active, PowerState = PowerState.Running };

    protected override ServerRecord AfterFailure(ServerRecord server) => server with { VmState = VmState.Error, PowerState = PowerState.Shutdown };
}
