using System.Threading.Channels;
using Cumulet.ControlPlane.Store;
using Cumulet.Datapath;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Networking.Plan;

/// <summary>
/// The one that carries rows to the host. It takes no input: whoever changed rows pokes it, and it reads all of them.
/// Many pokes while it works make one more round.
///
///     commit ─▶ Poke ─▶ read rows ─▶ plan ─▶ IDatapath.ApplyAsync ─┐
///     Plug ─▶ Agreed ────────────────────────────────────────────┴─▶ those that waited for that poke go on
///
/// Rows are poked for before their write is acknowledged. So who waits, waits for the round of the last poke there was, not
/// for one of its own: a server's ports are carried while its disks are made.
/// </summary>
internal sealed partial class PlanApplier(Database database, IDatapath datapath, string host, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _pokes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(long Poke, TaskCompletionSource Done)> _waiting = [];
    private readonly bool _isAlone = database.Dialect is Dialect.Sqlite;
    private long _pokesSeen, _pokesCarried;
    private bool _isBroken;
    private HashSet<DatapathNamespace> _known = [];
    private Task _loop = Task.CompletedTask;

    /// <summary>After a round that made or removed namespaces: what came and what went.</summary>
    public event Action<IReadOnlyList<DatapathNamespace>, IReadOnlyList<DatapathNamespace>>? NamespacesChanged;

    public void Start()
    {
        Poke();
        _loop = Task.Run(Run);
    }

    public void Poke()
    {
        lock (_lock) _pokesSeen++;
        _pokes.Writer.TryWrite(true);
    }

    /// <summary>Completes when the host agrees with the rows as they are now, or later. Throws where it refuses.</summary>
    public Task Agreed(CancellationToken cancel)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Others that share the database do not poke here: then only a new reading tells.
        if (!_isAlone) Poke();
        lock (_lock)
        {
            if (_pokesCarried == _pokesSeen) return Task.CompletedTask;
            _waiting.Add((_pokesSeen, waiter));
            // Nobody waits out the pause after a failure.
            if (_isBroken) _pokes.Writer.TryWrite(true);
        }
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
        long poke;
        lock (_lock) poke = _pokesSeen;
        try
        {
            await datapath.ApplyAsync(Compile(), _stop.Token);
            Announce();
            foreach (var waiter in Served(poke, broken: false)) waiter.TrySetResult();
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            LogFailure(failure);
            foreach (var waiter in Served(poke, broken: true)) waiter.TrySetException(failure);
            // What failed may mend itself (a device that was busy), so another round comes though nobody asked.
            _ = Task.Delay(Again, time, _stop.Token).ContinueWith(_ => Poke(), _stop.Token, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
    }

    /// <summary>The end of a round that began after this poke: whom it was for.</summary>
    private List<TaskCompletionSource> Served(long poke, bool broken)
    {
        lock (_lock)
        {
            _isBroken = broken;
            if (!broken) _pokesCarried = poke;
            var served = _waiting.Where(w => w.Poke <= poke).Select(w => w.Done).ToList();
            _waiting.RemoveAll(w => w.Poke <= poke);
            return served;
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
            foreach (var (_, waiter) in _waiting) waiter.TrySetCanceled();
        await datapath.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the host does not carry the networks as planned; trying again")]
    private partial void LogFailure(Exception failure);
}
