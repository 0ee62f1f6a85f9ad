using System.Data;
using System.Data.Common;

namespace Cumulet.ControlPlane.Store;

/// <summary>One open connection with its prepared statements.</summary>
internal sealed class StoreConnection(DbConnection connection, Dialect dialect) : IDisposable
{
    private const int MaxPrepared = 400;
    private readonly Dictionary<string, DbCommand> _prepared = new(StringComparer.Ordinal);

    public Dialect Dialect => dialect;
    public DbConnection Connection => connection;
    public DbTransaction? Transaction { get; set; }
    public bool IsOpen => connection.State == ConnectionState.Open;

    public DbCommand Command(Sql sql)
    {
        var text = sql.Text;
        if (!_prepared.TryGetValue(text, out var command))
        {
            if (_prepared.Count >= MaxPrepared) Forget();
            command = connection.CreateCommand();
            command.CommandText = text;
            _prepared.Add(text, command);
        }
        command.Transaction = Transaction;
        Bind(command, sql.Values);
        return command;
    }

    private static void Bind(DbCommand command, IReadOnlyList<(object? Value, DbType Type)> values)
    {
        if (command.Parameters.Count == 0)
        {
            for (var i = 0; i < values.Count; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@p{i}";
                parameter.DbType = values[i].Type;
                parameter.Value = values[i].Value ?? DBNull.Value;
                command.Parameters.Add(parameter);
            }
            return;
        }
        for (var i = 0; i < values.Count; i++)
        {
            command.Parameters[i].DbType = values[i].Type;
            command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
        }
    }

    private void Forget()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        _prepared.Clear();
    }

    public void Execute(string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = Transaction;
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, as text.</summary>
    public string? Ask(string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = Transaction;
        return command.ExecuteScalar() as string;
    }

    public void Dispose()
    {
        Forget();
        connection.Dispose();
    }
}
