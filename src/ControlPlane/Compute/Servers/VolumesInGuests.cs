using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What Block Storage does to a volume while a guest has it open: it is asked to go on in a new head, or to see a new size.</summary>
internal sealed class VolumesInGuests(CloudParts parts, LayersRoom layers, BlockStorageRoom volumes, IHypervisor hypervisor)
{
    public void Begin()
    {
        volumes.Forks.InGuest = Fork;
        volumes.Forks.GrowInGuest = Grow;
    }

    private async Task<bool> Fork(string serverId, string volumeId, Guid head, Guid newHead, CancellationToken cancel)
    {
        if (!hypervisor.HasDisksOpen(Guid.Parse(serverId)) || DeviceOf(serverId, volumeId) is not { } device) return false;
        await layers.Fork(head, newHead, cancel);
        await hypervisor.SwitchHeads(Guid.Parse(serverId), [new NewHead(device, layers.ChainOf(newHead).Top)], cancel);
        return true;
    }

    private async Task<bool> Grow(string serverId, string volumeId, Guid head, long bytes, CancellationToken cancel) =>
        DeviceOf(serverId, volumeId) is { } device && await hypervisor.ResizeDisk(Guid.Parse(serverId), device, bytes, cancel);

    private string? DeviceOf(string serverId, string volumeId) =>
        parts.Database.Read(tx => ServerDiskStore.FindVolume(tx, serverId, volumeId))?.DeviceId;
}
