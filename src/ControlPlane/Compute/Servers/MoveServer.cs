using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// A guest that goes to another host while it runs. The pool is the same on both, so only the guest moves; the room there is
/// asked for again when it arrives.
/// </summary>
internal sealed class LiveMigrateServer(CloudParts parts, IHypervisor hypervisor, HostChange hosts) : ServerTask(parts, "live-migrate-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("move guest", (state, cancel) => hypervisor.Migrate(Guid.Parse(state.ServerId), state.Change!.Host!, cancel),
            undo: (state, cancel) => hypervisor.Migrate(Guid.Parse(state.ServerId), state.Change!.OldHost!, cancel))
        .Commit("change host", (tx, state) =>
        {
            var server = ServerStore.Find(tx, state.ServerId)!;
            if (server.Host != state.Change!.Host) hosts.To(tx, server.Id, hosts.Choose(tx, server, server.Flavor, state.Change.Host));
        });

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        ServerMigrations.Move(tx, state.ServerId, "running", "completed", Now);
        Close(tx, state, server => server, null);
    }

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        ServerMigrations.Move(tx, state.ServerId, "running", "error", Now);
        Close(tx, state, server => server, cause);
    }
}

/// <summary>A server whose host is lost begins anew on another one, on the disks that it had: the pool has them.</summary>
internal sealed class EvacuateServer(CloudParts parts, IHypervisor hypervisor, GuestPower power, HostChange hosts)
    : ServerTask(parts, "evacuate-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("forget guest", async (state, cancel) =>
        {
            await hypervisor.Destroy(Guid.Parse(state.ServerId), cancel);
            await Parts.Database.Write(tx => ServerStore.SaveHandle(tx, state.ServerId, null));
        })
        .Commit("change host", (tx, state) =>
        {
            var server = ServerStore.Find(tx, state.ServerId)!;
            if (server.Host != state.Change!.OldHost) return;
            // The host that had room when this was asked for may be lost by now too: only one that was named has to be it.
            var host = hosts.Choose(tx, server, server.Flavor, state.Change.Host);
            ServerMigrations.LeadsTo(tx, server.Id, "accepted", host);
            hosts.To(tx, server.Id, host);
        }, undo: (tx, state) => hosts.To(tx, state.ServerId, state.Change!.OldHost!))
        .Do("start guest", async (state, cancel) =>
        {
            if (state.Change!.WasRunning) await power.Start(state.ServerId, cancel);
        }, undo: (state, cancel) => power.Stop(state.ServerId, cancel));

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        ServerMigrations.Move(tx, state.ServerId, "accepted", "done", Now);
        Close(tx, state, server => state.Change!.WasRunning
            ? server with { VmState = VmState.Active, PowerState = PowerState.Running, LaunchedAt = Now }
            : server with { VmState = VmState.Stopped, PowerState = PowerState.Shutdown }, null);
    }

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        ServerMigrations.Move(tx, state.ServerId, "accepted", "failed", Now);
        base.Failed(tx, state, cause);
    }

    // Its guest went with its host.
    protected override ServerRecord AfterFailure(ServerRecord server) => server with { VmState = VmState.Error, PowerState = PowerState.Shutdown };
}
