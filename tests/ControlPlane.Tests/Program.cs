// The launcher of one virtual machine, as in the daemon's own program.
if (args is ["launch-vm", ..]) return Cumulet.Qemu.Launch.LauncherMain.Run(args[1..]);

return args.Any(a => a is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, Cumulet.ControlPlane.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
