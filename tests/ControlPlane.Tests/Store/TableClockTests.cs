using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Whether what was read before still holds: by table, also by cascade, and never past a write that was acknowledged.</summary>
public sealed class TableClockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-clock-").FullName;
    private readonly Database _db;

    public TableClockTests() => _db = Database.OpenSqlite(Path.Combine(_folder, "c.db"));

    public void Dispose()
    {
        _db.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task MakeTables()
    {
        await _db.Write(tx => tx.Execute($"CREATE TABLE parents (id BIGINT PRIMARY KEY, name TEXT)"));
        await _db.Write(tx => tx.Execute($"CREATE TABLE children (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES parents (id) ON DELETE CASCADE)"));
        await _db.Write(tx => tx.Execute($"CREATE TABLE others (id BIGINT PRIMARY KEY)"));
        await _db.Write(tx => tx.Execute($"INSERT INTO parents (id, name) VALUES (1, 'a'), (2, 'b')"));
        await _db.Write(tx => tx.Execute($"INSERT INTO children (id, parent) VALUES (1, 1)"));
    }

    private TableClock.Reading Reading(Sql sql)
    {
        using var watch = _db.Clock!.Begin();
        _db.Read(tx => tx.Query(sql, row => row.Long()));
        return watch.Reading();
    }

    [Fact]
    public async Task Reading_holds_until_one_of_its_tables_changes()
    {
        await MakeTables();
        var parents = Reading($"SELECT COUNT(*) FROM parents");
        var nested = Reading($"SELECT id FROM others WHERE id IN (SELECT parent FROM children)");
        await _db.Write(tx => tx.Execute($"UPDATE parents SET name = 'c' WHERE id = 1"));
        Assert.False(parents.IsCurrent());
        Assert.True(nested.IsCurrent());
        Assert.True(Reading($"SELECT COUNT(*) FROM parents").IsCurrent());
        await _db.Write(tx => tx.Execute($"DELETE FROM children"));
        Assert.False(nested.IsCurrent());
    }

    [Fact]
    public async Task Rows_that_go_by_cascade_are_changes_of_their_table()
    {
        await MakeTables();
        var children = Reading($"SELECT id FROM children");
        await _db.Write(tx => tx.Execute($"DELETE FROM parents WHERE id = 1"));
        Assert.False(children.IsCurrent());
        Assert.Empty(_db.Read(tx => tx.Query($"SELECT id FROM children", row => row.Long())));
    }

    [Fact]
    public async Task Every_run_of_a_statement_counts_not_only_the_first()
    {
        await MakeTables();
        for (var i = 0; i < 3; i++)
        {
            var reading = Reading($"SELECT id FROM others");
            Assert.True(reading.IsCurrent());
            await _db.Write(tx => tx.Execute($"INSERT INTO others (id) VALUES ({i})"));
            Assert.False(reading.IsCurrent());
        }
    }

    [Fact]
    public async Task Reading_that_began_before_a_commit_is_not_taken_for_one_after_it()
    {
        await MakeTables();
        using var watch = _db.Clock!.Begin();
        await _db.Write(tx => tx.Execute($"INSERT INTO others (id) VALUES (1)"));
        _db.Read(tx => tx.Count($"SELECT COUNT(*) FROM others"));
        Assert.False(watch.Reading().IsCurrent());
    }

    [Fact]
    public async Task Reader_that_trusts_the_clock_never_reads_past_an_acknowledged_write()
    {
        await MakeTables();
        await _db.Write(tx => tx.Execute($"INSERT INTO others (id) VALUES (0)"));
        long acknowledged = 0;
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            (TableClock.Reading Reading, long Value)? known = null;
            var reused = 0;
            while (!stop.IsCancellationRequested)
            {
                var least = Interlocked.Read(ref acknowledged);
                if (known is not { } before || !before.Reading.IsCurrent())
                {
                    using var watch = _db.Clock!.Begin();
                    var value = _db.Read(tx => tx.Count($"SELECT MAX(id) FROM others"));
                    known = before = (watch.Reading(), value);
                }
                else
                {
                    reused++;
                }
                Assert.True(before.Value >= least, $"{before.Value} was read after {least} was acknowledged");
            }
            return reused;
        })).ToList();
        for (var i = 1; i <= 300; i++)
        {
            await _db.Write(tx => tx.Execute($"INSERT INTO others (id) VALUES ({i})"));
            Interlocked.Exchange(ref acknowledged, i);
            if (i % 10 == 0) await Task.Delay(1);
        }
        await stop.CancelAsync();
        foreach (var reader in readers) Assert.True(await reader > 0, "nothing was ever reused: the test has tried nothing");
    }
}
