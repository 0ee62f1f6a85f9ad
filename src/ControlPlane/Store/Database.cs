using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Cumulet.ControlPlane.Store;

/// <summary>
/// The state of the cloud: SQLite in a file, or PostgreSQL. Reads run at once on a pooled connection and see one
/// snapshot. Writes go through one writer that takes all that wait into a single commit: a burst of fifty small writes
/// costs one flush, and what was acknowledged is on disk.
/// </summary>
public sealed class Database : IDisposable
{
    private readonly Func<StoreConnection> _open;
    private readonly ConcurrentBag<StoreConnection> _readers = [];
    private readonly Writer _writer;

    private Database(Dialect dialect, Func<StoreConnection> open)
    {
        Dialect = dialect;
        _open = open;
        _writer = new Writer(open());
    }

    public Dialect Dialect { get; }

    /// <param name="path">The database file; made when missing, readable by its owner only.</param>
    public static Database OpenSqlite(string path)
    {
        var dialect = new Dialect.Sqlite();
        if (!File.Exists(path))
            File.Open(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        var text = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString();
        return new Database(dialect, () =>
        {
            var connection = new SqliteConnection(text);
            connection.Open();
            connection.CreateFunction("regexp", (string pattern, string? value) => value is not null && IsMatch(value, pattern));
            var store = new StoreConnection(connection, dialect);
            store.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-2000; PRAGMA busy_timeout=30000;");
            return store;
        });
    }

    /// <param name="connectionString">As Npgsql reads it; the database must exist and be UTF-8.</param>
    public static Database OpenPostgres(string connectionString)
    {
        var dialect = new Dialect.Postgres();
        var source = new NpgsqlSlimDataSourceBuilder(connectionString) { ConnectionStringBuilder = { MaxAutoPrepare = 200 } }.Build();
        return new Database(dialect, () => new StoreConnection(source.OpenConnection(), dialect));
    }

    // A caller's pattern may be one that backtracks for ever: it gets a tenth of a second.
    private static bool IsMatch(string value, string pattern)
    {
        try
        {
            return Regex.IsMatch(value, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
        }
        catch (Exception bad) when (bad is ArgumentException or RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Reads in one snapshot.</summary>
    public T Read<T>(Func<Tx, T> body)
    {
        if (!_readers.TryTake(out var connection)) connection = _open();
        var healthy = false;
        try
        {
            using var transaction = Begin(connection, write: false);
            connection.Transaction = transaction;
            var result = body(new Tx(connection));
            transaction.Commit();
            healthy = true;
            return result;
        }
        catch (Exception failure) when (failure is not DbException)
        {
            healthy = true;
            throw;
        }
        finally
        {
            connection.Transaction = null;
            if (healthy) _readers.Add(connection);
            else connection.Dispose();
        }
    }

    /// <summary>
    /// Writes: all of the body or nothing, durable when the task completes. The body must do nothing but use its
    /// transaction, since a batch that fails at the commit is run again. It runs on the writer's thread.
    /// </summary>
    public Task<T> Write<T>(Func<Tx, T> body) => _writer.Enqueue(body);

    public Task Write(Action<Tx> body) => _writer.Enqueue(tx =>
    {
        body(tx);
        return true;
    });

    private static DbTransaction Begin(StoreConnection connection, bool write) => connection.Connection switch
    {
        SqliteConnection sqlite => sqlite.BeginTransaction(deferred: !write),
        var other => other.BeginTransaction(write ? System.Data.IsolationLevel.ReadCommitted : System.Data.IsolationLevel.RepeatableRead),
    };

    public void Dispose()
    {
        _writer.Dispose();
        while (_readers.TryTake(out var reader)) reader.Dispose();
    }

    /// <summary>The one writer: a thread that drains the queue into one transaction at a time.</summary>
    private sealed class Writer : IDisposable
    {
        private const int MaxBatch = 256;
        private readonly StoreConnection _connection;
        private readonly BlockingCollection<IWork> _queue = new(new ConcurrentQueue<IWork>());
        private readonly Thread _thread;

        public Writer(StoreConnection connection)
        {
            _connection = connection;
            _thread = new Thread(Run) { IsBackground = true, Name = "store-writer" };
            _thread.Start();
        }

        public Task<T> Enqueue<T>(Func<Tx, T> body)
        {
            var work = new Work<T>(body);
            _queue.Add(work);
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
                Commit(batch);
            }
        }

        private void Commit(List<IWork> batch)
        {
            try
            {
                using (var transaction = Begin(_connection, write: true))
                {
                    _connection.Transaction = transaction;
                    // Several control planes may share a PostgreSQL: they take turns, as threads do here.
                    if (_connection.Dialect is Dialect.Postgres) _connection.Execute("SELECT pg_advisory_xact_lock(7235419)");
                    foreach (var work in batch) Apply(work);
                    transaction.Commit();
                }
                foreach (var work in batch) work.Succeed();
            }
            catch (Exception failure)
            {
                foreach (var work in batch) work.Fail(failure);
            }
            finally
            {
                _connection.Transaction = null;
            }
        }

        // Each body stands in a savepoint of its own: one that throws takes nobody with it.
        private void Apply(IWork work)
        {
            _connection.Execute("SAVEPOINT body");
            try
            {
                work.Run(new Tx(_connection));
                _connection.Execute("RELEASE SAVEPOINT body");
            }
            catch (Exception failure)
            {
                work.Refuse(failure);
                _connection.Execute("ROLLBACK TO SAVEPOINT body; RELEASE SAVEPOINT body");
            }
        }

        public void Dispose()
        {
            _queue.CompleteAdding();
            _thread.Join();
            _connection.Dispose();
        }
    }

    private interface IWork
    {
        void Run(Tx tx);
        void Refuse(Exception failure);
        void Succeed();
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

        public void Succeed()
        {
            if (_refused is not null)
            {
                _done.TrySetException(_refused);
                return;
            }
            foreach (var action in _after) action();
            _done.TrySetResult(_result!);
        }

        public void Fail(Exception failure) => _done.TrySetException(failure);
    }
}
