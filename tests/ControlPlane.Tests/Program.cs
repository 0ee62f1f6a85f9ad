using Cumulet.ControlPlane.Tests.Foundation;

return args is [CloudHost.Argument, ..]
    ? await CloudHost.Run(args)
    : args.Any(a => a is "--server" or "--internal-msbuild-node")
        ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, Cumulet.ControlPlane.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
        : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
