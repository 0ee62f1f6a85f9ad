using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// A saga about one server that is there: it begins by taking the server's task state (compare and swap) and ends by
/// clearing it, with the action of its request closed either way.
/// </summary>
internal abstract class ServerTask(CloudParts parts, string name)
    : Saga<ServerTaskState>(name, ServerSagaJson.Default.ServerTaskState)
{
    protected CloudParts Parts => parts;
    protected DateTimeOffset Now => parts.Time.GetUtcNow();

    /// <summary>Begins in the caller's transaction.</summary>
    /// <param name="task">The task state; null for what Nova does without one.</param>
    /// <param name="action">The instance action that users see.</param>
    /// <returns>The saga's id.</returns>
    public string Begin(Tx tx, ApiRequest request, ServerRecord server, string? task, string action, ServerTaskState? state = null)
    {
        var now = Now;
        if (task is not null) ServerStore.BeginTask(tx, server, task, now);
        ServerActionStore.Begin(tx, request, server.Id, action, EventOf(action), now);
        return parts.Sagas.Start(tx, this, (state ?? new ServerTaskState { ServerId = server.Id, RequestId = request.RequestId }) with
        {
            ServerId = server.Id,
            RequestId = request.RequestId,
            Caller = SagaCaller.Of(request.Caller),
        }, ServerLane.Of(server.Id), request.RequestId);
    }

    // An event has the name of the compute manager's method. Clients wait for a detachment by it.
    private static string EventOf(string action) => action switch
    {
        "attach_interface" or "detach_interface" or "attach_volume" or "detach_volume" => $"compute_{action}",
        "revertResize" => "compute_revert_resize",
        "evacuate" => "compute_rebuild_instance",
        _ => $"compute_{action.Replace('-', '_')}_instance",
    };

    /// <summary>The server after the task went through.</summary>
    protected virtual ServerRecord After(ServerRecord server) => server;

    /// <summary>The server after the task was taken back.</summary>
    protected virtual ServerRecord AfterFailure(ServerRecord server) => server;

    protected override void Finished(Tx tx, ServerTaskState state) => Close(tx, state, After, null);

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        // Who interrupts has taken the server's task already, or is about to: its state is theirs.
        Close(tx, state, cause is SagaInterruptedException ? server => server : AfterFailure, cause);
        if (cause is not SagaInterruptedException)
            ServerStore.AddFault(tx, state.ServerId, new ServerFault(500, cause.Message, null, Now));
    }

    /// <summary>Clears the task and ends the action; for those whose outcome depends on what the steps handed on.</summary>
    protected void Close(Tx tx, ServerTaskState state, Func<ServerRecord, ServerRecord> change, Exception? cause)
    {
        if (ServerStore.Find(tx, state.ServerId) is not { } server) return;
        var kept = server.TaskState == TaskState.Deleting || cause is SagaInterruptedException;
        var after = change(server) with { TaskState = kept ? server.TaskState : null };
        ServerStore.SaveState(tx, server, after, Now);
        ServerActionStore.End(tx, server.Id, state.RequestId, server.Host, cause is null ? null : "Error", cause?.Message, Now);
    }
}
