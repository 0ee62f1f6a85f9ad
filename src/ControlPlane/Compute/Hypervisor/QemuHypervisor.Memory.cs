using Cumulet.Qemu;
using Cumulet.Qemu.Qmp;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>Guests whose memory is on disk while they do not run.</summary>
public sealed partial class QemuHypervisor
{
    public async Task Suspend(Guid id, CancellationToken cancel)
    {
        var memory = MemoryOf(id);
        if (!_guests.TryGetValue(id, out var guest))
        {
            if (memory.Places() is null) throw new HypervisorException("the guest does not run, so it cannot be suspended");
            return;
        }
        guest.Quiet = true;
        try
        {
            memory.Complete(await guest.Vm.SaveAsync(memory.File, cancel));
        }
        catch (Exception failure) when (failure is MemoryException or QmpException or IOException or OperationCanceledException)
        {
            memory.Discard();
            guest.Quiet = false;
            await Hot(id, "the guest could not go on", vm => vm.ContinueAsync(CancellationToken.None));
            if (failure is OperationCanceledException) throw;
            throw new HypervisorException($"the guest's memory could not be saved: {failure.Message}", failure);
        }
        await End(guest, () => guest.Vm.QuitAsync(QuitLimit, CancellationToken.None));
    }

    private SavedMemory MemoryOf(Guid id) => new(FolderOf(id));
}
