using System.Threading.Channels;
using Cumulet.Qemu.Launch;
using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu;

/// <summary>
/// One QEMU process that runs: its monitor and its end. Keeps no list of devices: what is plugged is asked of QEMU, so
/// a VM taken back after a restart is like one just started.
/// </summary>
/// <remarks>
/// Disposing lets go of the machine, it does not end it. Events are hints: the channel drops the oldest when nobody
/// reads, and those sent while no daemon was connected are lost; derive state by queries after <see cref="ReconnectAsync"/>.
/// Operations that change devices run one at a time.
/// </remarks>
public sealed partial class RunningVm : IAsyncDisposable
{
    private readonly ExitWatcher.Watched _process;
    private readonly QemuOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _devices = new(1);
    private readonly Channel<QmpEvent> _events =
        Channel.CreateBounded<QmpEvent>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Lock _gate = new();
    private readonly List<EventWait> _waits = [];
    private QmpConnection? _qmp;

    private RunningVm(VmHandle handle, ExitWatcher.Watched process, QemuOptions options, IReadOnlyList<SkippedConfinement> skipped, TimeProvider time)
    {
        Handle = handle;
        _process = process;
        _options = options;
        _time = time;
        Skipped = skipped;
    }

    /// <summary>To be stored; <see cref="QemuLauncher.ReattachAsync"/> takes it.</summary>
    public VmHandle Handle { get; }

    /// <summary>Confinement that the host could not give at launch; empty after a reattach.</summary>
    public IReadOnlyList<SkippedConfinement> Skipped { get; }

    /// <summary>Completes when the process has ended, with how.</summary>
    public Task<VmExit> Exited => _process.Exited;

    /// <summary>Completes when the monitor connection is over: QEMU died, hangs or babbles. See <see cref="ReconnectAsync"/>.</summary>
    public Task<QmpException> MonitorClosed => Qmp.Closed;

    /// <summary>Events for one reader, e.g. SHUTDOWN, RESET, STOP, BLOCK_IO_ERROR.</summary>
    public ChannelReader<QmpEvent> Events => _events.Reader;

    /// <summary>The monitor, for what has no verb here.</summary>
    public QmpConnection Qmp => _qmp ?? throw new InvalidOperationException("not connected");

    internal static async Task<RunningVm> ConnectAsync(
        VmHandle handle, ExitWatcher.Watched process, QemuOptions options, IReadOnlyList<SkippedConfinement> skipped,
        TimeProvider time, CancellationToken cancellation)
    {
        var vm = new RunningVm(handle, process, options, skipped, time);
        await vm.ReconnectAsync(cancellation);
        return vm;
    }

    /// <summary>Connects anew after the connection was lost while the process lives (a hang that healed, a poisoned monitor).</summary>
    public async Task ReconnectAsync(CancellationToken cancellation)
    {
        if (_qmp is { } old)
            await old.DisposeAsync();
        var qmp = await QmpConnection.ConnectAsync(Handle.QmpSocketPath, _options.Limits, _time, OnEvent, cancellation);
        try
        {
            var uuid = await qmp.QueryUuidAsync(cancellation);
            if (uuid != Handle.VmId)
                throw new QmpProtocolException($"the machine at {Handle.QmpSocketPath} is {uuid}, not {Handle.VmId}");
        }
        catch
        {
            await qmp.DisposeAsync();
            throw;
        }
        _qmp = qmp;
    }

    public Task<string> StatusAsync(CancellationToken cancellation) => Qmp.QueryStatusAsync(cancellation);

    /// <summary>Lets a machine run that was just launched: there is nothing to sweep, and the guest wants the processor.</summary>
    public Task BeginAsync(CancellationToken cancellation) => Qmp.ContinueAsync(cancellation);

    /// <summary>Starts or resumes; also after an I/O error or a full pool stopped the guest.</summary>
    public Task ContinueAsync(CancellationToken cancellation) =>
        ChangeDevicesAsync(async () =>
        {
            await Qmp.ContinueAsync(cancellation);
            await SweepDescriptorsAsync(cancellation);
            return true;
        }, cancellation);

