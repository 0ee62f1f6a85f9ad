using System.Diagnostics;
using System.Runtime.CompilerServices;
using Cumulet.Qemu.Launch;

namespace Cumulet.Qemu.Tests;

/// <summary>Makes this test program its own launcher: called with launch-vm it becomes QEMU before any test framework starts.</summary>
internal static class LaunchHook
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Cumulet.Qemu.Tests");

#pragma warning disable CA2255 // a program, not a library that others load
    [ModuleInitializer]
    public static void Initialize()
    {
        var arguments = Environment.GetCommandLineArgs();
        if (arguments.ElementAtOrDefault(1) == "launch-vm")
            Environment.Exit(LauncherMain.Run(arguments[2..]));
        if (arguments.ElementAtOrDefault(1) == "launch-and-die")
            LaunchAndDie(arguments[2]);
    }
#pragma warning restore CA2255

    // A daemon that is killed. Blocks, because nothing else of this assembly may run before its initializer has ended.
    private static void LaunchAndDie(string folder)
    {
        var vm = RealQemu.LauncherWith(null).LaunchAsync(
            RealQemu.Spec, new VmPaths(Under(folder, "qmp"), Under(folder, "qemu.log")), new Confinement(), CancellationToken.None)
            .GetAwaiter().GetResult();
        File.WriteAllText(Under(folder, "handle"), vm.Handle.ToJson());
        Process.GetCurrentProcess().Kill();
    }

    private static string Under(string folder, string name) => System.IO.Path.Combine(folder, name);
}
