using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>How long a guest is given to go down by itself before its plug is pulled.</summary>
internal static class Patience
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(60);

    /// <summary>Rule (Nova): image property os_shutdown_timeout in seconds, else 60 s.</summary>
    public static TimeSpan Of(ServerRecord server) =>
        server.Image.Properties.TryGetValue("os_shutdown_timeout", out var text) && int.TryParse(text, out var seconds) && seconds is >= 0 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : Usual;
}

/// <summary>os-stop: the power button, and where the guest does not go, the plug.</summary>
internal sealed class StopServer(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, NetworkingRoom networking) : ServerTask(parts, "stop-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .NoReturn()
        .Do("end guest", async (state, cancel) =>
        {
            var server = Parts.Database.Read(tx => ServerStore.Find(tx, state.ServerId));
            if (server is null) return;
            if (!await hypervisor.Shutdown(Guid.Parse(server.Id), Patience.Of(server), cancel)) await hypervisor.Destroy(Guid.Parse(server.Id), cancel);
            // A daemon that starts in between must not look for a guest that has ended.
            await Parts.Database.Write(tx => ServerStore.SaveHandle(tx, server.Id, null));
        })
        .Commit("ports are down", (tx, state) =>
        {
            foreach (var port in boot.PortsOf(tx, state.ServerId)) networking.PortIsUp(tx, port.Id, false);
        });

    protected override ServerRecord After(ServerRecord server) =>
        server with { VmState = VmState.Stopped, PowerState = PowerState.Shutdown, VmHandle = null };
}

/// <summary>os-start: the same way to a guest as a new server goes.</summary>
internal sealed class StartServer(CloudParts parts, GuestBoot boot, NetworkingRoom networking) : ServerTask(parts, "start-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("start guest", (state, cancel) => boot.Start(state.ServerId, cancel),
            undo: (state, cancel) => boot.Stop(state.ServerId, cancel))
        .Commit("ports are up", (tx, state) =>
        {
            foreach (var port in boot.PortsOf(tx, state.ServerId)) networking.PortIsUp(tx, port.Id, true);
        });

    protected override ServerRecord After(ServerRecord server) => server with { VmState = VmState.Active, PowerState = PowerState.Running };

    protected override ServerRecord AfterFailure(ServerRecord server) =>
        server with { VmState = VmState.Stopped, PowerState = PowerState.Shutdown, VmHandle = null };
}

/// <summary>reboot: soft asks the guest first; both then start a fresh process from the rows, as Nova's hard reboot does.</summary>
internal sealed class RebootServer(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, NetworkingRoom networking) : ServerTask(parts, "reboot-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("end guest", async (state, cancel) =>
        {
            var server = Parts.Database.Read(tx => ServerStore.Find(tx, state.ServerId));
            if (server is null) return;
            var id = Guid.Parse(server.Id);
            if (state.Kind != "SOFT" || !await hypervisor.Shutdown(id, Patience.Of(server), cancel)) await hypervisor.Destroy(id, cancel);
            await Parts.Database.Write(tx => ServerStore.SaveHandle(tx, server.Id, null));
        })
        .Do("start guest", (state, cancel) => boot.Start(state.ServerId, cancel),
            undo: (state, cancel) => boot.Stop(state.ServerId, cancel))
        .Commit("ports are up", (tx, state) =>
        {
            foreach (var port in boot.PortsOf(tx, state.ServerId)) networking.PortIsUp(tx, port.Id, true);
        });

    protected override ServerRecord After(ServerRecord server) => server with { VmState = VmState.Active, PowerState = PowerState.Running };

    protected override ServerRecord AfterFailure(ServerRecord server) =>
        server with { VmState = VmState.Error, PowerState = PowerState.Shutdown, VmHandle = null };
}

/// <summary>pause and unpause.</summary>
internal sealed class PauseServer(CloudParts parts, IHypervisor hypervisor) : ServerTask(parts, "pause-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("pause or resume guest", async (state, cancel) =>
        {
            var id = Guid.Parse(state.ServerId);
            if (state.Kind == "pause") await hypervisor.Pause(id, cancel);
            else await hypervisor.Resume(id, cancel);
        });

    protected override ServerRecord After(ServerRecord server) => server.TaskState == TaskState.Pausing
        ? server with { VmState = VmState.Paused, PowerState = PowerState.Paused }
        : server with { VmState = VmState.Active, PowerState = PowerState.Running };
}

/// <summary>trigger_crash_dump: an interrupt that cannot be masked; the guest's kernel does with it what it is set up for.</summary>
internal sealed class TriggerCrashDump(CloudParts parts, IHypervisor hypervisor) : ServerTask(parts, "trigger-crash-dump")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("interrupt guest", (state, cancel) => hypervisor.Interrupt(Guid.Parse(state.ServerId), cancel));
}
