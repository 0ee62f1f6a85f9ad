namespace Cumulet.Qemu.CommandLine;

/// <summary>What a descriptor is opened for.</summary>
public enum DescriptorAccess { Read, ReadWrite, Append, Listen, Given }

/// <summary>One descriptor that QEMU inherits: its number there and, for files, the set it is known by.</summary>
/// <param name="Purpose">Key, e.g. <c>qmp</c>, <c>vda.head</c>, <c>nic0:tap</c>.</param>
/// <param name="Opaque">Whose it is (device id), found again with query-fdsets.</param>
public sealed record PassedDescriptor(
    string Purpose, int Number, int? Set, string Opaque, DescriptorAccess Access, DescriptorSource? Source);

/// <summary>Pure numbering of all descriptors of a spec, so that the command line can be built before anything is opened.</summary>
public sealed class DescriptorLayout
{
    /// <summary>The launcher reports on this one until QEMU runs.</summary>
    public const int Report = 3;

    private readonly List<PassedDescriptor> _all = [];

    private DescriptorLayout() { }

    public IReadOnlyList<PassedDescriptor> All => _all;

    /// <summary>The highest number in use; the launcher closes everything above.</summary>
    public int Last => Report + _all.Count;

    public int Number(string purpose) => _all.First(passed => passed.Purpose == purpose).Number;

    /// <summary>The file name by which QEMU opens a passed file.</summary>
    public string SetPath(string purpose) => $"/dev/fdset/{_all.First(passed => passed.Purpose == purpose).Set}";

    public static DescriptorLayout For(VmSpec spec)
    {
        var layout = new DescriptorLayout();
        layout.Add("qmp", DescriptorAccess.Listen, null);
        if (spec.Console is { } console)
        {
            layout.Add("console", DescriptorAccess.Append, new DescriptorSource.File(console.LogPath), "console");
            if (console.SocketPath is not null)
                layout.Add("console-socket", DescriptorAccess.Listen, null);
        }
        if (spec.Firmware is FirmwareSpec.Uefi uefi)
        {
            layout.Add("firmware-code", DescriptorAccess.Read, uefi.Code, "firmware");
            layout.Add("firmware-vars", DescriptorAccess.ReadWrite, uefi.Variables, "firmware");
        }
        foreach (var drive in spec.Drives)
        {
            for (var i = 0; i < drive.Layers.Count; i++)
                layout.Add(drive.Node(drive.Layers[i]), Access(drive, i), drive.Layers[i].Source, drive.Id);
            foreach (var layer in drive.Layers.Where(layer => layer.Secret is not null))
                layout.Add(DriveSpec.SecretOf(drive.Node(layer)), DescriptorAccess.Read, new DescriptorSource.Memory(layer.Secret!));
        }
        foreach (var nic in spec.Nics)
        {
            layout.Add($"{nic.Id}:tap", DescriptorAccess.Given, nic.Tap);
            if (nic.Vhost is not null)
                layout.Add($"{nic.Id}:vhost", DescriptorAccess.ReadWrite, nic.Vhost);
        }
        return layout;
    }

    /// <summary>Only the head of a writable drive is written.</summary>
    internal static DescriptorAccess Access(DriveSpec drive, int layer) =>
        layer == 0 && !drive.ReadOnly ? DescriptorAccess.ReadWrite : DescriptorAccess.Read;

    private void Add(string purpose, DescriptorAccess access, DescriptorSource? source, string? opaque = null) =>
        _all.Add(new PassedDescriptor(
            purpose, Report + 1 + _all.Count, opaque is null ? null : 1 + _all.Count(passed => passed.Set is not null),
            opaque ?? purpose, access, source));
}
