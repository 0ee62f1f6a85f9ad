using System.Collections.Concurrent;

namespace Cumulet.ControlPlane.Store;

/// <summary>
/// When each table was last changed, counted in commits: by it whoever derived something from rows knows whether the rows
/// are still the same.
///
///     writer    table.ChangedAt = Changing  ─▶  COMMIT  ─▶  table.ChangedAt = n, Commits = n
///     reader    since = Commits  ─▶  snapshot, rows, result        later: is every table's ChangedAt ≤ since?
///
/// Where that holds the result is what a new reading would give. Every commit up to <c>since</c> was done before the snapshot
/// was taken, so the snapshot has it. A later one that changed one of the tables has marked that table before it could be
/// seen by anybody, and a mark never goes back below <c>since</c>; so at the moment of the first comparison none had, and
/// snapshot and tables are equal. Nobody is told that a write is done before its mark stands: nobody reads past their own.
/// </summary>
internal sealed class TableClock
{
    private const long Changing = long.MaxValue;

    private readonly ConcurrentDictionary<string, Table> _tables = new(StringComparer.OrdinalIgnoreCase);
    private long _commits;

    internal sealed class Table
    {
        internal long ChangedAt;
    }

    public Table Of(string name) => _tables.GetOrAdd(name, static _ => new Table());

    /// <summary>Tables are marked until this is disposed of: around a commit, whatever becomes of it.</summary>
    public Change Changes(IReadOnlyCollection<Table> tables)
    {
        foreach (var table in tables) Interlocked.Exchange(ref table.ChangedAt, Changing);
        return new Change(this, tables);
    }

    internal readonly struct Change(TableClock clock, IReadOnlyCollection<Table> tables) : IDisposable
    {
        // Only the one writer is ever here.
        public void Dispose()
        {
            var number = Interlocked.Read(ref clock._commits) + 1;
            foreach (var table in tables) Interlocked.Exchange(ref table.ChangedAt, number);
            Interlocked.Exchange(ref clock._commits, number);
        }
    }

    // Follows a request through its awaits; what it holds is filled in by the database's reads.
    private static readonly AsyncLocal<Watch?> Watching = new();

    /// <summary>What watches the reads of the current request, if anything.</summary>
    public static Watch? Current => Watching.Value;

    /// <summary>From here on every read of this request says which tables it saw.</summary>
    public Watch Begin() => Watching.Value = new Watch(Interlocked.Read(ref _commits));

    internal sealed class Watch(long since) : IDisposable
    {
        private readonly HashSet<Table> _tables = [];

        public void Saw(IEnumerable<Table> tables)
        {
            lock (_tables) _tables.UnionWith(tables);
        }

        public Reading Reading()
        {
            lock (_tables) return new Reading(since, [.. _tables]);
        }

        public void Dispose() => Watching.Value = null;
    }

    /// <summary>The tables that something was derived from, and the count of commits before the first of them was read.</summary>
    internal sealed class Reading(long since, Table[] tables)
    {
        /// <summary>Whether the same reading would give the same again.</summary>
        public bool IsCurrent()
        {
            foreach (var table in tables)
                if (Interlocked.Read(ref table.ChangedAt) > since) return false;
            return true;
        }
    }
}
