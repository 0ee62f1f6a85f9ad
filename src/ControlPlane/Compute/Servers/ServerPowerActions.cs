using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>The actions that change whether a guest runs: os-start, os-stop, reboot, pause, unpause, trigger_crash_dump.</summary>
internal sealed class ServerPowerActions(CloudParts parts, StartServer start, StopServer stop, RebootServer reboot, PauseServer pause, TriggerCrashDump crashDump)
{
    private static readonly Shape Reboot = Shape.Object(Member.Must("type", Shape.OneOf("HARD", "Hard", "hard", "SOFT", "Soft", "soft")));

    public async Task<Reply> Start(ApiRequest request)
    {
        await parts.Database.Write(tx =>
            start.Begin(tx, request, ServerRoot.Require(tx, ServerGuard.Require(tx, request, request[0], "start", VmState.Stopped), "start"), TaskState.PoweringOn, "start"));
        return Reply.Empty(202);
    }

    public async Task<Reply> Stop(ApiRequest request)
    {
        await parts.Database.Write(tx =>
            stop.Begin(tx, request, ServerGuard.Require(tx, request, request[0], "stop", VmState.Active, VmState.Error), TaskState.PoweringOff, "stop"));
        return Reply.Empty(202);
    }

    public async Task<Reply> Restart(ApiRequest request)
    {
        var kind = (await request.Body("reboot", Reboot)).GetText("type")!.ToUpperInvariant();
        // A hard reboot overtakes a soft one that the guest does not answer.
        if (kind == "HARD" && parts.Database.Read(tx => ServerGuard.Unlocked(tx, request, request[0])).TaskState == TaskState.Rebooting)
            parts.Sagas.Interrupt(ServerLane.Of(request[0]));
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, request[0]);
            ReadOnlySpan<string> allowed = kind == "SOFT"
                ? [VmState.Active]
                : [VmState.Active, VmState.Stopped, VmState.Paused, VmState.Suspended, VmState.Error];
            if (!allowed.Contains(server.VmState)) throw ServerGuard.Wrong(server, "reboot", "vm_state", server.VmState);
            if (server.TaskState is { } task && !(kind == "HARD" && task == TaskState.Rebooting)) throw ServerGuard.Wrong(server, "reboot", "task_state", task);
            ServerRoot.Require(tx, server, "reboot");
            reboot.Begin(tx, request, server, kind == "SOFT" ? TaskState.Rebooting : TaskState.RebootingHard, "reboot",
                new ServerTaskState { ServerId = server.Id, RequestId = request.RequestId, Kind = kind });
        });
        return Reply.Empty(202);
    }

    public Task<Reply> Pause(ApiRequest request) => Change(request, "pause", VmState.Active, TaskState.Pausing);

    public Task<Reply> Unpause(ApiRequest request) => Change(request, "unpause", VmState.Paused, TaskState.Unpausing);

    public async Task<Reply> TriggerCrashDump(ApiRequest request)
    {
        // Rule (Nova): the body says nothing, and the server takes no task state.
        await request.Body("trigger_crash_dump", Shape.Null);
        await parts.Database.Write(tx => crashDump.Begin(tx, request, ServerGuard.Require(
            tx, request, request[0], "trigger_crash_dump", VmState.Active, VmState.Paused, VmState.Rescued, VmState.Resized, VmState.Error), null, "trigger_crash_dump"));
        return Reply.Empty(202);
    }

    private async Task<Reply> Change(ApiRequest request, string action, string from, string task)
    {
        await parts.Database.Write(tx => pause.Begin(tx, request, ServerGuard.Require(tx, request, request[0], action, from), task, action,
            new ServerTaskState { ServerId = request[0], RequestId = request.RequestId, Kind = action }));
        return Reply.Empty(202);
    }
}
