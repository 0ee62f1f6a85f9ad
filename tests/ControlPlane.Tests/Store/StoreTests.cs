using System.Globalization;
using System.Text;
using Cumulet.ControlPlane.Store;
using Microsoft.Data.Sqlite;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>What both databases promise alike.</summary>
public abstract class StoreTests
{
    protected abstract Task<Database> Open();

    protected static Task MakeTable(Database db) => db.Write(tx => tx.Execute(
        $"CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, weight DOUBLE PRECISION, seen BIGINT, data {Sql.Raw(tx.Dialect.Schema(" BYTES"))})"));

    protected static Task Add(Database db, long id, string? name) => db.Write(tx => tx.Execute(
        $"INSERT INTO things (id, name) VALUES ({id}, {name})"));

    protected static List<long> Ids(Database db) => db.Read(tx => tx.Query($"SELECT id FROM things ORDER BY id", row => row.Long()));

    [Fact]
    public async Task Values_of_every_kind_come_back_as_they_went()
    {
        using var db = await Open();
        await MakeTable(db);
        var time = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)).AddTicks(1230);
        byte[] bytes = [0, 1, 255];
        await db.Write(tx => tx.Execute(
            $"INSERT INTO things (id, name, weight, seen, data) VALUES ({long.MaxValue}, {"ü'\"; DROP TABLE things"}, {0.1}, {time}, {bytes})"));
        await db.Write(tx => tx.Execute(
            $"INSERT INTO things (id, name, weight, seen, data) VALUES ({true}, {(string?)null}, {(double?)null}, {(DateTimeOffset?)null}, {(byte[]?)null})"));
        var rows = db.Read(tx => tx.Query($"SELECT id, name, weight, seen, data FROM things ORDER BY id DESC",
            row => (row.Long(), row.TextOrNull(), row.DoubleOrNull(), row.TimeOrNull(), row.BytesOrNull())));
        Assert.Equal((long.MaxValue, "ü'\"; DROP TABLE things", 0.1, (DateTimeOffset?)time), (rows[0].Item1, rows[0].Item2, rows[0].Item3, rows[0].Item4));
        Assert.Equal(bytes, rows[0].Item5);
        Assert.Equal((1L, null, null, null, null), rows[1]);
    }

    [Fact]
    public async Task Null_has_the_type_of_what_it_stands_for()
    {
        using var db = await Open();
        await MakeTable(db);
        await Add(db, 1, "a");
        (string? Name, long? Id, double? Weight, byte[]? Data) none = default;
        Assert.Equal([1L], db.Read(tx => tx.Query(
            $"SELECT id FROM things WHERE ({none.Name} IS NULL OR name = {none.Name}) AND {none.Id} IS NULL AND {none.Weight} IS NULL AND {none.Data} IS NULL", row => row.Long())));
        Assert.Equal(3L, db.Read(tx => tx.Find($"SELECT COALESCE({none.Id}, SUM(id), 0) + 2 FROM things", row => row.Long())));
    }

    [Fact]
    public async Task Sql_spliced_into_another_keeps_every_parameter_in_place()
    {
        using var db = await Open();
        await MakeTable(db);
        for (var i = 1; i <= 13; i++) await Add(db, i, $"n{i}");
        Sql named = new Sql().Add($"name = {"n3"} OR name = {"n12"} OR name = {"@p1"}");
        IReadOnlyCollection<string> list = ["n3", "n7", "n9"];
        IReadOnlyCollection<string> none = [];
        var found = db.Read(tx => tx.Query(
            $"SELECT id FROM things WHERE id > {2} AND ({named} OR (name IN {list} AND id < {9})) AND id <> {99} AND name <> 'a@pool' ORDER BY id", row => row.Long()));
        Assert.Equal([3L, 7L, 12L], found);
        Assert.Empty(db.Read(tx => tx.Query($"SELECT id FROM things WHERE name IN {none}", row => row.Long())));
        Sql outer = new Sql().Add($"id = {1}").Add(Sql.Raw(" OR name = 'x@pz' OR ")).Add($"({named})");
        Assert.Equal([1L, 3L, 12L], db.Read(tx => tx.Query($"SELECT id FROM things WHERE {outer} ORDER BY id", row => row.Long())));
    }

    [Fact]
    public async Task Write_whose_body_throws_takes_nobody_with_it_and_leaves_nothing()
    {
        using var db = await Open();
        await MakeTable(db);
        await Add(db, 1, "first");
        var after = 0;
        var all = Enumerable.Range(0, 300).Select(i => db.Write(tx =>
        {
            tx.AfterCommit(() => Interlocked.Increment(ref after));
            tx.Execute($"INSERT INTO things (id, name) VALUES ({1000 + i}, {"x"})");
            if (i % 3 == 1) throw new InvalidDataException("no");
            // A statement that the database itself refuses.
            if (i % 3 == 2) tx.Execute($"INSERT INTO things (id, name) VALUES (1, {"again"})");
        })).ToList();
        for (var i = 0; i < all.Count; i++)
        {
            var failure = await Record.ExceptionAsync(() => all[i]);
            Assert.Equal(i % 3 == 0, failure is null);
            if (i % 3 == 1) Assert.IsType<InvalidDataException>(failure);
        }
        Assert.Equal(101, Ids(db).Count);
        Assert.Equal(100, after);
    }

    [Fact]
    public async Task After_commit_action_that_throws_fails_neither_its_write_nor_another()
    {
        using var db = await Open();
        await MakeTable(db);
        var told = new List<Exception>();
        db.AfterCommitFailed = told.Add;
        var bad = db.Write(tx =>
        {
            tx.AfterCommit(() => throw new InvalidDataException("defect"));
            return tx.Execute($"INSERT INTO things (id) VALUES (1)");
        });
        var good = Add(db, 2, "b");
        Assert.Equal(1, await bad);
        await good;
        Assert.Equal([1L, 2L], Ids(db));
        Assert.IsType<InvalidDataException>(Assert.Single(told));
    }

    [Fact]
    public async Task Read_sees_one_snapshot_while_others_write()
    {
        using var db = await Open();
        await MakeTable(db);
        await Add(db, 1, "a");
        var (before, after) = db.Read(tx =>
        {
            var first = tx.Count($"SELECT COUNT(*) FROM things");
            Task.Run(() => Add(db, 2, "b")).GetAwaiter().GetResult();
            return (first, tx.Count($"SELECT COUNT(*) FROM things"));
        });
        Assert.Equal((1L, 1L), (before, after));
        Assert.Equal(2, Ids(db).Count);
    }

    [Fact]
    public async Task Read_cannot_write()
    {
        using var db = await Open();
        await MakeTable(db);
        Assert.ThrowsAny<Exception>(() => db.Read(tx => tx.Execute($"INSERT INTO things (id) VALUES (1)")));
        Assert.Empty(Ids(db));
    }

    [Fact]
    public async Task Statement_inside_another_reading_is_refused()
    {
        using var db = await Open();
        await MakeTable(db);
        await Add(db, 1, "a");
        Assert.Throws<InvalidOperationException>(() => db.Read(tx =>
            tx.Query($"SELECT id FROM things", _ => tx.Count($"SELECT COUNT(*) FROM things"))));
        Assert.Equal([1L], Ids(db));
    }

    [Fact]
    public async Task Pattern_matches_without_case_and_never_runs_away()
    {
        using var db = await Open();
        await MakeTable(db);
        await Add(db, 1, "Web-01");
        await Add(db, 2, "db-01");
        await Add(db, 3, null);
        await Add(db, 4, new string('a', 250) + "!");
        Assert.Equal([1L], Matching(db, "^web"));
        Assert.Equal([1L, 2L], Matching(db, "-0[0-9]$"));
        var started = TimeProvider.System.GetTimestamp();
        Assert.Empty(Matching(db, "^(a+)+$"));
        Assert.Empty(Matching(db, "^(a|a)*$"));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
        Assert.Throws<BadValueException>(() => Matching(db, "("));
        Assert.Throws<BadValueException>(() => Matching(db, new string('a', 2000)));
        Assert.Equal([1L], Matching(db, "web"));
    }

    private static List<long> Matching(Database db, string pattern) => db.Read(tx => tx.Query(
        $"SELECT id FROM things WHERE {tx.Dialect.Matches("name", pattern)} ORDER BY id", row => row.Long()));

    [Fact]
    public async Task Contains_takes_the_wildcards_as_plain_characters()
    {
        using var db = await Open();
        await MakeTable(db);
        foreach (var (id, name) in new[] { (1L, "100%"), (2L, "a_b"), (3L, "A\\B"), (4L, "axb"), (5L, "1000") }) await Add(db, id, name);
        List<long> Containing(string text) => db.Read(tx => tx.Query(
            $"SELECT id FROM things WHERE {tx.Dialect.Contains("name", text)} ORDER BY id", row => row.Long()));
        Assert.Equal([1L], Containing("0%"));
        Assert.Equal([2L], Containing("A_B"));
        Assert.Equal([3L], Containing("a\\b"));
        Assert.Equal([1L, 5L], Containing("100"));
    }

    [Fact]
    public async Task Migrations_run_once_and_state_of_a_newer_program_is_refused()
    {
        using var db = await Open();
        await Migrations.Apply(db, TimeProvider.System);
        await Migrations.Apply(db, TimeProvider.System);
        var known = db.Read(tx => tx.Query($"SELECT name FROM migrations ORDER BY name", row => row.Text()));
        Assert.Equal(Migrations.Ours(), known);
        Assert.Contains("Sagas/0001", known);
        await db.Write(tx => tx.Execute($"INSERT INTO migrations (name, applied_at) VALUES ({"Sagas/9999"}, {0})"));
        var refused = await Assert.ThrowsAsync<NewerStateException>(() => Migrations.Apply(db, TimeProvider.System));
        Assert.Contains("Sagas/9999", refused.Message);
    }

    [Fact]
    public async Task Migration_that_fails_leaves_nothing_of_itself()
    {
        using var db = await Open();
        await Assert.ThrowsAnyAsync<Exception>(() => Migrations.Apply(db, TimeProvider.System, [.. Migrations.Ours(), "Zzz/0001"]));
        await Assert.ThrowsAnyAsync<Exception>(async () => db.Read(tx => tx.Count($"SELECT COUNT(*) FROM sagas")));
        await Migrations.Apply(db, TimeProvider.System);
    }

    [Fact]
    public async Task Write_after_the_end_fails_as_unavailable()
    {
        var db = await Open();
        db.Dispose();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => db.Write(tx => tx.Execute($"SELECT 1")));
    }
}

