using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cumulet.Qemu.CommandLine;

/// <summary>What the command line depends on beside the spec.</summary>
/// <param name="Binary">Path of QEMU.</param>
/// <param name="Buffered">Purposes (see <see cref="PassedDescriptor"/>) whose files refuse O_DIRECT.</param>
public sealed record QemuHost(string Binary, Accelerator Accelerator, AioMode Aio, IReadOnlySet<string> Buffered);

/// <summary>Spec to argv; pure. Nothing a user wrote and no secret gets into it.</summary>
public static class QemuCommandLine
{
    /// <exception cref="ArgumentException">The spec holds a value that QEMU would misread.</exception>
    public static IReadOnlyList<string> Build(VmSpec spec, DescriptorLayout layout, QemuHost host)
    {
        SpecCheck.Check(spec);
        List<string> argv = [host.Binary];
        Add(argv, Machine(spec, host));
        Add(argv, Monitor(layout));
        foreach (var passed in layout.All.Where(passed => passed.Set is not null))
            Add(argv, ["-add-fd", $"fd={passed.Number},set={passed.Set},opaque={passed.Opaque}"]);
        Add(argv, Firmware(spec, layout, host));
        Add(argv, Console(spec, layout));
        Add(argv, FixedDevices(spec));
        var ports = new PortAllocator(spec);
        Add(argv, ports.Declarations);
        Add(argv, Drives(spec, layout, host, ports));
        Add(argv, Nics(spec, layout, ports));
        if (spec.Saved is not null)
            Add(argv, ["-incoming", "defer"]);
        return argv;
    }

    private static void Add(List<string> argv, IEnumerable<string> more) => argv.AddRange(more);

    private static List<string> Machine(VmSpec spec, QemuHost host)
    {
        var id = spec.Id.ToString("D");
        var kvm = host.Accelerator is Accelerator.Kvm;
        var machine = spec.Saved?.Machine ?? (spec.Machine is MachineType.Q35 ? "q35" : "pc");
        if (spec.Firmware is FirmwareSpec.Uefi)
            machine += ",pflash0=firmware-code,pflash1=firmware-vars";
        var smbios = spec.Smbios;
        return
        [
            "-S", "-name", $"guest={id},process=vm-{id[..8]}", "-uuid", id,
            "-nodefaults", "-no-user-config", "-msg", "timestamp=on",
            "-machine", $"{machine},dump-guest-core=off,vmport=off",
            "-accel", kvm ? "kvm" : "tcg,thread=multi",
            "-cpu", spec.CpuModel ?? (kvm ? "host" : "max"),
            "-m", $"{spec.MemoryMiB}M", "-smp", Number(spec.Vcpus),
            "-rtc", "base=utc", "-action", "shutdown=pause,reboot=reset,panic=pause",
            "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
            "-smbios",
            $"type=1,manufacturer={Escape(smbios.Manufacturer)},product={Escape(smbios.Product)},version={Escape(smbios.Version)},"
            + $"serial={id},uuid={id},family={Escape(smbios.Family)}",
            "-display", "none", "-vnc", "none",
        ];
    }

    private static string[] Monitor(DescriptorLayout layout) =>
    [
        "-chardev", $"socket,id=qmp,fd={layout.Number("qmp")},server=on,wait=off", "-mon", "chardev=qmp,mode=control",
    ];

    private static List<string> Firmware(VmSpec spec, DescriptorLayout layout, QemuHost host)
    {
        if (spec.Firmware is not FirmwareSpec.Uefi)
            return [];
        return
        [
            "-blockdev", Pflash("firmware-code", true, layout, host),
            "-blockdev", Pflash("firmware-vars", false, layout, host),
        ];
    }

    private static string Pflash(string purpose, bool readOnly, DescriptorLayout layout, QemuHost host) => Json(json =>
    {
        json.WriteString("driver"u8, "raw"u8);
        json.WriteString("node-name"u8, purpose);
        json.WriteBoolean("read-only"u8, readOnly);
        json.WriteStartObject("file"u8);
        // Flash is read once and written rarely, in odd sizes: through the page cache.
        BlockGraph.WriteFile(json, purpose + "-f", layout.SetPath(purpose), readOnly, true, host.Aio);
        json.WriteEndObject();
    });

    private static List<string> Console(VmSpec spec, DescriptorLayout layout)
    {
        if (spec.Console is not { } console)
            return [];
        var log = layout.SetPath("console");
        var chardev = console.SocketPath is null
            ? $"null,id=serial0,logfile={log},logappend=on"
            : $"socket,id=serial0,fd={layout.Number("console-socket")},server=on,wait=off,logfile={log},logappend=on";
        return ["-chardev", chardev, "-serial", "chardev:serial0"];
    }

    private static List<string> FixedDevices(VmSpec spec)
    {
        List<string> argv = ["-object", "iothread,id=io0"];
        if (spec.Graphics)
            argv.AddRange(["-device", "VGA,id=video0", "-device", "qemu-xhci,id=usb0", "-device", "usb-tablet,id=tablet0,bus=usb0.0"]);
        if (spec.Rng)
        {
            argv.AddRange(["-object", "rng-random,id=rng0,filename=/dev/urandom"]);
            argv.AddRange(["-device", "virtio-rng-pci,id=rng,rng=rng0,max-bytes=1024,period=1000"]);
        }
        if (spec.Balloon)
            argv.AddRange(["-device", "virtio-balloon-pci,id=balloon0,free-page-reporting=on"]);
        if (spec.Drives.Any(drive => drive.Bus is DriveBus.Scsi))
            argv.AddRange(["-device", "virtio-scsi-pci,id=scsi0,iothread=io0"]);
        return argv;
    }

    private static List<string> Drives(VmSpec spec, DescriptorLayout layout, QemuHost host, PortAllocator ports)
    {
        List<string> argv = [];
        var ideUnit = 0;
        foreach (var drive in spec.Drives)
        {
            var place = drive.Bus is DriveBus.Virtio ? ports.For(drive.Id) : ports.PlaceOf(drive.Id);
            var unit = drive.Bus is DriveBus.Ide ? ideUnit++ : 0;
            foreach (var secret in drive.Layers.Where(layer => layer.Secret is not null).Select(layer => DriveSpec.SecretOf(drive.Node(layer))))
                argv.AddRange(["-object", $"secret,id={secret},file=/proc/self/fd/{Number(layout.Number(secret))}"]);
            argv.AddRange(["-blockdev", Json(json => BlockGraph.WriteChain(json, drive, layout.SetPath, host.Buffered.Contains, host.Aio))]);
            argv.AddRange(["-device", Json(json => DeviceProperties.WriteDrive(json, drive, place, unit))]);
        }
        return argv;
    }

    private static List<string> Nics(VmSpec spec, DescriptorLayout layout, PortAllocator ports)
    {
        List<string> argv = [];
        foreach (var nic in spec.Nics)
        {
            var place = ports.For(nic.Id);
            var vhost = nic.Vhost is null ? null : Number(layout.Number($"{nic.Id}:vhost"));
            argv.AddRange(["-netdev", Json(json => DeviceProperties.WriteNetdev(json, nic, Number(layout.Number($"{nic.Id}:tap")), vhost))]);
            argv.AddRange(["-device", Json(json => DeviceProperties.WriteNic(json, nic, place))]);
        }
        return argv;
    }

    internal static string Json(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    // QEMU's option text: a comma within a value is written twice.
    private static string Escape(string value) => value.Replace(",", ",,", StringComparison.Ordinal);
}
