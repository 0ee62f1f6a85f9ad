namespace Cumulet.Disks;

/// <summary>What the bytes of a disk are. A closed list: a format that is not here is never opened.</summary>
public enum DiskFormat
{
    /// <summary>The guest's sectors as they are; also what <c>ami</c>, <c>aki</c> and <c>ari</c> are.</summary>
    Raw,
    /// <summary>QEMU copy on write, versions 2 and 3.</summary>
    Qcow2,
    /// <summary>VMware, one file: monolithicSparse or streamOptimized.</summary>
    Vmdk,
    /// <summary>VirtualBox.</summary>
    Vdi,
    /// <summary>Microsoft Virtual PC, fixed or dynamic.</summary>
    Vhd,
    /// <summary>Hyper-V.</summary>
    Vhdx,
    /// <summary>QEMU enhanced disk: recognised, always refused.</summary>
    Qed,
    /// <summary>Linux unified key setup: recognised, refused as an upload.</summary>
    Luks,
    /// <summary>ISO 9660, also when it carries a partition table for booting from a stick.</summary>
    Iso,
}

/// <summary>The names of a format: OpenStack's, QEMU's, and the one on disk.</summary>
public static class DiskFormats
{
    /// <summary>Reads an image's <c>disk_format</c>; false when this cloud does not serve that format.</summary>
    public static bool TryParse(string diskFormat, out DiskFormat format)
    {
        DiskFormat? found = diskFormat switch
        {
            "raw" or "ami" or "aki" or "ari" => DiskFormat.Raw,
            "qcow2" => DiskFormat.Qcow2,
            "vmdk" => DiskFormat.Vmdk,
            "vdi" => DiskFormat.Vdi,
            "vhd" => DiskFormat.Vhd,
            "vhdx" => DiskFormat.Vhdx,
            "iso" => DiskFormat.Iso,
            "luks" => DiskFormat.Luks,
            _ => null,
        };
        format = found ?? default;
        return found is not null;
    }

    /// <summary>OpenStack's name, which is also the ending of the layer's file name.</summary>
    public static string Name(this DiskFormat format) => format switch
    {
        DiskFormat.Raw => "raw",
        DiskFormat.Qcow2 => "qcow2",
        DiskFormat.Vmdk => "vmdk",
        DiskFormat.Vdi => "vdi",
        DiskFormat.Vhd => "vhd",
        DiskFormat.Vhdx => "vhdx",
        DiskFormat.Qed => "qed",
        DiskFormat.Luks => "luks",
        DiskFormat.Iso => "iso",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a disk format."),
    };

    /// <summary>The block driver QEMU is told to use; never left to its probing.</summary>
    public static string QemuDriver(this DiskFormat format) => format switch
    {
        DiskFormat.Iso => "raw",
        DiskFormat.Vhd => "vpc",
        _ => format.Name(),
    };

    /// <summary>True when a guest may read the bytes as they are, so that overlays are made straight on them.</summary>
    public static bool IsServable(this DiskFormat format) =>
        format is DiskFormat.Raw or DiskFormat.Qcow2 or DiskFormat.Iso;
}
