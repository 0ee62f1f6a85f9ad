using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// Another flavor on the same host, or the same flavor on another host. A local disk that grows gets a larger head on top of the one it had; that one is sealed
/// and kept until the resize is confirmed, so going back loses nothing that was there before and costs nothing.
/// </summary>
internal sealed class ResizeServer(
    CloudParts parts, ComputeHosts hosts, HostChange moves, GuestPower power, ServerReturns returns, LayersRoom layers)
    : ServerTask(parts, "resize-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Commit("check room", CheckRoom)
        .Do("end guest", EndGuest, undo: power.Restart)
        .Do("seal heads", SealHeads, undo: UnsealHeads)
        .Commit("plan disks", PlanDisks)
        .Do("make disks", MakeDisks, undo: DiscardDisks)
        .Commit("change over", ChangeOver, undo: ChangeBack)
        .Do("start guest", StartGuest, undo: (state, cancel) => power.Stop(state.ServerId, cancel));

    private ServerTaskState CheckRoom(Tx tx, ServerTaskState state)
    {
        var server = Get(tx, state);
        var flavor = state.Change!.Flavor!;
        if (state.Change.OldHost is not null)
        {
            var target = moves.Choose(tx, server, flavor, state.Change.Host);
            ServerMigrations.Begin(tx, server, state.Caller!.UserId, flavor, "migration", "migrating", target, Now);
            ServerStore.Advance(tx, server.Id, TaskState.ResizeMigrating, Now);
            return state with { Change = state.Change with { Host = target } };
        }
        var load = hosts.Loads(tx).First(h => h.Host == server.Host);
        if (load.VcpusUsed - server.Flavor.Vcpus + flavor.Vcpus > load.Vcpus * ComputeHosts.CpuRatio
            || load.RamMibUsed - server.Flavor.RamMib + flavor.RamMib > load.RamMib * ComputeHosts.RamRatio
            || load.DiskGibUsed - ComputeHosts.LocalGib(server) + ComputeHosts.LocalGib(server with { Flavor = flavor })
                > (load.Disk.Total - load.Disk.Reserved) * hosts.DiskRatio)
            throw new Fault(FaultKind.ServerError, "No valid host was found. There are not enough hosts available.");
        var (changes, grown) = (new List<DiskChange>(), 0L);
        foreach (var disk in ServerDiskStore.Of(tx, server.Id).Where(d => d.LayerId is not null))
        {
            var now = layers.Find(tx, disk.LayerId!.Value)!.VirtualSize;
            var wanted = SizeOf(disk, flavor);
            if (wanted < now && disk.Role == DiskRole.Root && flavor.DiskGib < server.Flavor.DiskGib)
                throw new Fault(FaultKind.ServerError,
                    $"Resize error: Unable to resize disk down. The root disk has {now} bytes, flavor {flavor.Name} allows {wanted}.");
            if (wanted < now && disk.Role == DiskRole.Ephemeral)
                throw new Fault(FaultKind.ServerError, "Resize error: Unable to resize disk down. Flavor " + flavor.Name + " has a smaller ephemeral disk.");
            if (wanted > now) changes.Add(new DiskChange(disk.Id, disk.LayerId, Guid.NewGuid(), wanted));
            grown += Math.Max(0, wanted - now);
        }
        // The disks of today stay until the resize is confirmed, sealed: they take no more than they have written.
        if (changes.Count > 0 && hosts.PoolLacks(tx, grown) is { } reason)
            throw new Fault(FaultKind.ServerError, $"No valid host was found. There are not enough hosts available: {reason}.");
        ServerMigrations.Begin(tx, server, state.Caller!.UserId, flavor, "resize", "migrating", server.Host!, Now);
        ServerStore.Advance(tx, server.Id, TaskState.ResizeMigrating, Now);
        return state with { Change = state.Change with { Disks = [.. changes] } };
    }

    // A disk that the flavor has no size for stays as large as it is.
    private static long SizeOf(ServerDisk disk, ServerFlavor flavor) => disk.Role switch
    {
        DiskRole.Root => flavor.DiskGib << 30,
        DiskRole.Ephemeral when flavor.EphemeralGib > 0 => flavor.EphemeralGib << 30,
        DiskRole.Swap when flavor.SwapMib > 0 => flavor.SwapMib << 20,
        _ => 0,
    };

    private Task EndGuest(ServerTaskState state, CancellationToken cancel) =>
        power.End(state.ServerId, atOnce: false, cancel);

    private async Task SealHeads(ServerTaskState state, CancellationToken cancel)
    {
        foreach (var disk in state.Change!.Disks) await layers.Seal(disk.Old!.Value, cancel);
    }

    private async Task UnsealHeads(ServerTaskState state, CancellationToken cancel)
    {
        foreach (var disk in state.Change!.Disks) await layers.Unseal(disk.Old!.Value, cancel);
    }

    private void PlanDisks(Tx tx, ServerTaskState state)
    {
        foreach (var disk in state.Change!.Disks)
            if (layers.Find(tx, disk.New) is null)
                layers.Plan(tx, new LayerPlan(disk.New, LayerOrigin.Clone, disk.Old, DiskFormat.Qcow2, disk.Bytes, new LayerHolder("server-new-disk", disk.DiskId)));
    }

    private async Task MakeDisks(ServerTaskState state, CancellationToken cancel)
    {
        foreach (var disk in state.Change!.Disks) await layers.Make(disk.New, cancel);
    }

    private async Task DiscardDisks(ServerTaskState state, CancellationToken cancel)
    {
        foreach (var disk in state.Change!.Disks) await layers.Discard(disk.New);
    }

    private void ChangeOver(Tx tx, ServerTaskState state)
    {
        var server = Get(tx, state);
        var change = state.Change!;
        foreach (var disk in change.Disks)
        {
            layers.Hold(tx, disk.Old!.Value, ServerReturns.Before(server.Id, disk.DiskId));
            layers.Hold(tx, disk.New, new LayerHolder("server-disk", $"{server.Id}/{disk.DiskId}"));
            layers.Release(tx, new LayerHolder("server-new-disk", disk.DiskId));
            ServerDiskStore.SetLayer(tx, disk.DiskId, disk.New);
        }
        if (ServerReturns.Find(tx, server.Id) is null)
            ServerReturns.Save(tx, server.Id, new ServerReturn(change.WasState, server.Flavor, null, change.OldHost));
        ServerStore.SaveFlavor(tx, server with { Flavor = change.Flavor! });
        if (change.OldHost is not null && server.Host == change.OldHost) moves.To(tx, server.Id, moves.Choose(tx, server, change.Flavor!, change.Host));
        ServerStore.Advance(tx, server.Id, TaskState.ResizeFinish, Now);
    }

    private void ChangeBack(Tx tx, ServerTaskState state)
    {
        if (ServerStore.Find(tx, state.ServerId) is not { } server || ServerReturns.Find(tx, server.Id) is not { OldFlavor: { } flavor }) return;
        foreach (var disk in state.Change!.Disks)
        {
            // Held before let go: the head in between belongs to the step that made it.
            layers.Hold(tx, disk.New, new LayerHolder("server-new-disk", disk.DiskId));
            layers.Hold(tx, disk.Old!.Value, new LayerHolder("server-disk", $"{server.Id}/{disk.DiskId}"));
            ServerDiskStore.SetLayer(tx, disk.DiskId, disk.Old);
        }
        ServerStore.SaveFlavor(tx, server with { Flavor = flavor });
        if (state.Change.OldHost is { } old) moves.To(tx, server.Id, old);
        returns.Forget(tx, server.Id);
    }

    private async Task StartGuest(ServerTaskState state, CancellationToken cancel)
    {
        if (state.Change!.WasRunning) await power.Start(state.ServerId, cancel);
    }

    private static ServerRecord Get(Tx tx, ServerTaskState state) =>
        ServerStore.Find(tx, state.ServerId) ?? throw new InvalidOperationException($"server {state.ServerId} has no row");

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        ServerMigrations.Move(tx, state.ServerId, "migrating", "finished", Now);
        Close(tx, state, s => s with { VmState = VmState.Resized, PowerState = state.Change!.WasRunning ? PowerState.Running : PowerState.Shutdown }, null);
    }

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        ServerMigrations.Move(tx, state.ServerId, "migrating", "error", Now);
        ServerStore.AddFault(tx, state.ServerId, new ServerFault(500, cause.Message, null, Now));
        Close(tx, state, s => GuestPower.AfterFailure(s, state), cause);
    }
}

