namespace Cumulet.ControlPlane.Compute.Servers;

// Every disk of a server as a caller may ask for it. What is asked for is one of a closed set; each combination of source
// and destination is here or refused by BlockDeviceReading with its reason:
//
//              local                              volume
//   image      the root disk (boot index 0)       a new volume with the image's content
//   volume     refused: a volume is no local disk an existing volume
//   snapshot   refused                            a new volume with the snapshot's content
//   blank      ephemeral disk or swap             a new empty volume

/// <summary>One entry of a server's block device mapping, checked for its form.</summary>
public abstract record BlockDevice
{
    private BlockDevice() { }

    /// <summary>0 boots; null or negative is no candidate for booting.</summary>
    public int? BootIndex { get; init; }
    public bool DeleteOnTermination { get; init; }
    /// <summary>As asked for, <c>/dev/vdb</c>; a hint.</summary>
    public string? DeviceName { get; init; }
    public string? DiskBus { get; init; }
    /// <summary>disk, cdrom, floppy, lun.</summary>
    public string? DeviceType { get; init; }
    public string? GuestFormat { get; init; }
    public string? Tag { get; init; }

    /// <summary>The root disk, cloned from an image, with the server's life span.</summary>
    public sealed record LocalImage(string ImageId) : BlockDevice;

    /// <summary>A new volume with an image's content.</summary>
    public sealed record VolumeFromImage(string ImageId, long? SizeGib, string? VolumeType) : BlockDevice;

    /// <summary>A new volume with a snapshot's content.</summary>
    public sealed record VolumeFromSnapshot(string SnapshotId, long? SizeGib, string? VolumeType) : BlockDevice;

    /// <summary>A new empty volume.</summary>
    public sealed record BlankVolume(long SizeGib, string? VolumeType) : BlockDevice;

    /// <summary>A volume that is there.</summary>
    public sealed record ExistingVolume(string VolumeId) : BlockDevice;

    /// <summary>An empty local disk; null takes what the flavor gives.</summary>
    public sealed record Ephemeral(long? SizeGib) : BlockDevice;

    /// <summary>Local swap space; null takes what the flavor gives. The size is MiB, as Nova has it for swap.</summary>
    public sealed record Swap(long? SizeMib) : BlockDevice;
}
