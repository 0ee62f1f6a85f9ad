using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.Qemu;
using Cumulet.Qemu.Qmp;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>What a daemon that starts does with the guests of the one before it.</summary>
public sealed partial class QemuHypervisor
{
    public async Task<PowerState> Recover(Guid id, string handle, CancellationToken cancel)
    {
        RunningVm? vm;
        try
        {
            vm = await _launcher.ReattachAsync(VmHandle.Parse(handle), cancel);
        }
        catch (QmpException unreachable)
        {
            // It lives and does not answer: nobody can use it, and its disks must be free before another start.
            LogUnreachable(unreachable, id);
            await QemuLauncher.KillAsync(VmHandle.Parse(handle), cancel);
            return PowerState.NoState;
        }
        if (vm is null) return PowerState.NoState;
        var status = await vm.StatusAsync(cancel);
        if (status is "shutdown" or "internal-error" or "guest-panicked")
        {
            await vm.QuitAsync(QuitLimit, cancel);
            await vm.DisposeAsync();
            return PowerState.Shutdown;
        }
        var guest = Follow(id, vm);
        if (status == "io-error") guest.AwaitSpace();
        return status == "running" ? PowerState.Running : PowerState.Paused;
    }

    public async Task<int> EndStrays(IReadOnlySet<Guid> servers, CancellationToken cancel)
    {
        var strays = StrayGuests.Find(servers).Where(s => !_guests.TryGetValue(s.Id, out var guest) || guest.Vm.Handle.Pid != s.Pid).ToList();
        foreach (var (pid, id) in strays) LogStray(id, pid);
        // Side by side: the end of another's child is noticed late.
        return (await Task.WhenAll(strays.Select(s => StrayGuests.End(s.Pid, s.Id, cancel)))).Count(gone => gone);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "guest {id} runs but its monitor does not answer: it is ended")]
    private partial void LogUnreachable(Exception failure, Guid id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "process {pid} is a guest of server {id} that nothing leads to: it is ended")]
    private partial void LogStray(Guid id, int pid);
}
