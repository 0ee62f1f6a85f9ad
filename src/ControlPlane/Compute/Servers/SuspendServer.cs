using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>suspend and resume: a server sleeps on disk and goes on where it was.</summary>
internal sealed class ServerSuspensions(CloudParts parts, SuspendServer suspend, ResumeServer resume)
{
    public Task<Reply> Suspend(ApiRequest request) => Begin(request, suspend, "suspend", VmState.Active, TaskState.Suspending);

    public Task<Reply> Resume(ApiRequest request) => Begin(request, resume, "resume", VmState.Suspended, TaskState.Resuming);

    private async Task<Reply> Begin(ApiRequest request, ServerTask task, string action, string from, string state)
    {
        await parts.Database.Write(tx => task.Begin(tx, request, ServerGuard.Require(tx, request, request[0], action, from), state, action));
        return Reply.Empty(202);
    }
}

/// <summary>suspend: the guest's memory to disk, and its process away.</summary>
internal sealed class SuspendServer(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, GuestPower power) : ServerTask(parts, "suspend-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("save guest", async (state, cancel) =>
        {
            await hypervisor.Suspend(Guid.Parse(state.ServerId), cancel);
            // A daemon that starts in between must not look for a guest that has ended.
            await Parts.Database.Write(tx => ServerStore.SaveHandle(tx, state.ServerId, null));
        }, undo: Wake)
        // What was saved stays saved: from here on the server is suspended.
        .NoReturn()
        .Commit("ports are down", (tx, state) => power.PortsAre(tx, state.ServerId, false));

    // A guest that was saved goes on; one that ended by itself does not come back.
    private async Task Wake(ServerTaskState state, CancellationToken cancel)
    {
        var server = Parts.Database.Read(tx => ServerStore.Find(tx, state.ServerId));
        if (server is { PowerState: not PowerState.Shutdown } && !hypervisor.Runs(Guid.Parse(state.ServerId))) await boot.Start(state.ServerId, cancel);
    }

    protected override ServerRecord After(ServerRecord server) =>
        server with { VmState = VmState.Suspended, PowerState = PowerState.Shutdown, VmHandle = null };

    // It goes on, or had ended by itself.
    protected override ServerRecord AfterFailure(ServerRecord server) =>
        server.PowerState == PowerState.Shutdown ? server with { VmState = VmState.Stopped, VmHandle = null } : server;
}

/// <summary>resume: the way of a start, with the memory that was saved. What cannot be loaded stays suspended.</summary>
internal sealed class ResumeServer(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, GuestPower power) : ServerTask(parts, "resume-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("load guest", (state, cancel) => boot.Start(state.ServerId, cancel), undo: async (state, cancel) =>
        {
            if (hypervisor.Runs(Guid.Parse(state.ServerId))) await hypervisor.Suspend(Guid.Parse(state.ServerId), cancel);
        })
        // It runs, and what was saved is gone.
        .NoReturn()
        .Commit("ports are up", (tx, state) => power.PortsAre(tx, state.ServerId, true));

    protected override ServerRecord After(ServerRecord server) => server with { VmState = VmState.Active, PowerState = PowerState.Running };

    protected override ServerRecord AfterFailure(ServerRecord server) => server with { PowerState = PowerState.Shutdown, VmHandle = null };
}