public sealed class SqliteStoreTests : StoreTests, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-store-").FullName;

    private string File => Path.Combine(_folder, "state.db");

    protected override Task<Database> Open() => Task.FromResult(Database.OpenSqlite(File, TimeSpan.FromSeconds(1)));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task File_is_readable_by_its_owner_only()
    {
        using var db = await Open();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public async Task Acknowledged_write_is_there_for_another_process_at_once()
    {
        using var db = await Open();
        await MakeTable(db);
        await Add(db, 7, "x");
        using var other = new SqliteConnection($"Data Source={File};Pooling=false");
        other.Open();
        using var command = other.CreateCommand();
        command.CommandText = "SELECT id FROM things";
        Assert.Equal(7L, command.ExecuteScalar());
    }

    [Fact]
    public async Task File_locked_by_another_program_is_unavailable_after_the_limit_and_heals()
    {
        using var db = await Open();
        await MakeTable(db);
        using (var other = new SqliteConnection($"Data Source={File};Pooling=false"))
        {
            other.Open();
            using var locked = other.BeginTransaction(deferred: false);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Add(db, 1, "a"));
            Assert.Empty(Ids(db));
        }
        await Add(db, 2, "b");
        Assert.Equal([2L], Ids(db));
    }

    [Fact]
    public async Task Full_disk_is_said_and_everything_goes_on_when_there_is_space_again()
    {
        using var db = await Open();
        await MakeTable(db);
        // SQLite's own limit stands for the disk's: the code is the same.
        static long Limit(Tx tx, long pages) => tx.Find($"PRAGMA max_page_count = {Sql.Raw(pages.ToString(CultureInfo.InvariantCulture))}", row => row.Long());
        var big = Encoding.UTF8.GetBytes(new string('x', 200_000));
        var small = Enumerable.Range(0, 10).Select(i => Add(db, 100 + i, "x")).ToList();
        var tooBig = db.Write(tx =>
        {
            Limit(tx, 20);
            tx.Execute($"INSERT INTO things (id, data) VALUES (1, {big})");
        });
        small.AddRange(Enumerable.Range(10, 10).Select(i => Add(db, 100 + i, "x")));
        await Assert.ThrowsAsync<StoreFullException>(() => tooBig);
        await Task.WhenAll(small);
        await db.Write(tx =>
        {
            Limit(tx, 100_000);
            tx.Execute($"INSERT INTO things (id, data) VALUES (1, {big})");
        });
        Assert.Equal(21, Ids(db).Count);
    }
}

