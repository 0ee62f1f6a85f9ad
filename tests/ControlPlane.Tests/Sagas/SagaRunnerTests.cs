using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cumulet.ControlPlane.Tests.Foundation;

public sealed record TrialState(string Name);

[JsonSerializable(typeof(TrialState))]
internal sealed partial class TrialJson : JsonSerializerContext;

/// <summary>A saga whose steps are the test's.</summary>
internal sealed class Trial(string name, Action<StepList<TrialState>> define, ConcurrentQueue<string> told)
    : Saga<TrialState>(name, TrialJson.Default.TrialState)
{
    protected override void Define(StepList<TrialState> steps) => define(steps);
    protected override void Finished(Tx tx, TrialState state) => told.Enqueue($"{state.Name} finished");
    protected override void Failed(Tx tx, TrialState state, Exception cause) => told.Enqueue($"{state.Name} failed: {cause.Message}");
}

public sealed class SagaRunnerTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-runner-").FullName;
    private readonly ConcurrentQueue<string> _told = new();
    private Database _db = null!;
    private SagaRunner _runner = null!;

    private string File => Path.Combine(_folder, "state.db");

    public async ValueTask InitializeAsync()
    {
        _db = Database.OpenSqlite(File, TimeSpan.FromSeconds(1));
        await Migrations.Apply(_db, TimeProvider.System);
        _runner = NewRunner();
    }

    public async ValueTask DisposeAsync()
    {
        await _runner.Stop();
        _db.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private SagaRunner NewRunner() => new(_db, TimeProvider.System, NullLogger.Instance);

    private Trial Register(string name, Action<StepList<TrialState>> define) => _runner.Register(new Trial(name, define, _told));

    private Task<string> Begin(Trial saga, string name, string? lane = null) =>
        _db.Write(tx => _runner.Start(tx, saga, new TrialState(name), lane ?? $"thing:{name}", "req-1"));

    private Func<TrialState, CancellationToken, Task<TrialState>> Say(string text) => (state, _) =>
    {
        _told.Enqueue($"{state.Name} {text}");
        return Task.FromResult(state);
    };

    private Func<TrialState, CancellationToken, Task> Undo(string text) => (state, _) =>
    {
        _told.Enqueue($"{state.Name} {text}");
        return Task.CompletedTask;
    };

    private static Func<TrialState, CancellationToken, Task<TrialState>> Throw(string text) => (_, _) => throw new InvalidDataException(text);

    [Fact]
    public async Task Step_that_fails_takes_back_itself_and_those_before_it_in_turn()
    {
        var saga = Register("trial", s => s.Do("one", Say("one"), Undo("undo one")).Do("none", Say("none")).Do("two", Throw("broken"), Undo("undo two")));
        var id = await Begin(saga, "a");
        var failure = await Assert.ThrowsAsync<SagaFailedException>(() => _runner.WhenDone(id));
        Assert.Equal("broken", failure.Message);
        Assert.Equal(["a one", "a none", "a undo two", "a undo one", "a failed: broken"], _told);
        Assert.Empty(_runner.Audit());
    }

    [Fact]
    public async Task Commit_that_fails_has_left_nothing_and_is_not_undone_itself()
    {
        var saga = Register("trial", s => s.Do("one", Say("one"), Undo("undo one"))
            .Commit("rows", (tx, _) => throw new InvalidDataException("refused"), (_, state) => _told.Enqueue("undo rows")));
        var id = await Begin(saga, "a");
        await Assert.ThrowsAsync<SagaFailedException>(() => _runner.WhenDone(id));
        Assert.Equal(["a one", "a undo one", "a failed: refused"], _told);
    }

    [Fact]
    public async Task Effect_whose_rows_were_refused_is_taken_back_with_what_it_learned()
    {
        var saga = Register("trial", s => s.Do("one", (state, _) => Task.FromResult(state with { Name = "learned" }), Undo("undo one"))
            .Commit("rows", (_, _) => throw new InvalidDataException("refused")));
        await Assert.ThrowsAsync<SagaFailedException>(async () => await _runner.WhenDone(await Begin(saga, "a")));
        Assert.Equal(["learned undo one", "learned failed: refused"], _told);
    }

    [Fact]
    public async Task Last_rows_stay_only_with_the_end_and_the_effect_before_them_is_recorded_by_both()
    {
        await _db.Write(tx => tx.Execute($"CREATE TABLE counted (n INTEGER NOT NULL)"));
        var (effects, ends) = (0, 0);
        var saga = Register("trial", s => s.NoReturn().Do("one", (state, _) =>
        {
            effects++;
            return Task.FromResult(state);
        }).Commit("rows", (tx, state) =>
        {
            tx.Execute($"INSERT INTO counted (n) VALUES ({++ends})");
            return ends == 1 ? throw new IOException("not yet") : state;
        }));
        await _runner.WhenDone(await Begin(saga, "a"));
        Assert.Equal((1, 2L), (effects, Assert.Single(_db.Read(tx => tx.Query($"SELECT n FROM counted", row => row.Long())))));
        Assert.Equal(["a finished"], _told);
    }

    [Fact]
    public async Task Step_past_the_point_of_no_return_is_tried_until_it_works()
    {
        var tries = 0;
        var saga = Register("trial", s => s.NoReturn().Do("one", (state, _) => ++tries < 3 ? throw new IOException("not yet") : Task.FromResult(state)));
        await _runner.WhenDone(await Begin(saga, "a"));
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task One_lane_runs_in_order_and_lanes_run_side_by_side()
    {
        var gate = new TaskCompletionSource();
        var saga = Register("trial", s => s.Do("wait", async (state, cancel) =>
        {
            if (state.Name == "slow") await gate.Task.WaitAsync(cancel);
            return state;
        }));
        var slow = await Begin(saga, "slow", "lane:1");
        var behind = await Begin(saga, "behind", "lane:1");
        await _runner.WhenDone(await Begin(saga, "beside", "lane:2"));
        Assert.Equal(["beside finished"], _told);
        Assert.True(_runner.IsBusy("lane:1"));
        gate.SetResult();
        await _runner.WhenDone(slow);
        await _runner.WhenDone(behind);
        Assert.Equal(["beside finished", "slow finished", "behind finished"], _told);
    }

    [Fact]
    public async Task Interrupt_breaks_off_what_runs_and_the_lane_goes_on()
    {
        var running = new TaskCompletionSource();
        var saga = Register("trial", s => s.Do("one", Say("one"), Undo("undo one")).Do("wait", async (state, cancel) =>
        {
            if (state.Name == "next") return state;
            running.SetResult();
            await Task.Delay(Timeout.Infinite, cancel);
            return state;
        }));
        var first = await Begin(saga, "first", "lane:1");
        var next = await Begin(saga, "next", "lane:1");
        await running.Task;
        _runner.Interrupt("lane:1");
        await Assert.ThrowsAsync<SagaFailedException>(() => _runner.WhenDone(first));
        await _runner.WhenDone(next);
        Assert.Equal(["first one", "first undo one", "first failed: interrupted by a later request", "next one", "next finished"], _told);
    }

    [Fact]
    public async Task Interrupt_past_the_point_of_no_return_changes_nothing()
    {
        var (running, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var saga = Register("trial", s => s.NoReturn().Do("wait", async (state, cancel) =>
        {
            running.SetResult();
            await gate.Task.WaitAsync(cancel);
            return state;
        }));
        var id = await Begin(saga, "a", "lane:1");
        await running.Task;
        _runner.Interrupt("lane:1");
        gate.SetResult();
        await _runner.WhenDone(id);
        Assert.Equal(["a finished"], _told);
    }

    [Fact]
    public async Task Saga_that_this_program_does_not_know_stops_no_other_and_is_named_by_the_audit()
    {
        var known = Register("trial", s => s.Do("one", Say("one")));
        var stranger = new Trial("from-the-future", s => s.Do("one", Say("never")), _told);
        var lost = await Begin(stranger, "lost");
        await Assert.ThrowsAsync<SagaFailedException>(() => _runner.WhenDone(lost));
        await _runner.WhenDone(await Begin(known, "a"));
        Assert.Contains("from-the-future", Assert.Single(_runner.Audit()));
        var second = NewRunner();
        second.Register(new Trial("trial", s => s.Do("one", Say("one")), _told));
        Assert.Equal(1, second.Resume());
        await second.Settled();
        Assert.Equal(["a one", "a finished"], _told);
    }

    [Fact]
    public async Task Stop_waits_for_the_step_in_flight_and_the_next_start_runs_it_again()
    {
        var running = new TaskCompletionSource();
        void Define(StepList<TrialState> s) => s.Do("one", Say("one")).Do("two", async (state, cancel) =>
        {
            _told.Enqueue("a two");
            if (running.TrySetResult()) await Task.Delay(Timeout.Infinite, cancel);
            return state;
        });
        var id = await Begin(Register("trial", Define), "a");
        await running.Task;
        await _runner.Stop();
        Assert.Equal(["a one", "a two"], _told);
        var second = NewRunner();
        second.Register(new Trial("trial", Define, _told));
        second.Resume();
        await second.WhenDone(id);
        Assert.Equal(["a one", "a two", "a two", "a finished"], _told);
        await second.WhenDone(id);
    }

    [Fact]
    public async Task Outcome_of_an_undone_saga_is_known_after_a_restart()
    {
        var saga = Register("trial", s => s.Do("one", Throw("broken")));
        var id = await Begin(saga, "a");
        await Assert.ThrowsAsync<SagaFailedException>(() => _runner.WhenDone(id));
        var failure = await Assert.ThrowsAsync<SagaFailedException>(() => NewRunner().WhenDone(id));
        Assert.Equal("broken", failure.Message);
    }

    [Fact]
    public async Task Resume_does_not_run_again_what_runs_already()
    {
        var gate = new TaskCompletionSource();
        var saga = Register("trial", s => s.Do("wait", async (state, cancel) =>
        {
            _told.Enqueue("begun");
            await gate.Task.WaitAsync(cancel);
            return state;
        }));
        var id = await Begin(saga, "a", "lane:1");
        _runner.Resume();
        gate.SetResult();
        await _runner.WhenDone(id);
        await _runner.Settled();
        Assert.Equal(["begun", "a finished"], _told);
    }

    [Fact]
    public async Task Child_begun_twice_by_its_id_runs_once()
    {
        var saga = Register("trial", s => s.Do("one", Say("one")));
        for (var i = 0; i < 2; i++)
            Assert.Equal("child", await _db.Write(tx => _runner.Start(tx, saga, new TrialState("a"), "lane:1", "req-1", "child")));
        await _runner.Settled();
        Assert.Equal(["a one", "a finished"], _told);
    }

    [Fact]
    public async Task Plan_goes_with_the_request_where_the_lane_is_free_and_waits_its_turn_where_it_is_not()
    {
        var gate = new TaskCompletionSource();
        Trial Planning(string name, Func<TrialState, CancellationToken, Task<TrialState>> effect) => Register(name, s => s
            .Plan("plan", (_, state) =>
            {
                _told.Enqueue($"{state.Name} planned");
                return new TrialState(state.Name + "'");
            })
            .Do("make", effect));
        var first = Planning("first", async (state, cancel) =>
        {
            await gate.Task.WaitAsync(cancel);
            return state;
        });
        var second = Planning("second", Say("made"));
        var ids = new List<string> { await Begin(first, "a", "lane:1") };
        Assert.Equal(["a planned"], _told);
        Assert.Equal(1, _db.Read(tx => SagaJournal.Find(tx, ids[0]))!.Step);
        ids.Add(await Begin(second, "b", "lane:1"));
        Assert.Equal(["a planned"], _told);
        Assert.Equal(0, _db.Read(tx => SagaJournal.Find(tx, ids[1]))!.Step);
        gate.SetResult();
        foreach (var id in ids) await _runner.WhenDone(id);
        Assert.Equal(["a planned", "a' finished", "b planned", "b' made", "b' finished"], _told);
    }

    [Fact]
    public async Task Plan_of_a_request_that_fails_is_not_kept()
    {
        var saga = Register("trial", s => s.Plan("plan", (_, state) => state).Do("one", Say("one")));
        await Assert.ThrowsAsync<InvalidDataException>(() => _db.Write(tx =>
        {
            _runner.Start(tx, saga, new TrialState("a"), "lane:1", "req-1");
            throw new InvalidDataException("refused");
        }));
        await _runner.Settled();
        Assert.Empty(_told);
        Assert.Empty(Left());
    }

    [Fact]
    public void Plan_is_the_first_step() =>
        Assert.Throws<InvalidOperationException>(() => Register("trial", s => s.Do("one", Say("one")).Plan("late", (_, state) => state)).Describe());

    [Fact]
    public async Task Database_that_is_locked_for_a_while_is_waited_for_and_nothing_is_taken_back()
    {
        var (running, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var saga = Register("trial", s => s.Do("one", async (state, cancel) =>
        {
            running.SetResult();
            await gate.Task.WaitAsync(cancel);
            return state;
        }, Undo("undo one")).Commit("rows", (_, state) => state));
        var id = await Begin(saga, "a");
        await running.Task;
        using (var other = new SqliteConnection($"Data Source={File};Pooling=false"))
        {
            other.Open();
            using var locked = other.BeginTransaction(deferred: false);
            gate.SetResult();
            await Task.Delay(1500);
        }
        await _runner.WhenDone(id);
        Assert.Equal(["a finished"], _told);
    }

    [Fact]
    public async Task Finished_sagas_are_forgotten_after_an_hour_unless_an_older_one_still_runs()
    {
        var now = DateTimeOffset.UtcNow;
        Task Insert(string id, string? outcome, DateTimeOffset created, DateTimeOffset updated) => _db.Write(tx => tx.Execute($"""
            INSERT INTO sagas (id, seq, name, lane, request_id, state, step, direction, attempts, cause, outcome, created_at, updated_at)
            VALUES ({id}, {created.UtcTicks}, 'x', 'x', 'x', 'x', 0, 'forward', 0, NULL, {outcome}, {created}, {updated})
            """));
        await Insert("old", "done", now.AddHours(-9), now.AddHours(-8));
        await Insert("parent", null, now.AddHours(-5), now.AddHours(-5));
        await Insert("child", "undone", now.AddHours(-4), now.AddHours(-4).AddSeconds(1));
        await _db.Write(tx => SagaJournal.Tidy(tx, now));
        Assert.Equal(["child", "parent"], Left());
        await _db.Write(tx => tx.Execute($"UPDATE sagas SET outcome = 'done', updated_at = {now} WHERE id = 'parent'"));
        await _db.Write(tx => SagaJournal.Tidy(tx, now));
        Assert.Equal(["parent"], Left());
    }

    private List<string> Left() => _db.Read(tx => tx.Query($"SELECT id FROM sagas ORDER BY id", row => row.Text()));

    [Theory]
    [InlineData("create-server/make disk/after/kill", "create-server", "make disk", "after", "kill")]
    [InlineData("s/a/b c/d/undo-before/fail", "s", "a/b c/d", "undo-before", "fail")]
    public void FaultPoint_text_is_read(string text, string saga, string step, string moment, string action)
    {
        var plan = FaultPoint.Plan.Parse(text);
        Assert.Equal((saga, step, action), (plan.Saga, plan.Step, plan.Action));
        Assert.Equal(moment.Replace("-", "", StringComparison.Ordinal), plan.Moment.ToString(), ignoreCase: true);
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("a/b/never/kill")]
    [InlineData("a/b/after/explode")]
    [InlineData("a/after/kill")]
    public void FaultPoint_text_that_is_none_throws(string text) => Assert.Throws<FormatException>(() => FaultPoint.Plan.Parse(text));
}
