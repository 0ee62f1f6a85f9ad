using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Cumulet.ControlPlane.Store;

/// <summary>
/// The state of the cloud: SQLite in a file, or PostgreSQL. Reads run at once on a pooled connection and see one
/// snapshot. Writes go through one <see cref="Writer"/> that takes all that wait into a single commit: a burst of fifty
/// small writes costs one flush, and what was acknowledged is on disk.
/// </summary>
public sealed class Database : IDisposable
{
    private static readonly TimeSpan DefaultBusyLimit = TimeSpan.FromSeconds(10);

    private readonly Func<bool, StoreConnection> _open;
    private readonly ConcurrentBag<StoreConnection> _readers = [];
    private readonly Writer _writer;
    private readonly IDisposable? _source;
    private volatile bool _isClosed;

    private Database(Dialect dialect, TableClock? clock, Func<bool, StoreConnection> open, IDisposable? source = null)
    {
        Clock = clock;
        Dialect = dialect;
        _open = open;
        _source = source;
        _writer = new Writer(() => open(true), clock, failure => AfterCommitFailed?.Invoke(failure));
    }

    public Dialect Dialect { get; }

    /// <summary>Null on PostgreSQL: it may be shared by several processes, and the others' changes cannot be known.</summary>
    internal TableClock? Clock { get; }

    /// <summary>Told of an exception in an after-commit action: a defect, which cannot undo the commit any more.</summary>
    public Action<Exception>? AfterCommitFailed { get; set; }

    /// <param name="path">The database file; made when missing, readable by its owner only.</param>
    /// <param name="busyLimit">How long a lock that another program holds is waited for; null is ten seconds.</param>
    public static Database OpenSqlite(string path, TimeSpan? busyLimit = null)
    {
        SqliteLibrary.Prepare();
        var dialect = new Dialect.Sqlite();
        var clock = new TableClock();
        if (!File.Exists(path))
            File.Open(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        // The driver itself waits for locks, in seconds; SQLite's own wait would come on top of it.
        var seconds = (int)Math.Ceiling((busyLimit ?? DefaultBusyLimit).TotalSeconds);
        var text = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = seconds }.ToString();
        return new Database(dialect, clock, forWriting =>
        {
            var connection = new SqliteConnection(text);
            connection.Open();
            connection.CreateFunction("regexp", (string pattern, string? value) => value is not null && Dialect.Sqlite.IsMatch(value, pattern));
            var store = new StoreConnection(connection, dialect, clock);
            store.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-2000;");
            if (!forWriting) store.Execute("PRAGMA query_only=ON");
            return store;
        });
    }

    /// <param name="connectionString">As Npgsql reads it; the database must exist and be UTF-8.</param>
    public static Database OpenPostgres(string connectionString)
    {
        var dialect = new Dialect.Postgres();
        var source = new NpgsqlSlimDataSourceBuilder(connectionString)
        {
            // The pool is ours. Npgsql's automatic preparing loses its place in the protocol when the run that prepares a
            // statement fails, so it stays off.
            ConnectionStringBuilder = { Pooling = false, MaxAutoPrepare = 0, CommandTimeout = 40 },
        }.EnableTransportSecurity().EnableArrays().Build();
        return new Database(dialect, null, forWriting =>
        {
            var store = new StoreConnection(source.OpenConnection(), dialect);
            store.Execute("SET lock_timeout = '10s'; SET statement_timeout = '30s'");
            if (!forWriting) store.Execute("SET default_transaction_read_only = on");
            return store;
        }, source);
    }

    /// <summary>Reads in one snapshot. The body may run a second time, where the connection was lost.</summary>
    public T Read<T>(Func<Tx, T> body)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        try
        {
            return ReadOnce(body);
        }
        catch (DbException failure) when (StoreFailure.Named(failure) is StoreUnavailableException && Dialect is Dialect.Postgres)
        {
            // The server was restarted: every idle connection is as dead as this one.
            while (_readers.TryTake(out var stale)) stale.Dispose();
        }
        catch (DbException failure) when (StoreFailure.Named(failure) is var named && named != failure)
        {
            throw named;
        }
        try
        {
            return ReadOnce(body);
        }
        catch (DbException failure) when (StoreFailure.Named(failure) is var named && named != failure)
        {
            throw named;
        }
    }

    private T ReadOnce<T>(Func<Tx, T> body)
    {
        if (!_readers.TryTake(out var connection)) connection = _open(false);
        var healthy = false;
        try
        {
            using var transaction = Begin(connection, write: false);
            connection.Enter(transaction);
            var result = body(new Tx(connection));
            transaction.Commit();
            TableClock.Current?.Saw(connection.Reads);
            healthy = true;
            return result;
        }
        catch (Exception failure) when (failure is not DbException)
        {
            healthy = connection.IsOpen;
            throw;
        }
        finally
        {
            connection.Enter(null);
            if (healthy && !_isClosed) _readers.Add(connection);
            else connection.Dispose();
        }
    }

    /// <summary>
    /// Writes: all of the body or nothing, durable when the task completes. The body must do nothing but use its
    /// transaction, since a batch whose connection was lost is run again. It runs on the writer's thread.
    /// </summary>
    public Task<T> Write<T>(Func<Tx, T> body) => _writer.Enqueue(body);

    public Task Write(Action<Tx> body) => _writer.Enqueue(tx =>
    {
        body(tx);
        return true;
    });

    internal static DbTransaction Begin(StoreConnection connection, bool write) => connection.Connection switch
    {
        SqliteConnection sqlite => sqlite.BeginTransaction(deferred: !write),
        var other => other.BeginTransaction(write ? IsolationLevel.ReadCommitted : IsolationLevel.RepeatableRead),
    };

    public void Dispose()
    {
        _isClosed = true;
        _writer.Dispose();
        while (_readers.TryTake(out var reader)) reader.Dispose();
        _source?.Dispose();
    }
}
