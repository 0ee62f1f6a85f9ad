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
        .Do("plug port", Plug, undo: (state, cancel) => hypervisor.DetachNic(Guid.Parse(state.ServerId), VmNic.IdOf(state.Subject!), cancel));

    private async Task<ServerTaskState> Plug(ServerTaskState state, CancellationToken cancel)
    {
        var (server, port) = Parts.Database.Read(tx => (
            ServerStore.Find(tx, state.ServerId), boot.PortsOf(tx, state.ServerId).Find(p => p.Id == state.Subject)));
        if (server is null || port is null) throw new InvalidOperationException($"port {state.Subject} is not the server's");
        using var tap = await networking.Plug(port.Id, cancel);
        var model = server.Image.Properties.GetValueOrDefault("hw_vif_model", "virtio");
        await hypervisor.AttachNic(Guid.Parse(server.Id), new VmNic(VmNic.IdOf(port.Id), tap, port.Mac, port.Mtu, model), cancel);
        return state;
    }

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
internal sealed class DetachInterface(CloudParts parts, IHypervisor hypervisor, NetworkingRoom networking) : ServerTask(parts, "detach-interface")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("unplug port", async (state, cancel) =>
        {
            await hypervisor.DetachNic(Guid.Parse(state.ServerId), VmNic.IdOf(state.Subject!), cancel);
            return state;
        })
        .NoReturn()
        .Commit("release port", (tx, state) =>
        {
            ServerStore.RemoveNic(tx, state.ServerId, state.Subject!);
            networking.ReleasePort(tx, state.Subject!);
            return state;
        });
}
