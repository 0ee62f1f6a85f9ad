using System.Threading.Channels;
using Cumulet.ControlPlane.Store;
using Cumulet.Datapath;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Networking.Plan;

/// <summary>
/// The one that carries rows to the host. It takes no input: whoever changed rows pokes it, and it reads all of them.
/// Many pokes while it works make one more round.
///
///     commit ─▶ Poke ─┐
///     Plug ─▶ Agreed ─┴─▶ read rows ─▶ plan ─▶ IDatapath.ApplyAsync ─▶ those that waited go on
/// </summary>
internal sealed partial class PlanApplier(Database database, IDatapath datapath, string host, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _pokes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private List<TaskCompletionSource> _waiting = [];
    private HashSet<DatapathNamespace> _known = [];
    private Task _loop = Task.CompletedTask;

    /// <summary>After a round that made or removed namespaces: what came and what went.</summary>
    public event Action<IReadOnlyList<DatapathNamespace>, IReadOnlyList<DatapathNamespace>>? NamespacesChanged;

    public void Start() => _loop = Task.Run(Run);

    public void Poke() => _pokes.Writer.TryWrite(true);

    /// <summary>Completes when the host agrees with the rows as they are now, or later. Throws where it refuses.</summary>
    public Task Agreed(CancellationToken cancel)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) _waiting.Add(waiter);
        Poke();
        return waiter.Task.WaitAsync(cancel);
    }

    public NetworkPlan Compile() => database.Read(tx => RowsToPlan.Compile(tx, host));

    private async Task Run()
    {
        try
        {
            while (await _pokes.Reader.WaitToReadAsync(_stop.Token))
            {
                while (_pokes.Reader.TryRead(out _)) { }
                await Round();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private async Task Round()
    {
        List<TaskCompletionSource> waiters;
        lock (_lock) (waiters, _waiting) = (_waiting, []);
        try
        {
            await datapath.ApplyAsync(Compile(), _stop.Token);
            Announce();
            foreach (var waiter in waiters) waiter.TrySetResult();
        }
        catch (OperationCanceledException stopped) when (_stop.IsCancellationRequested)
        {
            foreach (var waiter in waiters) waiter.TrySetCanceled(stopped.CancellationToken);
            throw;
        }
        catch (Exception failure)
        {
            LogFailure(failure);
            foreach (var waiter in waiters) waiter.TrySetException(failure);
            // What failed may mend itself (a device that was busy), so another round comes though nobody asked.
            _ = Task.Delay(Again, time, _stop.Token).ContinueWith(_ => Poke(), _stop.Token, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
    }

    private void Announce()
    {
        var now = datapath.Namespaces.ToHashSet();
        var (added, removed) = (now.Except(_known).ToList(), _known.Except(now).ToList());
        _known = now;
        if (added.Count + removed.Count > 0) NamespacesChanged?.Invoke(added, removed);
    }

    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _loop;
        lock (_lock)
            foreach (var waiter in _waiting) waiter.TrySetCanceled();
        await datapath.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the host does not carry the networks as planned; trying again")]
    private partial void LogFailure(Exception failure);
}
