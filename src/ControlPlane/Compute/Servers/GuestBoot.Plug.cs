using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>One disk or port from the rows into a guest that runs; a guest that has it is left alone, where none runs its next start has it.</summary>
internal sealed partial class GuestBoot
{
    public async Task PlugVolume(string serverId, string diskId, CancellationToken cancel)
    {
        // A snapshot taken between reading the head and opening it would seal the file under the guest.
        using var held = await volumes.Forks.Hold(parts.Database.Read(tx => ServerDiskStore.Find(tx, diskId))?.VolumeId ?? "", cancel);
        var (disk, connection) = await parts.Database.Write(tx =>
        {
            var row = ServerDiskStore.Find(tx, diskId) ?? throw new InvalidOperationException($"disk {diskId} has no row");
            return (row, volumes.Attachments.Connect(tx, row.AttachmentId!, ServerStore.Find(tx, serverId)?.Host ?? ""));
        });
        using var still = await layers.HoldStill(connection.Layer, cancel);
        await hypervisor.AttachDisk(Guid.Parse(serverId), DiskOf(disk, connection), cancel);
    }

    public async Task PlugPort(string serverId, string portId, CancellationToken cancel)
    {
        var (server, port) = parts.Database.Read(tx => (ServerStore.Find(tx, serverId), PortsOf(tx, serverId).Find(p => p.Id == portId)));
        if (server is null || port is null) throw new InvalidOperationException($"port {portId} is not the server's");
        using var tap = await networking.Plug(port.Id, cancel);
        var model = server.Image.Properties.GetValueOrDefault("hw_vif_model", "virtio");
        await hypervisor.AttachNic(Guid.Parse(serverId), new VmNic(VmNic.IdOf(port.Id), tap, port.Mac, port.Mtu, model), cancel);
    }
}
