using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Cumulet.ControlPlane.Store;

/// <summary>One open connection with its prepared statements, and which tables they read and change.</summary>
internal sealed class StoreConnection : IDisposable
{
    private const int MaxPrepared = 400;

    private readonly Dictionary<string, Statement> _prepared = new(StringComparer.Ordinal);
    private readonly List<Statement> _used = [];
    private readonly TableClock? _clock;
    private Statement? _running;

    /// <summary>A command with the tables that SQLite named when it compiled it.</summary>
    private sealed record Statement(DbCommand Command)
    {
        public HashSet<TableClock.Table> Reads { get; } = [];
        public HashSet<TableClock.Table> Changes { get; } = [];
    }

    /// <param name="clock">Null where the database does not say what a statement touches.</param>
    public StoreConnection(DbConnection connection, Dialect dialect, TableClock? clock = null)
    {
        Connection = connection;
        Dialect = dialect;
        if (clock is null || connection is not SqliteConnection { Handle: { } handle }) return;
        _clock = clock;
        raw.sqlite3_set_authorizer(handle, (_, action, table, _, _, _) => Compiling(action, table), null);
    }

    public Dialect Dialect { get; }
    public DbConnection Connection { get; }
    public DbTransaction? Transaction { get; private set; }
    public bool IsOpen => Connection.State == ConnectionState.Open;

    /// <summary>A null ends it.</summary>
    public void Enter(DbTransaction? transaction)
    {
        Transaction = transaction;
        _used.Clear();
    }

    /// <summary>The tables that the statements of this transaction read.</summary>
    public IEnumerable<TableClock.Table> Reads => _used.SelectMany(s => s.Reads);

    /// <summary>The same for those that they changed, by themselves or by cascade.</summary>
    public HashSet<TableClock.Table> Changes => [.. _used.SelectMany(s => s.Changes)];

    // SQLite asks for leave for each table that a statement will touch, triggers and cascades included.
    private int Compiling(int action, string? table)
    {
        if (_running is not { } statement || table is null) return raw.SQLITE_OK;
        if (action == raw.SQLITE_READ) statement.Reads.Add(_clock!.Of(table));
        else if (action is raw.SQLITE_INSERT or raw.SQLITE_UPDATE or raw.SQLITE_DELETE) statement.Changes.Add(_clock!.Of(table));
        return raw.SQLITE_OK;
    }

    public DbCommand Command(Sql sql)
    {
        var text = sql.Text;
        if (!_prepared.TryGetValue(text, out var statement))
        {
            if (_prepared.Count >= MaxPrepared) Forget();
            statement = new Statement(Connection.CreateCommand());
            statement.Command.CommandText = Dialect.Statement(text);
            _prepared.Add(text, statement);
        }
        var command = statement.Command;
        command.Transaction = Transaction;
        Bind(command, sql.Values);
        Run(statement);
        return command;
    }

    // It is compiled when it first runs, and again where the schema has changed since.
    private void Run(Statement statement)
    {
        _running = statement;
        if (_clock is not null) _used.Add(statement);
    }

    private void Bind(DbCommand command, IReadOnlyList<(object? Value, DbType Type)> values)
    {
        var parameters = command.Parameters;
        for (var i = 0; i < values.Count; i++)
        {
            if (i == parameters.Count)
            {
                var made = command.CreateParameter();
                made.ParameterName = $"@p{i}";
                parameters.Add(made);
            }
            var parameter = parameters[i];
            if (values[i].Value is IReadOnlyCollection<string> list)
            {
                Dialect.Bind(parameter, list);
                continue;
            }
            parameter.DbType = values[i].Type;
            parameter.Value = values[i].Value ?? DBNull.Value;
        }
    }

    private void Forget()
    {
        foreach (var statement in _prepared.Values) statement.Command.Dispose();
        _prepared.Clear();
    }

    public void Execute(string text)
    {
        using var command = Once(text);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, as text.</summary>
    public string? Ask(string text)
    {
        using var command = Once(text);
        return command.ExecuteScalar() as string;
    }

    private DbCommand Once(string text)
    {
        var command = Connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = Transaction;
        Run(new Statement(command));
        return command;
    }

    public void Dispose()
    {
        Forget();
        Connection.Dispose();
    }
}
