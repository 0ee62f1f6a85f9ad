using Cumulet.Disks;
using Cumulet.Qemu;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>A plan in QEMU's terms; pure.</summary>
internal static class VmSpecs
{
    public const string ConfigDriveId = "config-drive";

    public static string ConsolePath(string folder) => Path.Combine(folder, "console.log");
    public static string ConfigDrivePath(string folder) => Path.Combine(folder, "config-drive.iso");

    public static VmSpec Of(VmPlan plan, string folder, SavedPlaces? saved) => new()
    {
        Saved = saved,
        Id = plan.Id,
        Vcpus = plan.Vcpus,
        MemoryMiB = (int)Math.Min(plan.RamMib, int.MaxValue),
        Machine = plan.OldMachine ? MachineType.Pc : MachineType.Q35,
        Drives = [.. plan.Disks.Select(Drive), .. plan.ConfigDrive is null ? [] : (DriveSpec[])[ConfigDrive(folder)]],
        Nics = [.. plan.Nics.Where(n => n.Tap is not null).Select(Nic)],
        Console = new ConsoleSpec(ConsolePath(folder)),
    };

    public static DriveSpec Drive(VmDisk disk) => new()
    {
        Id = disk.DeviceId,
        Layers = [.. disk.Chain.Layers.Select(Layer)],
        Bus = disk.Bus switch { "scsi" => DriveBus.Scsi, "ide" or "sata" => DriveBus.Ide, _ => DriveBus.Virtio },
        Serial = disk.Serial,
        BootIndex = disk.BootIndex,
        ReadOnly = disk.ReadOnly,
        Shared = disk.Shared,
    };

    // A CD-ROM, so that the guest's disks are named as Nova's users know them: vda, vdb. On virtio-scsi, since cloud kernels
    // know no AHCI.
    private static DriveSpec ConfigDrive(string folder) => new()
    {
        Id = ConfigDriveId,
        Layers = [new LayerSpec("iso", LayerFormat.Raw, new DescriptorSource.File(ConfigDrivePath(folder)))],
        Bus = DriveBus.Scsi,
        ReadOnly = true,
        Optical = true,
    };

    /// <summary>Names of a layer inside QEMU have 8 characters.</summary>
    public static string LayerName(Guid id) => id.ToString("N")[..8];

    public static LayerSpec Layer(DiskLayer layer) => new(
        LayerName(layer.Id), layer.Format == DiskFormat.Qcow2 ? LayerFormat.Qcow2 : LayerFormat.Raw, new DescriptorSource.File(layer.Path),
        layer.Key is { } key ? new LayerSecret(key.Passphrase) : null);

    /// <summary>Enough of a drive to name it in a snapshot.</summary>
    public static DriveSpec Stub(NewHead head) => new() { Id = head.DeviceId, Layers = [Layer(head.Overlay)] };

    public static NicSpec Nic(VmNic nic) => new()
    {
        Id = nic.DeviceId,
        Tap = new DescriptorSource.Handle(nic.Tap!),
        Mac = nic.Mac,
        Mtu = nic.Mtu,
        Model = nic.Model switch
        {
            "e1000" => NicModel.E1000,
            "e1000e" => NicModel.E1000e,
            "rtl8139" => NicModel.Rtl8139,
            _ => NicModel.Virtio,
        },
    };
}
