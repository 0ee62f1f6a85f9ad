using Cumulet.ControlPlane.Layers;
using Cumulet.Qemu;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>Disks and interfaces of guests that run: plugged, unplugged, grown, and moved from layer to layer.</summary>
public sealed partial class QemuHypervisor
{
    /// <summary>What copying in the background may take of a disk's throughput.</summary>
    private const long MergeBytesPerSecond = 64 << 20;

    public Task AttachDisk(Guid id, VmDisk disk, CancellationToken cancel) =>
        Hot(id, $"disk {disk.DeviceId} could not be attached", async vm =>
        {
            if ((await vm.DevicesAsync(cancel)).ContainsKey(disk.DeviceId)) return;
            await vm.PlugDriveAsync(VmSpecs.Drive(disk), cancel);
        });

    public Task DetachDisk(Guid id, string deviceId, CancellationToken cancel) =>
        Hot(id, $"disk {deviceId} could not be detached", vm => vm.UnplugDriveAsync(deviceId, UnplugPatience.Default, cancel));

    public Task AttachNic(Guid id, VmNic nic, CancellationToken cancel) =>
        nic.Tap is null ? Task.CompletedTask : Hot(id, $"interface {nic.DeviceId} could not be attached", async vm =>
        {
            if ((await vm.DevicesAsync(cancel)).ContainsKey(nic.DeviceId)) return;
            await vm.PlugNicAsync(VmSpecs.Nic(nic), cancel);
        });

    public Task DetachNic(Guid id, string deviceId, CancellationToken cancel) =>
        Hot(id, $"interface {deviceId} could not be detached", vm => vm.UnplugNicAsync(deviceId, UnplugPatience.Default, cancel));

    public bool HasDisksOpen(Guid id) => _guests.ContainsKey(id);

    public async Task<IReadOnlyDictionary<string, string?>?> DisksOf(Guid id, CancellationToken cancel)
    {
        if (!_guests.TryGetValue(id, out var guest)) return null;
        return (await guest.Vm.DisksAsync(cancel)).Where(d => d.Key != VmSpecs.ConfigDriveId)
            .ToDictionary(d => d.Key, d => (string?)d.Value.Name[(d.Value.Name.LastIndexOf('.') + 1)..], StringComparer.Ordinal);
    }

    public async Task<bool> SwitchHeads(Guid id, IReadOnlyList<NewHead> heads, CancellationToken cancel)
    {
        if (!_guests.TryGetValue(id, out var guest)) return false;
        await Hot(id, "the disks could not be switched to new heads", async vm =>
        {
            var current = await vm.DisksAsync(cancel);
            // Again after a crash: those that are on their new head already are left there.
            var missing = heads.Where(h => !current.TryGetValue(h.DeviceId, out var node) || !node.Name.EndsWith($".{VmSpecs.LayerName(h.Overlay.Id)}", StringComparison.Ordinal)).ToList();
            if (missing.Count > 0)
                await vm.SnapshotAsync([.. missing.Select(h => (VmSpecs.Stub(h), VmSpecs.Layer(h.Overlay)))], cancel);
        });
        return true;
    }

    public async Task<bool> ResizeDisk(Guid id, string deviceId, long bytes, CancellationToken cancel)
    {
        if (!_guests.ContainsKey(id)) return false;
        await Hot(id, $"disk {deviceId} could not be resized", vm => vm.ResizeDriveAsync(deviceId, bytes, cancel));
        return true;
    }

    public async Task<bool> MergeLayers(Guid id, string deviceId, LayerMerge merge, CancellationToken cancel)
    {
        if (!_guests.ContainsKey(id)) return false;
        await Hot(id, $"layers of disk {deviceId} could not be merged", vm => vm.MergeAsync(
            new DriveSpec { Id = deviceId, Layers = [VmSpecs.Layer(merge.Layer)] }, VmSpecs.Layer(merge.Layer),
            [.. merge.Taken.Select(VmSpecs.Layer)], merge.Below is { } below ? VmSpecs.Layer(below) : null, MergeBytesPerSecond, cancel));
        return true;
    }
}
