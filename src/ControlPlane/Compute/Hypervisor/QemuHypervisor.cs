using System.Collections.Concurrent;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Layers;
using Cumulet.Qemu;
using Cumulet.Qemu.Qmp;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>
/// Guests as QEMU processes, each with a folder <c>vms/ID</c> (monitor socket, console log, QEMU's own log, config drive) and a
/// user id of its own. The processes outlive the daemon; <see cref="Recover"/> takes them back.
/// </summary>
public sealed partial class QemuHypervisor : IHypervisor
{
    /// <summary>The first user id of guests; a guest's number is added.</summary>
    private const uint FirstUid = 200_000;
    private const int UidCount = 60_000;
    private static readonly TimeSpan QuitLimit = TimeSpan.FromSeconds(5);
    /// <summary>What copying in the background may take of a disk's throughput.</summary>
    private const long MergeBytesPerSecond = 64 << 20;
    private const int MaxConsoleBytes = 256 * 1024;
    private static readonly TimeSpan ConsoleRound = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly string _pool;
    private readonly long _reserve;
    private readonly TimeProvider _time;
    private readonly QemuLauncher _launcher;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<Guid, Guest> _guests = new();
    private readonly CancellationTokenSource _stopping = new();
    private Action<Guid, VmEvent> _watcher = (_, _) => { };

    public QemuHypervisor(CloudParts parts)
    {
        _folder = Path.Combine(Path.GetFullPath(parts.Options.StateDirectory), "vms");
        _pool = Path.Combine(Path.GetFullPath(parts.Options.StateDirectory), "disks");
        (_reserve, _time) = (parts.Options.DiskReserve, parts.Time);
        _log = parts.Logging.CreateLogger("qemu");
        var accelerator = Accelerator.Detect();
        if (accelerator is Accelerator.Tcg slow) LogTcg(slow.Why);
        _launcher = new QemuLauncher(new QemuOptions
        {
            LauncherPath = parts.Options.LauncherPath,
            LauncherArguments = parts.Options.LauncherArguments,
            QemuPath = QemuBinary.Find(),
            Accelerator = accelerator,
        }, parts.Time);
        _ = Task.Run(() => BoundConsoles(parts.Time));
        Facts = HostProbe.Facts("QEMU");
    }

