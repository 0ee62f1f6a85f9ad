using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.Qemu;
using Cumulet.Qemu.Qmp;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>
/// One running guest and the one loop that watches it: events of its monitor and the end of its process become
/// observations, in their order. A guest that shuts itself down is held by QEMU until the loop ends it, so that its
/// disks are flushed before anybody else opens them.
/// </summary>
internal sealed class Guest(Guid id, RunningVm vm, Action<VmEvent> seen)
{
    private static readonly TimeSpan QuitLimit = TimeSpan.FromSeconds(5);

    public Guid Id => id;
    public RunningVm Vm => vm;
    /// <summary>Somebody is ending it on purpose: the end is no news.</summary>
    public volatile bool Quiet;

    public void Begin()
    {
        _ = Task.Run(ReadEvents);
        _ = Task.Run(AwaitEnd);
    }

    private async Task ReadEvents()
    {
        await foreach (var happened in vm.Events.ReadAllAsync())
        {
            switch (happened.Name)
            {
                case "SHUTDOWN" when !Quiet && happened.Text("reason") is not ("host-qmp-quit" or "host-signal"):
                    await vm.QuitAsync(QuitLimit, CancellationToken.None);
                    break;
                case "STOP" when !Quiet && await Status() is "io-error" or "guest-panicked" or "internal-error":
                    seen(VmEvent.Halted);
                    break;
                case "RESUME" when !Quiet:
                    seen(VmEvent.Running);
                    break;
            }
        }
    }

    private async Task<string?> Status()
    {
        try
        {
            return await vm.StatusAsync(CancellationToken.None);
        }
        catch (QmpException)
        {
            return null;
        }
    }

    private async Task AwaitEnd()
    {
        var exit = await vm.Exited;
        if (Quiet) return;
        seen(exit is VmExit.Code { Value: 0 } or VmExit.Unknown ? VmEvent.Ended : VmEvent.Crashed);
        await vm.DisposeAsync();
    }
}
