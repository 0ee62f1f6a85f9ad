using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu.Tests;

/// <summary>Starts the QEMU of this host for a test and makes sure that it is gone afterwards.</summary>
internal sealed class RealQemu(QmpLimits? limits = null) : IAsyncDisposable
{
    private readonly List<RunningVm> _started = [];

    public ScratchFolder Folder { get; } = new();

    public static bool Root => Environment.UserName == "root";

    public QemuLauncher Launcher { get; } = LauncherWith(limits);

    public static QemuLauncher LauncherWith(QmpLimits? limits) => new(
        new QemuOptions
        {
            LauncherPath = LaunchHook.Path,
            QemuPath = QemuBinary.Find(),
            Accelerator = new Accelerator.Tcg("tests"),
            Limits = limits ?? new QmpLimits { Greeting = TimeSpan.FromSeconds(20) },
        },
        TimeProvider.System);

    public static VmSpec Spec { get; } = new() { Id = Guid.Parse("0b5f3c52-3d0f-4b7e-9a55-7a6a3c0a1d11"), Vcpus = 1, MemoryMiB = 32, HotplugPorts = 4 };

    public static LayerSpec Raw(string name, string path) => new(name, LayerFormat.Raw, new DescriptorSource.File(path));

    public async Task<RunningVm> StartAsync(VmSpec spec, Confinement? confinement = null)
    {
        var vm = await Launcher.LaunchAsync(
            spec, new VmPaths(Folder.File("qmp"), Folder.File("qemu.log")),
            confinement ?? new Confinement { Uid = Root ? 212345 : null }, TestContext.Current.CancellationToken);
        _started.Add(vm);
        return vm;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var vm in _started)
        {
            await vm.KillAsync(CancellationToken.None);
            await vm.DisposeAsync();
        }
        Folder.Dispose();
    }
}
