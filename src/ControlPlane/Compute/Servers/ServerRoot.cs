using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// The root of a volume-backed server may be taken out while the server is stopped or shelved, and put back, or another one in its
/// place. Meanwhile nothing can be done that needs a root; what the server is otherwise (addresses, ports, other disks) stays.
/// </summary>
internal static class ServerRoot
{
    /// <summary>No disk has its place.</summary>
    public static bool IsMissing(Tx tx, ServerRecord server) => server.BootsFromVolume && !ServerDiskStore.Of(tx, server.Id).Exists(d => d.IsRoot);

    /// <summary>409 where the root is missing, with what brings it back.</summary>
    public static ServerRecord Require(Tx tx, ServerRecord server, string action) => IsMissing(tx, server)
        ? throw Fault.Conflict($"Cannot '{action}' instance {server.Id}: its root volume is detached. Attach a bootable volume with device {DeviceOf(server)} first.")
        : server;

    public static string DeviceOf(ServerRecord server) => server.RootDevice ?? "/dev/vda";

    /// <summary>May the root be taken out now?</summary>
    public static void RequireDetachable(ServerRecord server)
    {
        if (server.VmState is not (VmState.Stopped or VmState.ShelvedOffloaded))
            throw Fault.Forbidden($"Cannot detach a root device volume while instance {server.Id} is in vm_state {server.VmState}; stop or shelve it first.");
    }

    /// <summary>
    /// The row of a volume that becomes the root, and the machine that follows from it: the guest's devices are those that the
    /// new root's image asks for.
    /// </summary>
    public static ServerDisk Attached(Tx tx, BlockStorageRoom volumes, ServerRecord server, ServerDisk disk)
    {
        var volume = volumes.FindVolume(tx, null, disk.VolumeId!)!;
        if (!volume.Bootable) throw Fault.BadRequest($"Block Device {volume.Id} is not bootable: it cannot be the root of instance {server.Id}.");
        var kept = BlockDeviceCheck.KeptOf(volumes.ImageMetadata(tx, volume.Id));
        GuestMachine.Require($"the image of volume {volume.Id}", kept.Properties, server.Flavor);
        ServerStore.SaveImage(tx, server.Id, kept);
        return disk with { BootIndex = 0, Position = 0, DeviceName = DeviceOf(server), DiskBus = kept.Properties.GetValueOrDefault("hw_disk_bus", "virtio") };
    }
}
