using System.CommandLine;
using Cumulet.Commands;

// One binary, two names: called as `openstack` it is the client, as `cumulet` the cloud.
var invokedAs = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
if (invokedAs == "openstack") return await Cumulet.Cli.OpenStackCommand.Run(args);

// The launcher of one virtual machine: it must reach execve before anything else is set up.
if (args is ["launch-vm", ..]) return Cumulet.Qemu.Launch.LauncherMain.Run(args[1..]);

var root = new RootCommand("Cumulet: OpenStack in one process.")
{
    UpCommand.Create(),
    DownCommand.Create(),
    AskCommand.Status(),
    ResetCommand.Create(),
    AskCommand.Audit(),
    AskCommand.Sagas(),
    AskCommand.Meters(),
    ServeCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
