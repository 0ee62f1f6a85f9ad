using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Compute.Metadata;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Networking.Servers;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks.ConfigDrive;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// From the rows to a running guest, the same way for a new server, a started one and one that is rebooted hard: connect its
/// volumes, plug its ports, build its config drive, start it.
/// </summary>
internal sealed partial class GuestBoot(
    CloudParts parts, LayersRoom layers, BlockStorageRoom volumes, NetworkingRoom networking, IHypervisor hypervisor)
{
    /// <summary>Starts the guest of a server, or leaves it be where it runs. Again after a crash: the same guest.</summary>
    public async Task Start(string serverId, CancellationToken cancel)
    {
        var taps = new List<SafeFileHandle?>();
        var held = new List<IDisposable>();
        try
        {
            // A snapshot taken between reading a head and opening it would seal the file under the guest. Held in one order by all.
            foreach (var volume in parts.Database.Read(tx => ServerDiskStore.Of(tx, serverId)).Select(d => d.VolumeId).OfType<string>().Order(StringComparer.Ordinal))
                held.Add(await volumes.Forks.Hold(volume, cancel));
            var (server, metadata, disks, ports) = await parts.Database.Write(tx => Load(tx, serverId));
            // The host's side of the ports and what the guest is told take their time side by side.
            var drive = Task.Run(() => ConfigDriveImage.Build(
                new GuestData(server, metadata, ports, [.. disks.Select(d => d.Row)]).Files(), parts.Time.GetUtcNow()), CancellationToken.None);
            foreach (var disk in disks)
                if ((disk.Volume?.Layer ?? disk.Row.LayerId) is { } layer) held.Add(await layers.HoldStill(layer, cancel));
            foreach (var port in ports) taps.Add(await networking.Plug(port.Id, cancel));
            var plan = Plan(server, metadata, disks, ports, taps, await drive);
            await hypervisor.Start(plan, handle => parts.Database.Write(tx => ServerStore.SaveHandle(tx, serverId, handle)), cancel);
        }
        finally
        {
            foreach (var tap in taps) tap?.Dispose();
            foreach (var still in held) still.Dispose();
        }
    }

    /// <summary>Ends the guest at once and forgets its handle.</summary>
    public async Task Stop(string serverId, CancellationToken cancel)
    {
        await hypervisor.Destroy(Guid.Parse(serverId), cancel);
        await parts.Database.Write(tx => ServerStore.SaveHandle(tx, serverId, null));
    }

    /// <summary>What the guest is told about itself.</summary>
    public GuestData? DataOf(string serverId) => parts.Database.Read(tx =>
    {
        if (ServerStore.Find(tx, serverId) is not { } server) return null;
        return new GuestData(server, ServerStore.Metadata(tx, serverId), PortsOf(tx, serverId), ServerDiskStore.Of(tx, serverId))
        {
            Password = ServerPassword.Find(tx, serverId),
        };
    });

    /// <summary>A volume as the hypervisor plugs it.</summary>
    public VmDisk DiskOf(ServerDisk disk, VolumeConnection connection) => new(
        disk.DeviceId, layers.ChainOf(connection.Layer), BusOf(disk), disk.Serial, disk.BootIndex,
        connection.ReadOnly, connection.Multiattach);

    private (ServerRecord Server, Dictionary<string, string> Metadata, List<(ServerDisk Row, VolumeConnection? Volume)> Disks, List<ServerPort> Ports)
        Load(Tx tx, string id)
    {
        var server = ServerStore.Find(tx, id) ?? throw new InvalidOperationException($"server {id} is gone");
        if (ServerRoot.IsMissing(tx, server)) throw new HypervisorException("The guest cannot be started: its root volume is detached");
        var disks = ServerDiskStore.Of(tx, id).Where(d => d.LayerId is not null || d is { IsVolume: true, AttachmentId: not null })
            .Select(d => (d, d.IsVolume ? volumes.Attachments.Connect(tx, d.AttachmentId!, server.Host!) : null)).ToList();
        return (server, ServerStore.Metadata(tx, id), disks, PortsOf(tx, id));
    }

    /// <summary>The server's ports in the order in which the guest sees them.</summary>
    public List<ServerPort> PortsOf(Tx tx, string id)
    {
        var order = ServerStore.Nics(tx, id);
        var ports = networking.PortsOf(tx, [id]).GetValueOrDefault(id) ?? [];
        return [.. ports.OrderBy(p => order.IndexOf(p.Id) is var at && at >= 0 ? at : int.MaxValue)];
    }

    private VmPlan Plan(
        ServerRecord server, Dictionary<string, string> metadata, List<(ServerDisk Row, VolumeConnection? Volume)> disks,
        List<ServerPort> ports, List<SafeFileHandle?> taps, byte[] drive) => OnMachine(GuestMachine.Of(server.Image), new VmPlan
    {
        Id = Guid.Parse(server.Id),
        Number = server.Number,
        Host = server.Host ?? "",
        Vcpus = server.Flavor.Vcpus,
        RamMib = server.Flavor.RamMib,
        Disks = [.. Bootable(disks).OrderBy(d => d.Row.BootIndex ?? int.MaxValue).ThenBy(d => d.Row.Position).Select(d => d.Volume is { } volume
            ? DiskOf(d.Row, volume)
            : new VmDisk(d.Row.DeviceId, layers.ChainOf(d.Row.LayerId!.Value), BusOf(d.Row), null, d.Row.BootIndex, false, false))],
        Nics = [.. ports.Select((p, i) => new VmNic(VmNic.IdOf(p.Id), taps[i], p.Mac, p.Mtu, server.Image.Properties.GetValueOrDefault("hw_vif_model", "virtio")))],
        ConfigDrive = drive,
        Knobs = metadata,
    });

    private static VmPlan OnMachine(GuestMachine machine, VmPlan plan) =>
        plan with { OldMachine = machine.IsOld, Uefi = machine.IsUefi, ForgetsFirmware = machine.Forgets };

    // The rescue disk has boot index -1: it goes before the root, and the machine counts from 0.
    private static IEnumerable<(ServerDisk Row, VolumeConnection? Volume)> Bootable(List<(ServerDisk Row, VolumeConnection? Volume)> disks)
    {
        var shift = disks.Any(d => d.Row.Role == DiskRole.Rescue) ? 1 : 0;
        return disks.Select(d => (d.Row with { BootIndex = d.Row.BootIndex + shift }, d.Volume));
    }

    private static string BusOf(ServerDisk disk) => disk.DiskBus switch { "scsi" => "scsi", "ide" or "sata" => "ide", _ => "virtio" };
}
