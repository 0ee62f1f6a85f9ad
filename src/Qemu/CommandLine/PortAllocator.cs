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
    private int _next;

    public PortAllocator(VmSpec spec)
    {
        _express = spec.Machine is MachineType.Q35;
        var count = !_express ? 0 : spec.HotplugPorts + spec.Nics.Count + spec.Drives.Count(drive => drive.Bus is DriveBus.Virtio);
        if (count > 8 * 22)
            throw new ArgumentException($"Drives and nics need {count} PCIe ports: use at most 176, or the scsi bus");
        Declarations = [.. Enumerable.Range(0, count).SelectMany(Declare)];
    }

    public IReadOnlyList<string> Declarations { get; }

    /// <summary>The bus for the next device, or null where the machine has one bus for all.</summary>
    public string? Next() => _express ? Name(_next++) : null;

    public static string Name(int index) => $"rp{index}";

    private static string[] Declare(int index)
    {
        var (slot, function) = (FirstSlot + index / 8, index % 8);
        var multifunction = function == 0 ? ",multifunction=on" : "";
        return ["-device", $"pcie-root-port,id={Name(index)},bus=pcie.0,addr=0x{slot:x}.0x{function:x},chassis={index + 1}{multifunction}"];
    }
}
