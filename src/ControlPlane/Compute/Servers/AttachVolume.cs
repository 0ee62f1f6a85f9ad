using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>A reserved volume into a server: hot where a guest runs, else for its next start. Subject: the disk's row.</summary>
internal sealed class AttachVolume(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, BlockStorageRoom volumes)
    : ServerTask(parts, "attach-volume")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("plug disk", (state, cancel) => boot.PlugVolume(state.ServerId, state.Subject!, cancel), undo: Unplug);

    private async Task Unplug(ServerTaskState state, CancellationToken cancel)
    {
        if (Parts.Database.Read(tx => ServerDiskStore.Find(tx, state.Subject!)) is { } disk)
            await hypervisor.DetachDisk(Guid.Parse(state.ServerId), disk.DeviceId, cancel);
    }

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        if (ServerDiskStore.Find(tx, state.Subject!) is { AttachmentId: { } attachment } disk)
        {
            volumes.Attachments.Complete(tx, attachment, disk.DeviceName ?? "");
            ServerDiskStore.SetAttached(tx, disk.Id, true);
        }
        base.Finished(tx, state);
    }

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        if (ServerDiskStore.Find(tx, state.Subject!) is { } disk)
        {
            if (disk.AttachmentId is { } attachment) volumes.Attachments.Remove(tx, attachment);
            ServerDiskStore.Delete(tx, disk.Id);
        }
        base.Failed(tx, state, cause);
    }
}

/// <summary>A volume out of a server. What the guest does not let go of stays attached, and says so.</summary>
internal sealed class DetachVolume(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, BlockStorageRoom volumes)
    : ServerTask(parts, "detach-volume")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("unplug disk", async (state, cancel) =>
        {
            if (Parts.Database.Read(tx => ServerDiskStore.Find(tx, state.Subject!)) is { } disk)
                await hypervisor.DetachDisk(Guid.Parse(state.ServerId), disk.DeviceId, cancel);
        }, undo: (state, cancel) => boot.PlugVolume(state.ServerId, state.Subject!, cancel))
        .NoReturn()
        .Commit("remove attachment", (tx, state) =>
        {
            if (ServerDiskStore.Find(tx, state.Subject!) is not { } disk) return;
            if (disk.AttachmentId is { } attachment) volumes.Attachments.Remove(tx, attachment);
            ServerDiskStore.Delete(tx, disk.Id);
        });

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        if (ServerDiskStore.Find(tx, state.Subject!) is { AttachmentId: { } attachment } disk)
            volumes.Attachments.Complete(tx, attachment, disk.DeviceName ?? "");
        base.Failed(tx, state, cause);
    }
}
