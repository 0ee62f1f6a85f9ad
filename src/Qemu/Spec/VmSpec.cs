namespace Cumulet.Qemu;

/// <summary>
/// All that one QEMU process is made of. Immutable; holds names of files or open descriptors, never a format to guess,
/// never text of a user.
/// </summary>
public sealed record VmSpec
{
    /// <summary>Server id: becomes the machine's uuid and its SMBIOS serial (OSSN-0028).</summary>
    public required Guid Id { get; init; }

    public required int Vcpus { get; init; }

    public required int MemoryMiB { get; init; }

    public MachineType Machine { get; init; } = MachineType.Q35;

    /// <summary>A QEMU CPU model, or null for <c>host</c> under KVM and <c>max</c> under TCG.</summary>
    public string? CpuModel { get; init; }

    public FirmwareSpec Firmware { get; init; } = new FirmwareSpec.Bios();

    public IReadOnlyList<DriveSpec> Drives { get; init; } = [];

    public IReadOnlyList<NicSpec> Nics { get; init; } = [];

    public SmbiosSpec Smbios { get; init; } = new();

    public ConsoleSpec? Console { get; init; }

    /// <summary>A graphics card and tablet, reached over <see cref="RunningVm.OpenVncAsync"/>.</summary>
    public bool Graphics { get; init; } = true;

    public bool Rng { get; init; } = true;

    public bool Balloon { get; init; } = true;

    /// <summary>PCIe root ports kept free for hot-plug (q35).</summary>
    public int HotplugPorts { get; init; } = 28;

    /// <summary>Where the devices sat when this machine's memory was saved; null for a machine that boots.</summary>
    public SavedPlaces? Saved { get; init; }
}

public enum MachineType
{
    /// <summary>PCI Express; hot-plug through root ports.</summary>
    Q35,

    /// <summary>i440FX, for old guests; hot-plug into slots of the one bus.</summary>
    Pc,
}

/// <summary>What starts the guest.</summary>
public abstract record FirmwareSpec
{
    private FirmwareSpec() { }

    public sealed record Bios : FirmwareSpec;

    /// <summary>OVMF: the shared code image, and the variable store of this server (writable, kept with the server).</summary>
    public sealed record Uefi(DescriptorSource Code, DescriptorSource Variables) : FirmwareSpec;
}

/// <summary>Identity the guest reads from DMI; cloud-init finds the data source by <see cref="Product"/>.</summary>
public sealed record SmbiosSpec
{
    public string Manufacturer { get; init; } = "Cumulet";
    public string Product { get; init; } = "OpenStack Nova";
    public string Version { get; init; } = "0.1.0";
    public string Family { get; init; } = "Virtual Machine";
}

/// <summary>The first serial port: everything it says goes to the log; a client may talk to it over the socket.</summary>
/// <param name="LogPath">Appended to. Bound it with <see cref="ConsoleLog.Rotate"/>.</param>
/// <param name="SocketPath">Unix socket to listen on for an interactive console, or null for none.</param>
public sealed record ConsoleSpec(string LogPath, string? SocketPath = null);

/// <summary>A network card on a tap that the network side made.</summary>
public sealed record NicSpec
{
    /// <summary>Device id: a letter, then letters, digits, '-', '_', at most 20.</summary>
    public required string Id { get; init; }

    public required DescriptorSource Tap { get; init; }

    /// <summary>Six octets in hexadecimal with colons.</summary>
    public required string Mac { get; init; }

    /// <summary>Bytes, or null to let the guest keep its own.</summary>
    public int? Mtu { get; init; }

    /// <summary>An open /dev/vhost-net.</summary>
    public DescriptorSource? Vhost { get; init; }

    /// <summary>Guest device, e.g. virtio or e1000.</summary>
    public NicModel Model { get; init; } = NicModel.Virtio;

    public int? BootIndex { get; init; }
}

public enum NicModel { Virtio, E1000, E1000e, Rtl8139 }