    public Task PauseAsync(CancellationToken cancellation) => Qmp.StopAsync(cancellation);

    /// <summary>Hard reset; a guest that QEMU holds in <c>shutdown</c> starts over.</summary>
    public async Task ResetAsync(CancellationToken cancellation)
    {
        await Qmp.SystemResetAsync(cancellation);
        await ContinueAsync(cancellation);
    }

    /// <summary>Between two presses of the power button: a guest that boots does not hear it.</summary>
    private static readonly TimeSpan PressAgain = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Presses the power button, again and again, and waits for the guest to go down; false when it did not within the limit.
    /// </summary>
    public async Task<bool> PowerdownAsync(TimeSpan limit, CancellationToken cancellation)
    {
        using var shutdown = Await(e => e.Name == "SHUTDOWN");
        for (var left = limit; left > TimeSpan.Zero; left -= PressAgain)
        {
            await Qmp.SystemPowerdownAsync(cancellation);
            var wait = left < PressAgain ? left : PressAgain;
            if (await shutdown.WithinAsync(wait, cancellation) is not null) return true;
        }
        return false;
    }

    /// <summary>Ends QEMU in order (disks flushed); kills it when it does not go within the limit.</summary>
    public async Task<VmExit> QuitAsync(TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            await Qmp.QuitAsync(cancellation);
        }
        catch (QmpException)
        {
            // It closes the connection before or after its answer; a hanging monitor ends below.
        }
        try
        {
            return await Exited.WaitAsync(limit, _time, cancellation);
        }
        catch (TimeoutException)
        {
            return await KillAsync(cancellation);
        }
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public async Task<VmExit> KillAsync(CancellationToken cancellation)
    {
        _process.Kill();
        return await Exited.WaitAsync(cancellation);
    }

    /// <summary>Ids of the devices we plugged, with their QOM types.</summary>
    public async Task<IReadOnlyDictionary<string, string>> DevicesAsync(CancellationToken cancellation) =>
        await Qmp.QomListAsync("/machine/peripheral", cancellation);

    private EventWait Await(Func<QmpEvent, bool> wanted)
    {
        var wait = new EventWait(this, wanted);
        lock (_gate)
            _waits.Add(wait);
        return wait;
    }

    private void OnEvent(QmpEvent happened)
    {
        _events.Writer.TryWrite(happened);
        lock (_gate)
        {
            foreach (var wait in _waits)
                wait.Offer(happened);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_qmp is { } qmp)
            await qmp.DisposeAsync();
        _events.Writer.TryComplete();
    }

    /// <summary>Registered before the command whose event it awaits, so that none is missed.</summary>
    private sealed class EventWait(RunningVm vm, Func<QmpEvent, bool> wanted) : IDisposable
    {
        private readonly Channel<QmpEvent> _seen = Channel.CreateUnbounded<QmpEvent>();

        public void Offer(QmpEvent happened)
        {
            if (wanted(happened))
                _seen.Writer.TryWrite(happened);
        }

        /// <summary>The next such event, or null when the limit has passed.</summary>
        /// <exception cref="QmpClosedException">The monitor went away meanwhile.</exception>
        public async Task<QmpEvent?> WithinAsync(TimeSpan limit, CancellationToken cancellation)
        {
            using var timer = new CancellationTokenSource(limit, vm._time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
            var next = _seen.Reader.ReadAsync(either.Token).AsTask();
            try
            {
                if (await Task.WhenAny(next, vm.MonitorClosed) == next)
                    return await next;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return null;
            }
            await either.CancelAsync();
            var reason = await vm.MonitorClosed;
            throw new QmpClosedException(reason.Message, reason);
        }

        public void Dispose()
        {
            lock (vm._gate)
                vm._waits.Remove(this);
        }
    }

    private async Task<T> ChangeDevicesAsync<T>(Func<Task<T>> change, CancellationToken cancellation)
    {
        await _devices.WaitAsync(cancellation);
        try
        {
            return await change();
        }
        finally
        {
            _devices.Release();
        }
    }
}
