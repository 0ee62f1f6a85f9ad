using Cumulet.Qemu.CommandLine;

namespace Cumulet.Qemu.Tests;

/// <summary>Whole command lines, one argument a line, against files in Golden/. Read a difference as a change for every guest.</summary>
public sealed class QemuCommandLineTests
{
    private static readonly DescriptorSource Anything = new DescriptorSource.File("/x");

    private static QemuHost Host(Accelerator accelerator, params string[] buffered) =>
        new("/usr/bin/qemu-system-x86_64", accelerator, AioMode.Native, buffered.ToHashSet());

    private static VmSpec Small => RealQemu.Spec with { HotplugPorts = 2 };

    private static VmSpec Full => Small with
    {
        Vcpus = 4,
        MemoryMiB = 2048,
        Firmware = new FirmwareSpec.Uefi(Anything, Anything),
        Console = new ConsoleSpec("/console.log", "/console.sock"),
        Smbios = new SmbiosSpec { Manufacturer = "Cumulet, Inc." },
        Drives =
        [
            new DriveSpec
            {
                Id = "vda", Serial = "0123456789abcdef0123", BootIndex = 0,
                Layers = [new LayerSpec("head", LayerFormat.Qcow2, Anything), new LayerSpec("l1", LayerFormat.Qcow2, Anything), new LayerSpec("base", LayerFormat.Raw, Anything)],
            },
            new DriveSpec { Id = "config", ReadOnly = true, Layers = [new LayerSpec("l0", LayerFormat.Raw, Anything)] },
            new DriveSpec { Id = "shared", Shared = true, Bus = DriveBus.Scsi, Layers = [new LayerSpec("l0", LayerFormat.Raw, Anything)] },
        ],
        Nics =
        [
            new NicSpec { Id = "nic0", Tap = Anything, Mac = "fa:16:3e:00:00:01", Mtu = 1450, Vhost = Anything },
            new NicSpec { Id = "nic1", Tap = Anything, Mac = "fa:16:3e:00:00:02", Model = NicModel.E1000 },
        ],
    };

    [Fact]
    public void Build_small_tcg_machine() => Golden("small-tcg", Small, Host(new Accelerator.Tcg("")));

    [Fact]
    public void Build_full_kvm_machine() => Golden("full-kvm", Full, Host(new Accelerator.Kvm(), "vda.base", "config.l0"));

    [Fact]
    public void Build_pc_machine_has_no_ports() =>
        Golden("pc", Full with { Machine = MachineType.Pc, Firmware = new FirmwareSpec.Bios(), Graphics = false }, Host(new Accelerator.Tcg("")));

    [Theory]
    [InlineData("a,b")]
    [InlineData("")]
    [InlineData("0a")]
    [InlineData("123456789012345678901")]
    public void Build_with_unsafe_ids_is_refused(string id)
    {
        var spec = Small with { Drives = [new DriveSpec { Id = id, Layers = [new LayerSpec("l0", LayerFormat.Raw, Anything)] }] };
        var refused = Assert.Throws<ArgumentException>(() => QemuCommandLine.Build(spec, DescriptorLayout.For(spec), Host(new Accelerator.Kvm())));
        Assert.Contains("Drive.Id", refused.Message);
    }

    [Fact]
    public void Build_with_other_unsound_values_is_refused()
    {
        var raw = new LayerSpec("l0", LayerFormat.Raw, Anything);
        VmSpec[] unsound =
        [
            Small with { Vcpus = 0 },
            Small with { MemoryMiB = 0 },
            Small with { CpuModel = "max,migratable=on;x" },
            Small with { Drives = [new DriveSpec { Id = "a", Layers = [] }] },
            Small with { Drives = [new DriveSpec { Id = "a", Layers = [raw, raw with { Name = "l1" }] }] },
            Small with { Drives = [new DriveSpec { Id = "a", Layers = [raw], Serial = "has space" }] },
            Small with { Drives = [new DriveSpec { Id = "a", Layers = [new LayerSpec("l0", LayerFormat.Qcow2, Anything)], Shared = true }] },
            Small with { Nics = [new NicSpec { Id = "a", Tap = Anything, Mac = "fa:16:3e:00:00" }] },
            Small with { Drives = [new DriveSpec { Id = "a", Layers = [raw] }], Nics = [new NicSpec { Id = "a", Tap = Anything, Mac = "fa:16:3e:00:00:01" }] },
        ];
        foreach (var spec in unsound)
            Assert.Throws<ArgumentException>(() => QemuCommandLine.Build(spec, DescriptorLayout.For(spec), Host(new Accelerator.Kvm())));
    }

    private static void Golden(string name, VmSpec spec, QemuHost host)
    {
        var argv = string.Join('\n', QemuCommandLine.Build(spec, DescriptorLayout.For(spec), host)) + "\n";
        var path = Path.Combine(AppContext.BaseDirectory, "Golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, name + ".txt"), argv);
        else
            Assert.Equal(File.ReadAllText(path), argv);
    }
}
