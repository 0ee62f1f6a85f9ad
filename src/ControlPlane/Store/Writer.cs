using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Cumulet.ControlPlane.Store;

/// <summary>
/// The one writer: a thread that drains the queue into one transaction at a time.
///
///     begin ─▶ take turn ─▶ body, body, body (a savepoint each) ─▶ commit ─▶ after-commit actions, tasks complete
///
/// A connection that is lost before the commit has left nothing behind, and the batch runs again on a fresh one. One that
/// is lost in the commit leaves a question, which PostgreSQL answers by the transaction's number: so nobody is ever told
/// that something failed which is there.
/// </summary>
internal sealed class Writer : IDisposable
{
    private const int MaxBatch = 256;
    private static readonly TimeSpan OutcomeLimit = TimeSpan.FromSeconds(10);

    private readonly Func<StoreConnection> _open;
    private readonly TableClock? _clock;
    private readonly Action<Exception> _afterCommitFailed;
    private readonly BlockingCollection<IWork> _queue = new(new ConcurrentQueue<IWork>());
    private readonly Thread _thread;
    private StoreConnection? _connection;

    public Writer(Func<StoreConnection> open, TableClock? clock, Action<Exception> afterCommitFailed)
    {
        _open = open;
        _clock = clock;
        _afterCommitFailed = afterCommitFailed;
        _connection = open();
        _thread = new Thread(Run) { IsBackground = true, Name = "store-writer" };
        _thread.Start();
    }

    public Task<T> Enqueue<T>(Func<Tx, T> body)
    {
        var work = new Work<T>(body);
        try
        {
            _queue.Add(work);
        }
        catch (InvalidOperationException closed)
        {
            return Task.FromException<T>(new StoreUnavailableException("the cloud is stopping", closed));
        }
        return work.Task;
    }

    private void Run()
    {
        var batch = new List<IWork>(MaxBatch);
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < MaxBatch && _queue.TryTake(out var more)) batch.Add(more);
            Settle(batch);
        }
    }

    private void Settle(List<IWork> batch)
    {
        var failure = Attempt(batch, out var isLost);
        if (failure is not null && isLost) failure = Attempt(batch, out _);
        if (failure is not null && batch.Count > 1 && StoreFailure.Named(failure) is not StoreUnavailableException)
        {
            // One of them broke the whole transaction, as a full disk does: alone the others may fit.
            foreach (var work in batch) Settle([work]);
            return;
        }
        foreach (var work in batch)
        {
            if (failure is null) work.Succeed(_afterCommitFailed);
            else work.Fail(StoreFailure.Named(failure));
        }
    }

    /// <param name="isLost">The connection went and with it the whole batch: it may be run again.</param>
    private Exception? Attempt(List<IWork> batch, out bool isLost)
    {
        isLost = false;
        string? number = null;
        var isCommitting = false;
        try
        {
            _connection ??= _open();
            using var transaction = Database.Begin(_connection, write: true);
            _connection.Enter(transaction);
            number = TakeTurn(_connection);
            if (batch is [var alone])
            {
                if (!RunAlone(_connection, alone)) return null;
            }
            else
            {
                foreach (var work in batch) Apply(_connection, work);
            }
            isCommitting = true;
            using (_clock?.Changes(_connection.Changes)) transaction.Commit();
            return null;
        }
        catch (Exception failure)
        {
            // Whatever went wrong outside a body: the connection's state is not known, so it is not used again.
            isLost = _connection is { IsOpen: false };
            Forget();
            if (!isCommitting || !isLost || number is null) return failure;
            isLost = false;
            return Outcome(number) switch
            {
                true => null,
                false => failure,
                null => new StoreUnavailableException("the database was lost in the middle of a commit; what became of it is not known", failure),
            };
        }
        finally
        {
            _connection?.Enter(null);
        }
    }

    // Several control planes may share a PostgreSQL: they take turns, as threads do here.
    private static string? TakeTurn(StoreConnection connection) => connection.Dialect is Dialect.Postgres
        ? connection.Ask("SELECT pg_current_xact_id()::text FROM (SELECT pg_advisory_xact_lock(7235419)) AS turn")
        : null;

    private void Forget()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (Exception broken) when (StoreFailure.IsOfStore(broken) || broken is InvalidOperationException or IOException)
        {
            // It was lost before; there is nothing left to close.
        }
        _connection = null;
    }

    /// <summary>Whether a transaction got through: asked until the server answers or the limit has passed.</summary>
    private bool? Outcome(string number)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(end) < OutcomeLimit)
        {
            try
            {
                _connection ??= _open();
                var status = _connection.Ask($"SELECT pg_xact_status('{ulong.Parse(number, System.Globalization.CultureInfo.InvariantCulture)}'::xid8)");
                if (status != "in progress") return status == "committed";
            }
            catch (Exception failure) when (StoreFailure.IsOfStore(failure) || failure is InvalidOperationException)
            {
                Forget();
            }
            Thread.Sleep(100);
        }
        return null;
    }

    /// <summary>False when the body threw: the transaction then is rolled back by its disposal.</summary>
    private static bool RunAlone(StoreConnection connection, IWork work)
    {
        try
        {
            work.Run(new Tx(connection));
            return true;
        }
        catch (Exception failure)
        {
            if (!connection.IsOpen) throw;
            work.Refuse(StoreFailure.Named(failure));
            return false;
        }
    }

    // Each body stands in a savepoint of its own: one that throws takes nobody with it.
    private static void Apply(StoreConnection connection, IWork work)
    {
        connection.Execute("SAVEPOINT body");
        try
        {
            work.Run(new Tx(connection));
            connection.Execute("RELEASE SAVEPOINT body");
        }
        catch (Exception failure)
        {
            if (!connection.IsOpen) throw;
            work.Refuse(StoreFailure.Named(failure));
            // SQLite has ended the transaction itself, and with it all the bodies.
            if (connection.Connection is SqliteConnection { Handle: { } handle } && SQLitePCL.raw.sqlite3_get_autocommit(handle) != 0) throw;
            connection.Execute("ROLLBACK TO SAVEPOINT body");
            connection.Execute("RELEASE SAVEPOINT body");
        }
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        Forget();
    }

    private interface IWork
    {
        void Run(Tx tx);
        void Refuse(Exception failure);
        void Succeed(Action<Exception> afterCommitFailed);
        void Fail(Exception failure);
    }

    private sealed class Work<T>(Func<Tx, T> body) : IWork
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _refused;
        private IReadOnlyList<Action> _after = [];

        public Task<T> Task => _done.Task;

        public void Run(Tx tx)
        {
            _refused = null;
            _result = body(tx);
            _after = tx.AfterCommitActions;
        }

        public void Refuse(Exception failure) => _refused = failure;

        public void Succeed(Action<Exception> afterCommitFailed)
        {
            if (_refused is not null)
            {
                _done.TrySetException(_refused);
                return;
            }
            foreach (var action in _after)
            {
                try
                {
                    action();
                }
                catch (Exception failure)
                {
                    // What is committed is committed: the others of the batch must not hear of it as a failure.
                    afterCommitFailed(failure);
                }
            }
            _done.TrySetResult(_result!);
        }

        public void Fail(Exception failure) => _done.TrySetException(failure);
    }
}
