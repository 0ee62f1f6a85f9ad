using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>A bound port into a server. Subject: the port.</summary>
internal sealed class AttachInterface(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, NetworkingRoom networking)
    : ServerTask(parts, "attach-interface")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("plug port", (state, cancel) => boot.PlugPort(state.ServerId, state.Subject!, cancel),
            undo: (state, cancel) => hypervisor.DetachNic(Guid.Parse(state.ServerId), VmNic.IdOf(state.Subject!), cancel));

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        networking.PortIsUp(tx, state.Subject!, ServerStore.Find(tx, state.ServerId) is { VmState: VmState.Active });
        base.Finished(tx, state);
    }

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        ServerStore.RemoveNic(tx, state.ServerId, state.Subject!);
        networking.ReleasePort(tx, state.Subject!);
        base.Failed(tx, state, cause);
    }
}

/// <summary>A port out of a server. Subject: the port.</summary>
internal sealed class DetachInterface(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, NetworkingRoom networking)
    : ServerTask(parts, "detach-interface")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("unplug port", async (state, cancel) =>
        {
            await hypervisor.DetachNic(Guid.Parse(state.ServerId), VmNic.IdOf(state.Subject!), cancel);
        }, undo: (state, cancel) => boot.PlugPort(state.ServerId, state.Subject!, cancel))
        .NoReturn()
        .Commit("release port", (tx, state) =>
        {
            ServerStore.RemoveNic(tx, state.ServerId, state.Subject!);
            networking.ReleasePort(tx, state.Subject!);
        });
}