public sealed class PostgresStoreTests(PrivatePostgres postgres) : StoreTests, IClassFixture<PrivatePostgres>
{
    protected override async Task<Database> Open() => Database.OpenPostgres(await postgres.NewDatabase());

    [Fact]
    public async Task Restart_of_the_server_heals_reader_and_writer_and_nothing_is_lost_or_twice()
    {
        using var db = await Open();
        await MakeTable(db);
        await Add(db, 1, "before");
        Assert.Equal([1L], Ids(db));
        await postgres.Crash();
        await postgres.Up();
        await Add(db, 2, "after");
        Assert.Equal([1L, 2L], Ids(db));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Emptied_database_is_as_the_migrations_leave_a_new_one(bool ofAnOlderVersion)
    {
        var connection = await postgres.NewDatabase();
        List<string> fresh;
        using (var db = Database.OpenPostgres(connection))
        {
            await Migrations.Apply(db, TimeProvider.System);
            fresh = RowsOfAll(db);
            Assert.Contains(fresh, row => row.StartsWith("metadef_resource_types: ", StringComparison.Ordinal));
            await db.Write(tx =>
            {
                tx.Execute($"DELETE FROM metadef_resource_types WHERE name = {"OS::Nova::Server"}");
                tx.Execute($"INSERT INTO metadef_resource_types (name, created_at) VALUES ({"mine"}, {1})");
                tx.Execute($"INSERT INTO flavor_extra_specs (flavor_id, name, value) VALUES ({"1"}, {"a"}, {"b"})");
                if (ofAnOlderVersion) tx.Execute($"DELETE FROM migrations WHERE name = {"Networking/0001"}");
            });
        }
        await Migrations.Empty(connection);
        using var emptied = Database.OpenPostgres(connection);
        await Migrations.Apply(emptied, TimeProvider.System);
        Assert.Equal(fresh, RowsOfAll(emptied));
    }

    private static List<string> RowsOfAll(Database db) => db.Read(tx =>
    {
        var tables = tx.Query($"SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'migrations' ORDER BY tablename", row => row.Text());
        return tables.SelectMany(table => tx.Query(Sql.Raw($"SELECT t::text FROM \"{table}\" t ORDER BY 1"), row => $"{table}: {row.Text()}").Prepend(table)).ToList();
    });

    [Fact]
    public async Task Server_that_is_down_is_unavailable_and_heals()
    {
        using var db = await Open();
        await MakeTable(db);
        await Add(db, 1, "before");
        await postgres.Crash();
        try
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Add(db, 2, "down"));
            Assert.Throws<StoreUnavailableException>(() => Ids(db));
        }
        finally
        {
            await postgres.Up();
        }
        await Add(db, 3, "up");
        Assert.Equal([1L, 3L], Ids(db));
    }

    [Fact]
    public async Task Crash_amid_writes_keeps_exactly_those_that_were_acknowledged()
    {
        using var db = await Open();
        await MakeTable(db);
        var acknowledged = new List<long>();
        var crashed = false;
        async Task WriteOn(int lane)
        {
            for (var i = 0; i < 10_000 && !(crashed && i % 50 == 49); i++)
            {
                var id = lane * 100_000 + i;
                try
                {
                    await Add(db, id, "x");
                    lock (acknowledged) acknowledged.Add(id);
                }
                catch (StoreUnavailableException)
                {
                    await Task.Delay(20);
                }
            }
        }
        var writers = Enumerable.Range(1, 8).Select(WriteOn).ToList();
        while (true)
        {
            lock (acknowledged) if (acknowledged.Count > 500) break;
            await Task.Delay(5);
        }
        await postgres.Crash();
        await postgres.Up();
        crashed = true;
        await Task.WhenAll(writers);
        lock (acknowledged) Assert.Equal(acknowledged.Order(), Ids(db));
    }

    [Fact]
    public async Task Connection_ended_by_the_server_in_the_middle_of_a_body_runs_the_body_again()
    {
        using var db = await Open();
        await MakeTable(db);
        var runs = 0;
        await db.Write(tx =>
        {
            tx.Execute($"INSERT INTO things (id) VALUES (5)");
            if (runs++ == 0) tx.Find($"SELECT pg_terminate_backend(pg_backend_pid())", _ => true);
            tx.Execute($"INSERT INTO things (id) VALUES (6)");
        });
        Assert.Equal(2, runs);
        Assert.Equal([5L, 6L], Ids(db));
    }

    [Fact]
    public async Task Text_with_a_nul_is_refused_by_name()
    {
        using var db = await Open();
        await MakeTable(db);
        await Assert.ThrowsAsync<BadValueException>(() => Add(db, 1, "a\0b"));
    }
}