/// <summary>Back to the flavor and the disks as they were before the resize.</summary>
internal sealed class RevertResize(CloudParts parts, HostChange moves, GuestPower power, ServerReturns returns, LayersRoom layers) : ServerTask(parts, "revert-resize")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("end guest", (state, cancel) => power.End(state.ServerId, atOnce: true, cancel))
        .Commit("change back", ChangeBack)
        .Do("unseal heads", async (state, cancel) =>
        {
            foreach (var disk in state.Change!.Disks) await layers.Unseal(disk.Old!.Value, cancel);
        })
        .Do("start guest", async (state, cancel) =>
        {
            if (state.Change!.WasState == VmState.Active) await power.Start(state.ServerId, cancel);
        }, undo: (state, cancel) => power.Stop(state.ServerId, cancel));

    private ServerTaskState ChangeBack(Tx tx, ServerTaskState state)
    {
        if (ServerStore.Find(tx, state.ServerId) is not { } server || ServerReturns.Find(tx, server.Id) is not { } kept) return state;
        var changes = new List<DiskChange>();
        foreach (var disk in ServerDiskStore.Of(tx, server.Id))
        {
            if (layers.HeldBy(tx, ServerReturns.Before(server.Id, disk.Id)) is not { } old) continue;
            changes.Add(new DiskChange(disk.Id, old.Id, disk.LayerId!.Value, old.VirtualSize));
            layers.Hold(tx, old.Id, new LayerHolder("server-disk", $"{server.Id}/{disk.Id}"));
            ServerDiskStore.SetLayer(tx, disk.Id, old.Id);
        }
        ServerStore.SaveFlavor(tx, server with { Flavor = state.Change!.Flavor! });
        if (kept.OldHost is { } host) moves.To(tx, server.Id, host);
        returns.Forget(tx, server.Id);
        return state with { Change = state.Change with { Disks = [.. changes] } };
    }

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        var active = state.Change!.WasState == VmState.Active;
        ServerMigrations.Move(tx, state.ServerId, "finished", "reverted", Now);
        Close(tx, state, s => s with
        {
            VmState = active ? VmState.Active : VmState.Stopped,
            PowerState = active ? PowerState.Running : PowerState.Shutdown,
        }, null);
    }

    protected override ServerRecord AfterFailure(ServerRecord server) => server with { VmState = VmState.Error, PowerState = PowerState.Shutdown };
}
