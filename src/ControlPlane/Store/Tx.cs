namespace Cumulet.ControlPlane.Store;

/// <summary>
/// A transaction: the only way to the database. Statements are synchronous on purpose (docs/decisions): SQLite answers in
/// microseconds, and a synchronous body cannot await anything else while it holds the write lock.
/// </summary>
public sealed class Tx
{
    private readonly StoreConnection _connection;
    private readonly Row _row = new();
    private bool _reading;
    private List<Action>? _afterCommit;

    internal Tx(StoreConnection connection) => _connection = connection;

    public Dialect Dialect => _connection.Dialect;

    /// <summary>Runs when the transaction is durable; never when it is rolled back.</summary>
    public void AfterCommit(Action action) => (_afterCommit ??= []).Add(action);

    internal IReadOnlyList<Action> AfterCommitActions => _afterCommit ?? [];

    /// <summary>Returns the number of rows changed.</summary>
    public int Execute(Sql sql) => _connection.Command(sql).ExecuteNonQuery();

    /// <summary>All rows. <paramref name="read"/> must not start another statement: PostgreSQL has one reader per connection.</summary>
    public List<T> Query<T>(Sql sql, Func<Row, T> read)
    {
        var items = new List<T>();
        using var reading = new Reading(this);
        using var reader = _connection.Command(sql).ExecuteReader();
        _row.On(reader);
        while (reader.Read())
        {
            _row.Rewind();
            items.Add(read(_row));
        }
        return items;
    }

    /// <summary>The first row, or default.</summary>
    public T? Find<T>(Sql sql, Func<Row, T> read)
    {
        using var reading = new Reading(this);
        using var reader = _connection.Command(sql).ExecuteReader();
        return reader.Read() ? read(_row.On(reader)) : default;
    }

    public long Count(Sql sql) => Find(sql, row => row.LongOrNull()) ?? 0;

    public bool Exists(Sql sql) => Find(sql, static _ => true);

    private readonly ref struct Reading
    {
        private readonly Tx _tx;

        public Reading(Tx tx)
        {
            if (tx._reading) throw new InvalidOperationException("a statement was started while another one is being read");
            tx._reading = true;
            _tx = tx;
        }

        public void Dispose() => _tx._reading = false;
    }
}
