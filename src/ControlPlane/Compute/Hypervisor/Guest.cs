using Cumulet.ControlPlane.Compute.Servers;
using System.Text.Json;
using Cumulet.Qemu;
using Cumulet.Qemu.Qmp;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>
/// One running guest and the one loop that watches it: events of its monitor and the end of its process become
/// observations, in their order. A guest that shuts itself down is held by QEMU until the loop ends it, so that its
/// disks are flushed before anybody else opens them. One that a full pool has stopped goes on as soon as there is space.
/// </summary>
/// <param name="hasSpace">Whether guests may write again.</param>
internal sealed class Guest(Guid id, RunningVm vm, Action<VmEvent> seen, Func<bool> hasSpace, TimeProvider time)
{
    private static readonly TimeSpan QuitLimit = TimeSpan.FromSeconds(5);
    // The kernel tells nobody that space has come back.
    private static readonly TimeSpan SpaceRound = TimeSpan.FromSeconds(2);

    private int _waitsForSpace;
    private bool _full;

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
                case "BLOCK_IO_ERROR":
                    _full = happened.Data.TryGetProperty("nospace", out var nospace) && nospace.ValueKind == JsonValueKind.True;
                    break;
                case "STOP" when !Quiet && await Status() is "io-error" or "guest-panicked" or "internal-error":
                    seen(VmEvent.Halted);
                    if (_full) AwaitSpace();
                    break;
                case "RESUME" when !Quiet:
                    seen(VmEvent.Running);
                    break;
            }
        }
    }

    /// <summary>Lets a guest that was stopped by an I/O error go on when there is space; again until it has gone through.</summary>
    public void AwaitSpace()
    {
        if (Interlocked.Exchange(ref _waitsForSpace, 1) == 0) _ = Task.Run(GoOnWithSpace);
    }

    private async Task GoOnWithSpace()
    {
        using var round = new PeriodicTimer(SpaceRound, time);
        while (!vm.Exited.IsCompleted && !Quiet && await round.WaitForNextTickAsync())
        {
            if (!hasSpace()) continue;
            Interlocked.Exchange(ref _waitsForSpace, 0);
            try
            {
                if (await Status() == "io-error") await vm.ContinueAsync(CancellationToken.None);
            }
            catch (QmpException)
            {
                // It ends, or its monitor hangs: the next start takes it up.
            }
            return;
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
