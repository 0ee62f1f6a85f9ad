using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// DELETE. Nothing of it is taken back: each step is tried until it works. A server that is still being made is interrupted,
/// unwinds, and is deleted behind that in the same lane.
/// </summary>
internal sealed class DeleteServer(
    CloudParts parts, ServerNeeds needs, IHypervisor hypervisor, LayersRoom layers, BlockStorageRoom volumes, NetworkingRoom networking,
    ServerReturns returns)
    : ServerTask(parts, "delete-server")
{
    public async Task<Reply> Handle(ApiRequest request)
    {
        var id = request[0];
        var seen = Parts.Database.Read(tx => ServerGuard.Unlocked(tx, request, id));
        // Whatever is being done to it and can be broken off need not be waited for.
        if (seen.TaskState != TaskState.Deleting) Parts.Sagas.Interrupt(ServerLane.Of(id));
        await Parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, id);
            if (server.TaskState == TaskState.Deleting) return;
            Begin(tx, request, server, TaskState.Deleting, "delete");
        });
        // What still waits for the guest in this lane (a shutdown, a reboot, a fork) is freed by its end.
        await hypervisor.Destroy(Guid.Parse(id), CancellationToken.None);
        return Reply.Empty();
    }

    protected override void Define(StepList<ServerTaskState> steps) => steps
        .NoReturn()
        .Do("end guest", (state, cancel) => hypervisor.Destroy(Guid.Parse(state.ServerId), cancel))
        .Commit("release disks and ports", Release)
        .Do("forget guest", (state, cancel) => hypervisor.Forget(Guid.Parse(state.ServerId)));

    private ServerTaskState Release(Tx tx, ServerTaskState state)
    {
        var id = state.ServerId;
        // First: what is kept for a return is found by the disks.
        returns.Forget(tx, id);
        foreach (var disk in ServerDiskStore.Of(tx, id))
        {
            if (disk.AttachmentId is { } attachment) volumes.Attachments.Remove(tx, attachment);
            if (disk is { IsVolume: true, DeleteOnTermination: true, VolumeId: { } volume }) volumes.DeleteVolume.BeginWithServer(tx, volume, state.RequestId);
            if (!disk.IsVolume) layers.Release(tx, new LayerHolder("server-disk", $"{id}/{disk.Id}"));
            ServerDiskStore.Delete(tx, disk.Id);
        }
        foreach (var port in networking.PortsOf(tx, [id]).GetValueOrDefault(id) ?? []) networking.ReleasePort(tx, port.Id);
        tx.Execute($"DELETE FROM server_nics WHERE server_id = {id}");
        ServerPassword.Clear(tx, id);
        needs.LeaveGroup(tx, id);
        return state;
    }

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        if (ServerStore.Find(tx, state.ServerId) is not { } server) return;
        ServerStore.SaveState(tx, server, server with
        {
            VmState = VmState.Deleted,
            TaskState = null,
            PowerState = PowerState.NoState,
            VmHandle = null,
            Deleted = true,
            DeletedAt = Now,
            TerminatedAt = Now,
        }, Now);
        ServerActionStore.End(tx, server.Id, state.RequestId, server.Host, null, null, Now);
    }
}
