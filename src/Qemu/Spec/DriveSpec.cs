using System.Runtime.InteropServices;

namespace Cumulet.Qemu;

/// <summary>A disk of the guest: a chain of layers, the head first.</summary>
public sealed record DriveSpec
{
    /// <summary>Device id: a letter, then letters, digits, '-', '_', at most 20. Nodes are called <c>Id.Layer</c>.</summary>
    public required string Id { get; init; }

    /// <summary>From the head (what the guest writes) down to the base.</summary>
    public required IReadOnlyList<LayerSpec> Layers { get; init; }

    public DriveBus Bus { get; init; } = DriveBus.Virtio;

    /// <summary>What the guest reads as serial, at most 20 characters (the first 20 of the volume id).</summary>
    public string? Serial { get; init; }

    public int? BootIndex { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>A CD-ROM drive on the scsi bus: the guest names its disks as if it were not there. Needs <see cref="ReadOnly"/>.</summary>
    public bool Optical { get; init; }

    /// <summary>Multi-attach: other processes may write the same raw file.</summary>
    public bool Shared { get; init; }

    internal string Node(LayerSpec layer) => $"{Id}.{layer.Name}";

    /// <summary>The object inside QEMU that opens the layer of a node.</summary>
    internal static string SecretOf(string node) => node + "-k";
}

public enum DriveBus { Virtio, Scsi, Ide }

/// <summary>One image of a chain; its format is stated, never found out.</summary>
/// <param name="Name">Unique in the chain, also over snapshots to come; at most 8 letters and digits.</param>
/// <param name="Secret">What opens it where it is encrypted; that is qcow2 only.</param>
public sealed record LayerSpec(string Name, LayerFormat Format, DescriptorSource Source, LayerSecret? Secret = null);

public enum LayerFormat { Raw, Qcow2 }

/// <summary>Where an open descriptor comes from.</summary>
public abstract record DescriptorSource
{
    private DescriptorSource() { }

    /// <summary>Opened by the daemon, passed and closed again at once.</summary>
    public sealed record File(string Path) : DescriptorSource;

    /// <summary>Already open, in the access mode the use needs. The launch closes it when it has been passed.</summary>
    public sealed record Handle(SafeHandle Descriptor) : DescriptorSource;

    /// <summary>A file in memory that QEMU may open by its number.</summary>
    internal sealed record Memory(LayerSecret Secret) : DescriptorSource;
}
