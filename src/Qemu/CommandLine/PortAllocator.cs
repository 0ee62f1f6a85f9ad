namespace Cumulet.Qemu.CommandLine;

/// <summary>
/// PCIe root ports: hot-plug works only behind one, one device each, and they cannot be added later. Eight share a slot
/// of the root bus as functions. Devices of the start sit behind ports too, so that they can be unplugged.
/// </summary>
internal sealed class PortAllocator
{
    // Above the machine's own (0x1f) and the fixed devices, which QEMU places from 0x01 up.
    private const int FirstSlot = 0x08;
    private readonly bool _express;
    private readonly SavedPlaces? _saved;
    private int _next;

    public PortAllocator(VmSpec spec)
    {
        _express = spec.Machine is MachineType.Q35;
        _saved = spec.Saved;
        var count = !_express ? 0 : spec.Saved?.Ports
            ?? spec.HotplugPorts + spec.Nics.Count + spec.Drives.Count(drive => drive.Bus is DriveBus.Virtio);
        if (count > 8 * 22)
            throw new ArgumentException($"Drives and nics need {count} PCIe ports: use at most 176, or the scsi bus");
        Declarations = [.. Enumerable.Range(0, count).SelectMany(Declare)];
    }

    public IReadOnlyList<string> Declarations { get; }

    /// <summary>The place of a PCI device: where it was when memory was saved, else the next port; null where the machine chooses.</summary>
    public DevicePlace? For(string device) =>
        PlaceOf(device) ?? (_express ? new DevicePlace(Name(_next++), null, null) : null);

    /// <summary>The place of a device that needs no port; null where it is free to choose.</summary>
    public DevicePlace? PlaceOf(string device) => _saved?.Devices.GetValueOrDefault(device);

    public static string Name(int index) => $"rp{index}";

    private static string[] Declare(int index)
    {
        var (slot, function) = (FirstSlot + index / 8, index % 8);
        var multifunction = function == 0 ? ",multifunction=on" : "";
        return ["-device", $"pcie-root-port,id={Name(index)},bus=pcie.0,addr=0x{slot:x}.0x{function:x},chassis={index + 1}{multifunction}"];
    }
}
