using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What must hold before something is done to a server, with Nova's words where it does not.</summary>
internal static class ServerGuard
{
    /// <summary>In one of these states and at rest, not locked against this caller.</summary>
    public static ServerRecord Require(Tx tx, ApiRequest request, string id, string action, params ReadOnlySpan<string> vmStates)
    {
        var server = Unlocked(tx, request, id);
        if (!vmStates.Contains(server.VmState)) throw Wrong(server, action, "vm_state", server.VmState);
        if (server.TaskState is { } task) throw Wrong(server, action, "task_state", task);
        return server;
    }

    public static ServerRecord Unlocked(Tx tx, ApiRequest request, string id)
    {
        var server = ServerStore.Get(tx, request.Caller, id);
        if (server.Locked && !request.Caller.IsAdmin) throw Fault.Conflict($"Instance {id} is locked");
        return server;
    }

    /// <summary>A server that never ran has nothing to be worked on. Rule (Nova): must_have_launched.</summary>
    public static ServerRecord Launched(ServerRecord server, string action) => server is { LaunchedAt: not null, Host: not null }
        ? server
        : throw Fault.Conflict($"Instance {server.Id} is in an invalid state for '{action}'");

    public static Fault Wrong(ServerRecord server, string action, string attribute, string state) =>
        Fault.Conflict($"Cannot '{action}' instance {server.Id} while it is in {attribute} {state}");
}
