using System.Collections.Concurrent;
using Cumulet.ControlPlane.Store;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>A saga that was taken back, as those who waited for it learn it.</summary>
public sealed class SagaFailedException(string message, Exception? inner = null) : Exception(message, inner);

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

    // Not twice: a saga that a room started before Resume is in the journal too.
    private void Enqueue(SagaRow row)
    {
        if (!_waiting.TryAdd(row.Id, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))) return;
        lock (_lanes)
        {
            if (_lanes.TryGetValue(row.Lane, out var known))
            {
                known.Queue.Enqueue(row);
                return;
            }
            var lane = new Lane();
            lane.Queue.Enqueue(row);
            _lanes.Add(row.Lane, lane);
            lane.Drained = Task.Run(() => Drain(row.Lane, lane));
        }
    }

    private async Task Drain(string name, Lane lane)
    {
        while (true)
        {
            SagaRow row;
            CancellationTokenSource running;
            lock (_lanes)
            {
                if (lane.Queue.Count == 0 || _stopping.IsCancellationRequested)
                {
                    _lanes.Remove(name);
                    return;
                }
                row = lane.Queue.Dequeue();
                running = lane.Running = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                lane.IsDecided = row.Undoing;
            }
            try
            {
                await Carry(row, lane, running);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The journal has it; the next start goes on.
            }
            catch (Exception failure)
            {
                LogLost(failure, row.Name, row.Id);
                Answer(row.Id, new SagaFailedException($"{row.Name} cannot be carried on; the daemon's log has the cause", failure));
            }
            finally
            {
                lock (_lanes)
                {
                    lane.Running = null;
                    running.Dispose();
                }
            }
        }
    }

    private async Task Carry(SagaRow row, Lane lane, CancellationTokenSource running)
    {
        if (!_registry.TryGetValue(row.Name, out var saga))
            throw new InvalidOperationException($"the journal names a saga '{row.Name}' that this program does not have");
        Exception? cause = null;
        while (!row.Undoing && row.Step < saga.StepCount)
        {
            if (!saga.Returns(row.Step)) Decide(lane);
            try
            {
                row = await Forward(saga, row, saga.Returns(row.Step) ? running.Token : _stopping.Token);
            }
            catch (Exception failure) when (!_stopping.IsCancellationRequested)
            {
                if (!saga.Returns(row.Step) || failure is StoreUnavailableException)
                {
                    row = await Backoff(saga, row, failure);
                    continue;
                }
                cause = running.IsCancellationRequested ? new SagaInterruptedException() : failure;
                LogFailed(cause, saga.Name, saga.StepName(row.Step), row.Id, row.RequestId);
                // A commit that failed has left nothing behind; an effect that failed may have left half of itself.
                var last = saga.IsCommit(row.Step) ? row.Step - 1 : row.Step;
                row = row with { Undoing = true, Step = last, Attempts = 0, Cause = cause.Message };
                await Save(row);
            }
        }
        Decide(lane);
        while (row.Undoing && row.Step >= 0) row = await Backward(saga, row);
        await End(saga, row, cause);
    }

    private void Decide(Lane lane)
    {
        lock (_lanes) lane.IsDecided = true;
    }

    private async Task<SagaRow> Forward(Saga saga, SagaRow row, CancellationToken cancel)
    {
        var step = saga.StepName(row.Step);
        FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.Before);
        cancel.ThrowIfCancellationRequested();
        if (saga.IsCommit(row.Step))
        {
            var next = await Journaled(row, (tx, at) =>
            {
                var state = saga.RunCommit(at.Step, tx, at.State);
                FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.After);
                return at with { State = state, Step = at.Step + 1, Attempts = 0 };
            });
            FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.Recorded);
            return next;
        }
        var after = await saga.Run(row.Step, row.State, cancel) ?? row.State;
        if (FaultPoint.Twice(saga.Name, row.Id, step, FaultMoment.After)) after = await saga.Run(row.Step, row.State, cancel) ?? row.State;
        FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.After);
        var done = row with { State = after, Step = row.Step + 1, Attempts = 0 };
        await Save(done);
        FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.Recorded);
        return done;
    }

    private async Task<SagaRow> Backward(Saga saga, SagaRow row)
    {
        var step = saga.StepName(row.Step);
        try
        {
            FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.UndoBefore);
            if (!saga.IsCommit(row.Step))
            {
                await saga.Undo(row.Step, row.State, _stopping.Token);
                if (FaultPoint.Twice(saga.Name, row.Id, step, FaultMoment.UndoAfter)) await saga.Undo(row.Step, row.State, _stopping.Token);
            }
            FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.UndoAfter);
            return await Journaled(row, (tx, at) =>
            {
                if (saga.IsCommit(at.Step)) saga.UndoCommit(at.Step, tx, at.State);
                return at with { Step = at.Step - 1, Attempts = 0 };
            });
        }
        catch (Exception failure) when (!_stopping.IsCancellationRequested)
        {
            if (row.Attempts + 1 < MaxUndoAttempts) return await Backoff(saga, row, failure);
            // What cannot be taken back is left to the reconcilers and shown by the audit; the rest is still undone.
            LogUndoGivenUp(failure, saga.Name, step, row.Id);
            // In the journal too: it is believed where it and the runner differ, and would begin again here for ever.
            var next = row with { Step = row.Step - 1, Attempts = 0 };
            await Save(next);
            return next;
        }
    }

    private async Task<SagaRow> Backoff(Saga saga, SagaRow row, Exception failure)
    {
        var wait = Wait(row.Attempts);
        LogRetry(failure, saga.Name, saga.StepName(row.Step), row.Id, wait.TotalMilliseconds);
        var next = row with { Attempts = row.Attempts + 1 };
        await Save(next);
        await Task.Delay(wait, time, _stopping.Token);
        return next;
    }

    private static TimeSpan Wait(int attempts) =>
        TimeSpan.FromMilliseconds(Math.Min(100 * Math.Pow(2, attempts), MaxBackoff.TotalMilliseconds));

    private Task Save(SagaRow row) => Persist(row, tx => SagaJournal.Save(tx, row, time.GetUtcNow()));

    /// <summary>
    /// A change of rows and its journal entry in one commit. Where an earlier try got through after all, although the
    /// connection was lost before it could say so, the journal is ahead of us and is believed.
    /// </summary>
    private async Task<SagaRow> Journaled(SagaRow row, Func<Tx, SagaRow, SagaRow> change)
    {
        var result = row;
        await Persist(row, tx =>
        {
            var known = SagaJournal.Find(tx, row.Id) ?? throw new InvalidOperationException($"saga {row.Id} is not in the journal");
            result = known;
            if (known.Step != row.Step || known.Undoing != row.Undoing) return;
            result = change(tx, row);
            SagaJournal.Save(tx, result, time.GetUtcNow());
        });
        return result;
    }

    // A database that is away for a while must not look like a step that failed.
    private async Task Persist(SagaRow row, Action<Tx> body)
    {
        for (var attempts = 0; ; attempts++)
        {
            try
            {
                await database.Write(body);
                return;
            }
            catch (Exception failure) when (failure is StoreUnavailableException or StoreFullException && !_stopping.IsCancellationRequested)
            {
                LogNotRecorded(failure, row.Name, row.Id, Wait(attempts).TotalMilliseconds);
                await Task.Delay(Wait(attempts), time, _stopping.Token);
            }
        }
    }

    private async Task End(Saga saga, SagaRow row, Exception? cause)
    {
        var reason = row.Undoing ? cause ?? new SagaFailedException(row.Cause ?? "taken back") : null;
        await Persist(row, tx =>
        {
            if (SagaJournal.Outcome(tx, row.Id).Outcome is not null) return;
            saga.End(tx, row.State, reason);
            SagaJournal.Close(tx, row, time.GetUtcNow());
        });
        Answer(row.Id, reason is null ? null : new SagaFailedException(reason.Message, reason));
        await Tidy();
    }

    private void Answer(string id, SagaFailedException? failure)
    {
        if (!_waiting.TryRemove(id, out var waiting)) return;
        if (failure is null) waiting.TrySetResult();
        else if (waiting.TrySetException(failure)) _ = waiting.Task.Exception;
    }

    private async Task Tidy()
    {
        var now = time.GetUtcNow();
        var last = Interlocked.Read(ref _tidied);
        if (now.Ticks - last < TidyEvery.Ticks || Interlocked.CompareExchange(ref _tidied, now.Ticks, last) != last) return;
        try
        {
            await database.Write(tx => SagaJournal.Tidy(tx, now));
        }
        catch (Exception failure) when (failure is StoreUnavailableException or StoreFullException)
        {
            LogNotTidied(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{saga}: step '{step}' failed, taking it back (saga {id}, {requestId})")]
    private partial void LogFailed(Exception cause, string saga, string step, string id, string requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{saga}: step '{step}' of {id} failed, again in {milliseconds} ms")]
    private partial void LogRetry(Exception cause, string saga, string step, string id, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{saga}: the undo of '{step}' of {id} does not work")]
    private partial void LogUndoGivenUp(Exception cause, string saga, string step, string id);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{saga} {id} was lost by the runner; the next start takes it up")]
    private partial void LogLost(Exception cause, string saga, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{saga} {id}: the journal cannot be written, again in {milliseconds} ms")]
    private partial void LogNotRecorded(Exception cause, string saga, string id, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the journal could not be tidied; it is tried again later")]
    private partial void LogNotTidied(Exception cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{count} sagas did not let go in time; the next start takes them up")]
    private partial void LogStillRunning(int count);
}
