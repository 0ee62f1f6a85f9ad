using System.Collections.Concurrent;
using Cumulet.ControlPlane.Store;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>A saga that was taken back, as those who waited for it learn it.</summary>
public sealed class SagaFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The work is not to be done now, or no more, and nothing is wrong: no reason to warn anybody.</summary>
public sealed class NotNowException(string message) : Exception(message);

/// <summary>Somebody asked for the end of what a saga was making, a server deleted while it builds.</summary>
public sealed class SagaInterruptedException() : Exception("interrupted by a later request");

/// <summary>
/// Runs the sagas. Those of one lane (<c>server:ID</c>) run one after the other in the order in which they were accepted;
/// lanes run side by side. At start every unfinished saga goes on where its journal ends.
/// </summary>
public sealed partial class SagaRunner(Database database, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(5);
    private const int MaxUndoAttempts = 8;
    private long _tidied;

    private readonly Dictionary<string, Saga> _registry = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    private sealed class Lane
    {
        public readonly Queue<SagaRow> Queue = new();
        public CancellationTokenSource? Running;
        /// <summary>The running saga is being taken back, or can no longer be.</summary>
        public bool IsDecided;
        public Task Drained = Task.CompletedTask;
    }

    public IEnumerable<Saga> Registered => _registry.Values.OrderBy(s => s.Name, StringComparer.Ordinal);

    public TSaga Register<TSaga>(TSaga saga) where TSaga : Saga
    {
        _registry.Add(saga.Name, saga);
        return saga;
    }

    /// <summary>
    /// Writes the saga into the caller's transaction, beside the row that says it has begun; it runs once that commit is durable.
    /// </summary>
    /// <param name="lane">The resource that it changes, <c>server:ID</c>.</param>
    /// <param name="id">Given where a start must not happen twice: a step that starts a child derives it from its own.</param>
    /// <returns>The saga's id, for <see cref="WhenDone"/>.</returns>
    public string Start<TState>(Tx tx, Saga<TState> saga, TState state, string lane, string requestId, string? id = null)
        where TState : class
    {
        var row = new SagaRow
        {
            Id = id ?? Guid.NewGuid().ToString(),
            Seq = 0,
            Name = saga.Name,
            Lane = lane,
            RequestId = requestId,
            State = saga.Save(state),
            Step = 0,
            Undoing = false,
            Attempts = 0,
        };
        if (id is not null && SagaJournal.Find(tx, id) is not null) return id;
        if (saga.BeginsWithPlan && !FaultPoint.Watches(saga.Name) && !SagaJournal.IsBusy(tx, lane))
            row = row with { State = saga.RunCommit(0, tx, row.State), Step = 1 };
        SagaJournal.Insert(tx, row, time.GetUtcNow());
        tx.AfterCommit(() => Enqueue(row));
        return row.Id;
    }

    /// <summary>Completes when the saga has gone through; throws <see cref="SagaFailedException"/> where it was taken back.</summary>
    public Task WhenDone(string id)
    {
        if (_waiting.TryGetValue(id, out var waiting)) return waiting.Task;
        var (isThere, outcome, cause) = database.Read(tx =>
        {
            var known = SagaJournal.Outcome(tx, id);
            return (SagaJournal.Find(tx, id) is not null, known.Outcome, known.Cause);
        });
        if (outcome == "undone") return Task.FromException(new SagaFailedException(cause ?? "taken back"));
        // Committed between the two looks.
        if (outcome is null && _waiting.TryGetValue(id, out waiting)) return waiting.Task;
        return outcome is null && isThere
            ? Task.FromException(new SagaFailedException("it cannot be carried on; the daemon's log has the cause"))
            : Task.CompletedTask;
    }

    /// <summary>True while something of this lane runs or waits.</summary>
    public bool IsBusy(string lane)
    {
        lock (_lanes) return _lanes.ContainsKey(lane);
    }

    /// <summary>
    /// Breaks off what runs in a lane, unless it is being taken back already or past its point of no return; it unwinds,
    /// then the lane goes on.
    /// </summary>
    public void Interrupt(string lane)
    {
        lock (_lanes)
        {
            // What waits for the token goes on elsewhere, not here under the lock.
            if (_lanes.TryGetValue(lane, out var running) && !running.IsDecided) _ = running.Running?.CancelAsync();
        }
    }

    /// <summary>Sagas of the journal that nobody carries on.</summary>
    public IReadOnlyList<string> Audit()
    {
        // The journal first: what ends meanwhile is out of both.
        var open = database.Read(SagaJournal.Unfinished);
        return [.. open.Where(row => !_waiting.ContainsKey(row.Id) && WasLeft(row)).Select(row => $"{row.Name} {row.Id} of {row.Lane} is unfinished and nobody carries it on")];
    }

    private bool WasLeft(SagaRow row) => database.Read(tx => SagaJournal.Outcome(tx, row.Id)).Outcome is null && !_waiting.ContainsKey(row.Id);

    /// <summary>Waits until no saga runs, those that begin meanwhile included.</summary>
    internal async Task Settled()
    {
        while (true)
        {
            Task[] running;
            lock (_lanes) running = [.. _lanes.Values.Select(lane => lane.Drained)];
            if (running.Length == 0) return;
            await Task.WhenAll(running);
        }
    }

    /// <summary>Takes up what an earlier process left unfinished.</summary>
    public int Resume()
    {
        var rows = database.Read(SagaJournal.Unfinished);
        foreach (var row in rows) Enqueue(row);
        return rows.Count;
    }

    /// <summary>
    /// Lets no further step begin; the steps in flight are broken off and run again at the next start. Completes when they
    /// have let go, or when the time limit has passed.
    /// </summary>
    public async Task Stop()
    {
        await _stopping.CancelAsync();
        Task[] running;
        lock (_lanes) running = [.. _lanes.Values.Select(lane => lane.Drained)];
        try
        {
            await Task.WhenAll(running).WaitAsync(StopLimit, time);
        }
        catch (TimeoutException)
        {
            LogStillRunning(running.Count(task => !task.IsCompleted));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{count} sagas did not let go in time; the next start takes them up")]
    private partial void LogStillRunning(int count);
}
