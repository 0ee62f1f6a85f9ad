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
    }
#pragma warning restore CA2255
}