    // A guest that talks without end must not fill the disk.
    private async Task BoundConsoles(TimeProvider time)
    {
        using var timer = new PeriodicTimer(ConsoleRound, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                foreach (var id in _guests.Keys)
                    if (Directory.Exists(FolderOf(id))) Cumulet.Qemu.ConsoleLog.Rotate(VmSpecs.ConsolePath(FolderOf(id)), MaxConsoleBytes * 4);
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    public HostFacts Facts { get; }

    public void Watch(Action<Guid, VmEvent> watcher) => _watcher = watcher;

    public async Task Start(VmPlan plan, Func<string, Task> remember, CancellationToken cancel)
    {
        if (_guests.TryGetValue(plan.Id, out var known))
        {
            foreach (var nic in plan.Nics) nic.Tap?.Dispose();
            MemoryOf(plan.Id).Discard();
            await known.Vm.ContinueAsync(cancel);
            return;
        }
        var folder = Directory.CreateDirectory(FolderOf(plan.Id)).FullName;
        var saved = MemoryOf(plan.Id).Places();
        var spec = VmSpecs.Of(plan, folder, saved) with { Firmware = FirmwareOf(plan, saved) };
        // A guest that goes on finds every disk as it left it.
        if (plan.ConfigDrive is { } drive && saved is null) await File.WriteAllBytesAsync(VmSpecs.ConfigDrivePath(folder), drive, cancel);
        Cumulet.Qemu.ConsoleLog.Rotate(VmSpecs.ConsolePath(folder), MaxConsoleBytes * 4);
        try
        {
            var vm = await _launcher.LaunchAsync(spec, new VmPaths(Path.Combine(folder, "qmp"), Path.Combine(folder, "qemu.log")), ConfinementOf(plan), cancel);
            foreach (var skipped in vm.Skipped) LogSkipped(plan.Id, skipped.Layer, skipped.Reason);
            await Run(plan.Id, vm, saved is not null, remember, cancel);
        }
        catch (Exception failure) when (failure is LaunchException or QmpException or MemoryException or ArgumentException or IOException)
        {
            throw new HypervisorException($"The guest could not be started: {failure.Message}", failure);
        }
    }

    private FirmwareSpec FirmwareOf(VmPlan plan, SavedPlaces? saved)
    {
        if (!plan.Uefi) return new FirmwareSpec.Bios();
        try
        {
            var firmware = UefiFirmware.Find();
            var variables = VariablesOf(plan.Id);
            if (plan.ForgetsFirmware && saved is null) variables.Discard();
            variables.Begin(firmware.Variables);
            return new FirmwareSpec.Uefi(new DescriptorSource.File(firmware.Code), new DescriptorSource.File(variables.File));
        }
        catch (Exception failure) when (failure is UefiMissingException or IOException)
        {
            throw new HypervisorException($"The guest could not be started: its image wants UEFI (hw_firmware_type), and {failure.Message}", failure);
        }
    }

    private FirmwareVariables VariablesOf(Guid id) => new(FolderOf(id));

    public void ForgetFirmware(Guid id) => VariablesOf(id).Discard();

    public IReadOnlyDictionary<Guid, bool>? Kept() => Directory.Exists(_folder)
        ? Directory.EnumerateDirectories(_folder).Select(path => Guid.TryParse(Path.GetFileName(path), out var id) ? id : Guid.Empty)
            .Where(id => id != Guid.Empty).ToDictionary(id => id, id => VariablesOf(id).Exist)
        : new Dictionary<Guid, bool>();

    private async Task Run(Guid id, RunningVm vm, bool resumes, Func<string, Task> remember, CancellationToken cancel)
    {
        try
        {
            if (resumes) await vm.LoadAsync(MemoryOf(id).File, cancel);
            await remember(vm.Handle.ToJson());
            MemoryOf(id).Discard();
            Follow(id, vm);
            await vm.BeginAsync(cancel);
        }
        catch
        {
            _guests.TryRemove(id, out _);
            await vm.KillAsync(CancellationToken.None);
            await vm.DisposeAsync();
            throw;
        }
    }

    private Confinement ConfinementOf(VmPlan plan) => new()
    {
        Uid = Environment.IsPrivilegedProcess ? FirstUid + (uint)(plan.Number % UidCount) : null,
    };

    private Guest Follow(Guid id, RunningVm vm)
    {
        var guest = new Guest(id, vm, seen => Seen(id, vm, seen), HasSpace, _time);
        _guests[id] = guest;
        guest.Begin();
        return guest;
    }

    // Less than the floor, which new work must leave to guests; more than one write, so that they do not stop at once again.
    private bool HasSpace() => new DriveInfo(_pool).AvailableFreeSpace >= Math.Clamp(_reserve, 1 << 20, 64 << 20);

    private void Seen(Guid id, RunningVm vm, VmEvent seen)
    {
        if (seen is VmEvent.Ended or VmEvent.Crashed && !_guests.TryRemove(KeyValuePair.Create(id, _guests.GetValueOrDefault(id)!))) return;
        LogSeen(id, seen);
        _watcher(id, seen);
    }

    public async Task<bool> Shutdown(Guid id, TimeSpan patience, CancellationToken cancel)
    {
        MemoryOf(id).Discard();
        if (!_guests.TryGetValue(id, out var guest)) return true;
        guest.Quiet = true;
        try
        {
            if (!await guest.Vm.PowerdownAsync(patience, cancel))
            {
                guest.Quiet = false;
                return false;
            }
        }
        catch (QmpException)
        {
            // Gone while it was asked, or a monitor that hangs: ending it settles both.
        }
        catch
        {
            guest.Quiet = false;
            throw;
        }
        await End(guest, () => guest.Vm.QuitAsync(QuitLimit, CancellationToken.None));
        return true;
    }

    public async Task Destroy(Guid id, CancellationToken cancel)
    {
        MemoryOf(id).Discard();
        if (!_guests.TryGetValue(id, out var guest)) return;
        guest.Quiet = true;
        await End(guest, () => guest.Vm.KillAsync(cancel));
    }

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

    private async Task End(Guest guest, Func<Task> end)
    {
        await end();
        _guests.TryRemove(KeyValuePair.Create(guest.Id, guest));
        await guest.Vm.DisposeAsync();
    }

    public Task Pause(Guid id, CancellationToken cancel) => Told(id, "paused", vm => vm.PauseAsync(cancel));

    public Task Resume(Guid id, CancellationToken cancel) => Told(id, "resumed", vm => vm.ContinueAsync(cancel));

    public Task Interrupt(Guid id, CancellationToken cancel) => Told(id, "interrupted", vm => vm.Qmp.InjectNmiAsync(cancel));

    public Task AttachDisk(Guid id, VmDisk disk, CancellationToken cancel) =>
        Hot(id, $"disk {disk.DeviceId} could not be attached", async vm =>
        {
            if ((await vm.DevicesAsync(cancel)).ContainsKey(disk.DeviceId)) return;
            await vm.PlugDriveAsync(VmSpecs.Drive(disk), cancel);
        });

    public Task DetachDisk(Guid id, string deviceId, CancellationToken cancel) =>
        Hot(id, $"disk {deviceId} could not be detached", vm => vm.UnplugDriveAsync(deviceId, UnplugPatience.Default, cancel));

    public Task AttachNic(Guid id, VmNic nic, CancellationToken cancel) =>
        nic.Tap is null ? Task.CompletedTask : Hot(id, $"interface {nic.DeviceId} could not be attached", async vm =>
        {
            if ((await vm.DevicesAsync(cancel)).ContainsKey(nic.DeviceId)) return;
            await vm.PlugNicAsync(VmSpecs.Nic(nic), cancel);
        });

    public Task DetachNic(Guid id, string deviceId, CancellationToken cancel) =>
        Hot(id, $"interface {deviceId} could not be detached", vm => vm.UnplugNicAsync(deviceId, UnplugPatience.Default, cancel));

    public bool Runs(Guid id) => _guests.ContainsKey(id);

    public bool HasDisksOpen(Guid id) => _guests.ContainsKey(id);

    public async Task<IReadOnlyDictionary<string, string?>?> DisksOf(Guid id, CancellationToken cancel)
    {
        if (!_guests.TryGetValue(id, out var guest)) return null;
        return (await guest.Vm.DisksAsync(cancel)).Where(d => d.Key != VmSpecs.ConfigDriveId)
            .ToDictionary(d => d.Key, d => (string?)d.Value.Name[(d.Value.Name.LastIndexOf('.') + 1)..], StringComparer.Ordinal);
    }

    public async Task<bool> SwitchHeads(Guid id, IReadOnlyList<NewHead> heads, CancellationToken cancel)
    {
        if (!_guests.TryGetValue(id, out var guest)) return false;
        await Hot(id, "the disks could not be switched to new heads", async vm =>
        {
            var current = await vm.DisksAsync(cancel);
            // Again after a crash: those that are on their new head already are left there.
            var missing = heads.Where(h => !current.TryGetValue(h.DeviceId, out var node) || !node.Name.EndsWith($".{VmSpecs.LayerName(h.Overlay.Id)}", StringComparison.Ordinal)).ToList();
            if (missing.Count > 0)
                await vm.SnapshotAsync([.. missing.Select(h => (VmSpecs.Stub(h), VmSpecs.Layer(h.Overlay)))], cancel);
        });
        return true;
    }

    public async Task<bool> ResizeDisk(Guid id, string deviceId, long bytes, CancellationToken cancel)
    {
        if (!_guests.ContainsKey(id)) return false;
        await Hot(id, $"disk {deviceId} could not be resized", vm => vm.ResizeDriveAsync(deviceId, bytes, cancel));
        return true;
    }

    public async Task<bool> MergeLayers(Guid id, string deviceId, LayerMerge merge, CancellationToken cancel)
    {
        if (!_guests.ContainsKey(id)) return false;
        await Hot(id, $"layers of disk {deviceId} could not be merged", vm => vm.MergeAsync(
            new DriveSpec { Id = deviceId, Layers = [VmSpecs.Layer(merge.Layer)] }, VmSpecs.Layer(merge.Layer),
            [.. merge.Taken.Select(VmSpecs.Layer)], merge.Below is { } below ? VmSpecs.Layer(below) : null, MergeBytesPerSecond, cancel));
        return true;
    }

    private async Task Told(Guid id, string what, Func<RunningVm, Task> tell)
    {
        if (!_guests.ContainsKey(id)) throw new HypervisorException($"the guest does not run, so it cannot be {what}");
        await Hot(id, $"the guest could not be {what}", tell);
    }

    private async Task Hot(Guid id, string wrong, Func<RunningVm, Task> change)
    {
        if (!_guests.TryGetValue(id, out var guest)) return;
        try
        {
            await change(guest.Vm);
        }
        catch (Exception failure) when (failure is QmpException or UnplugRefusedException or NoFreePortException or BlockJobException or ArgumentException or IOException)
        {
            throw new HypervisorException($"{wrong}: {failure.Message}", failure);
        }
    }

    public Task<string> ConsoleLog(Guid id, int? lines, CancellationToken cancel) =>
        Cumulet.Qemu.ConsoleLog.TailAsync(VmSpecs.ConsolePath(FolderOf(id)), lines, MaxConsoleBytes, cancel);

    public async Task<Stream> OpenScreen(Guid id, CancellationToken cancel) => _guests.TryGetValue(id, out var guest)
        ? await guest.Vm.OpenVncAsync(cancel)
        : throw new HypervisorException("the guest does not run, so it has no screen");

    public Task Migrate(Guid id, string host, CancellationToken cancel) =>
        throw new HypervisorException("there is no other host for guests of QEMU");

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

    public Task Forget(Guid id)
    {
        var folder = FolderOf(id);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    private string FolderOf(Guid id) => Path.Combine(_folder, id.ToString());

    /// <summary>Lets go of the guests; they run on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var guest in _guests.Values) await guest.Vm.DisposeAsync();
        _guests.Clear();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "guests run under TCG, slowly and without a security boundary: {why}")]
    private partial void LogTcg(string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "guest {id}: {layer} of the confinement is not available here: {reason}")]
    private partial void LogSkipped(Guid id, string layer, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "guest {id}: {seen}")]
    private partial void LogSeen(Guid id, VmEvent seen);

    [LoggerMessage(Level = LogLevel.Warning, Message = "guest {id} runs but its monitor does not answer: it is ended")]
    private partial void LogUnreachable(Exception failure, Guid id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "process {pid} is a guest of server {id} that nothing leads to: it is ended")]
    private partial void LogStray(Guid id, int pid);
}
