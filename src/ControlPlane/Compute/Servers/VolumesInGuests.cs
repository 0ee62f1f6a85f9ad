using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What happens to a disk while a guest has it open: it goes on in a new head, sees a new size, or its chain gets shorter.</summary>
internal sealed class VolumesInGuests(CloudParts parts, LayersRoom layers, BlockStorageRoom volumes, IHypervisor hypervisor)
{
    public void Begin()
    {
        volumes.Forks.InGuest = Fork;
        volumes.Forks.GrowInGuest = Grow;
        volumes.Forks.TellServer = TellGrown;
        layers.InGuest = Merge;
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

    // Rule (Nova): a server's actions tell that a volume of it grew, whoever asked block storage for it.
    private void TellGrown(Tx tx, string serverId)
    {
        if (ServerStore.Find(tx, serverId) is { } server)
            ServerActionStore.Tell(tx, server, $"req-{Guid.NewGuid()}", "extend_volume", "compute_extend_volume", parts.Time.GetUtcNow());
    }

    private async Task<bool> Merge(LayerMerge merge, CancellationToken cancel)
    {
        var disks = parts.Database.Read(tx => merge.Holders.SelectMany(holder => DisksOf(tx, holder)).ToList());
        var open = disks.FindAll(d => hypervisor.HasDisksOpen(Guid.Parse(d.ServerId)));
        if (open.Count > 1) throw new HypervisorException("several guests have it open");
        return open is [var disk] && await hypervisor.MergeLayers(Guid.Parse(disk.ServerId), disk.DeviceId, merge, cancel);
    }

    private static List<ServerDisk> DisksOf(Tx tx, LayerHolder holder) => holder.Kind switch
    {
        "volume" => ServerDiskStore.OfVolume(tx, holder.Id),
        "server-disk" => ServerDiskStore.Find(tx, holder.Id.Split('/')[1]) is { } disk ? [disk] : [],
        _ => [],
    };

    private string? DeviceOf(string serverId, string volumeId) =>
        parts.Database.Read(tx => ServerDiskStore.FindVolume(tx, serverId, volumeId))?.DeviceId;
}
