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

    private async Task End(Guest guest, Func<Task> end)
    {
        await end();
        _guests.TryRemove(KeyValuePair.Create(guest.Id, guest));
        await guest.Vm.DisposeAsync();
    }

    public Task Pause(Guid id, CancellationToken cancel) => Told(id, "paused", vm => vm.PauseAsync(cancel));

    public Task Resume(Guid id, CancellationToken cancel) => Told(id, "resumed", vm => vm.ContinueAsync(cancel));

    public Task Interrupt(Guid id, CancellationToken cancel) => Told(id, "interrupted", vm => vm.Qmp.InjectNmiAsync(cancel));

    public bool Runs(Guid id) => _guests.ContainsKey(id);

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
}
