using System.Collections.Concurrent;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>
/// Every step of every registered saga is killed, failed and run twice, in a real process: afterwards, in a new process where
/// it was killed, everything is in a final state, no saga is unfinished and the audit is clean.
///
/// A process takes most of the time to start, so it dies for several cases at once: each brings a saga of its own to its
/// point, where it is held; when all are there the process is killed, and the next one has to bring all of them to an end.
/// </summary>
public sealed class EveryStepTests
{
    private const int BatchSize = 24;
    private static readonly int Parallel = Math.Clamp(Environment.ProcessorCount, 2, 6);

    /// <summary>What a server of either life goes through.</summary>
    private static readonly string[] OfTheTwoLives = ["create-volume", "delete-volume", "create-server", "delete-server"];

    [Fact]
    public Task Saga_killed_failed_or_repeated_at_any_step_ends_clean_on_sqlite() => RunAll(null);

    [Fact]
    public Task Saga_of_the_two_lives_killed_failed_or_repeated_at_any_step_ends_clean_on_postgresql() => OnPostgres(OfTheTwoLives);

    [Fact(Explicit = true)]
    public Task Saga_killed_failed_or_repeated_at_any_step_ends_clean_on_postgresql() => OnPostgres(null);

    private static async Task OnPostgres(IReadOnlyList<string>? names)
    {
        var postgres = new PrivatePostgres();
        await postgres.InitializeAsync();
        await using (postgres) await RunAll(postgres, names);
    }

    private static async Task RunAll(PrivatePostgres? postgres, IReadOnlyList<string>? names = null)
    {
        var folder = Directory.CreateTempSubdirectory("cumulet-sagas-").FullName;
        try
        {
            // CUMULET_SAGA=name takes one saga, CUMULET_SAGA=name/step/moment/action one case.
            var only = Environment.GetEnvironmentVariable("CUMULET_SAGA")?.Split('/', 2);
            var sagas = (await Registry())
                .Where(s => only is null ? names is null || names.Contains(s.Name) : s.Name == only[0]).ToList();
            var unknown = sagas.Where(s => !Scenarios.Of(s.Name).Any()).Select(s => s.Name).ToList();
            Assert.True(unknown.Count == 0, $"no scenario for: {string.Join(", ", unknown)} (Sagas/Scenarios.cs)");
            var batches = sagas.SelectMany(saga => Scenarios.Of(saga.Name).Select(scenario => saga with { Scenario = scenario }))
                .SelectMany(saga => saga.Batches(BatchSize)).ToList();
            if (only is { Length: 2 }) batches = [[.. batches.SelectMany(b => b).Where(s => s.Text.EndsWith(string.Join('/', only), StringComparison.Ordinal))]];
            var wrong = new ConcurrentBag<string>();
            var waiting = new ConcurrentQueue<IReadOnlyList<Strike>>(batches);
            await Task.WhenAll(Enumerable.Range(0, Parallel).Select(async i =>
                await RunBatches(Path.Combine(folder, $"{i}"), postgres is null ? null : await postgres.NewDatabase(), waiting, wrong)));
            var cases = batches.Sum(b => b.Count);
            TestContext.Current.SendDiagnosticMessage($"{cases} cases of {sagas.Count} sagas");
            Console.WriteLine($"{cases} cases of {sagas.Count} sagas on {(postgres is null ? "SQLite" : "PostgreSQL")}");
            Assert.True(wrong.IsEmpty, $"{wrong.Count} of {cases} cases of {sagas.Count} sagas:\n{string.Join('\n', wrong.Order())}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<SagaShape>> Registry()
    {
        await using var cloud = await TestCloud.Start();
        return [.. cloud.Cloud.Parts.Sagas.Registered.Select(SagaShape.Of)];
    }

    private static async Task RunBatches(
        string state, string? postgres, ConcurrentQueue<IReadOnlyList<Strike>> waiting, ConcurrentBag<string> wrong)
    {
        if (waiting.IsEmpty) return;
        var clouds = 0;
        var cloud = await NewCloud($"{state}-{clouds}", postgres);
        while (waiting.TryDequeue(out var batch))
        {
            if (await Failure(cloud, batch) is not { } failure) continue;
            // Which of them it was, each alone; in clouds that the failure has left nothing in.
            var found = new List<string>();
            foreach (var strike in batch)
            {
                await cloud.DisposeAsync();
                cloud = await NewCloud($"{state}-{++clouds}", postgres);
                if (await Failure(cloud, [strike]) is { } alone) found.Add($"{strike.Text}: {alone}");
            }
            if (found.Count == 0) found.Add($"{string.Join(", ", batch.Select(s => s.Text))} together: {failure}");
            foreach (var text in found) wrong.Add(text);
            await cloud.DisposeAsync();
            cloud = await NewCloud($"{state}-{++clouds}", postgres);
        }
        await cloud.DisposeAsync();
    }

    private static async Task<KillableCloud> NewCloud(string state, string? postgres)
    {
        var cloud = new KillableCloud(state, postgres);
        await cloud.Start();
        await cloud.LiftQuotas();
        await Scenarios.Prepare(cloud);
        return cloud;
    }

    /// <summary>What was wrong after the cases of one batch, or null.</summary>
    private static async Task<string?> Failure(KillableCloud cloud, IReadOnlyList<Strike> batch)
    {
        try
        {
            await RunBatch(cloud, batch);
            return null;
        }
        catch (Exception failure)
        {
            return $"{failure.Message}\n{cloud.Log}";
        }
    }

    private static async Task RunBatch(KillableCloud cloud, IReadOnlyList<Strike> batch)
    {
        var attempts = await Task.WhenAll(batch.Select(strike => Scenarios.All[strike.Scenario](cloud, cloud.NewName(strike.Scenario))));
        await Clean(cloud, "before the fault");
        var triggered = new List<Task>();
        for (var i = 0; i < batch.Count; i++) triggered.Add(await Strike(cloud, batch[i], attempts[i]));
        if (batch[0].Kills)
        {
            if (batch[^1].Holds) cloud.Kill();
            await cloud.Died();
            // Nobody waits for these any more: requests whose answer the kill has cut off.
            foreach (var cut in triggered) await cut.ContinueWith(_ => { }, TaskScheduler.Default);
            await cloud.Start();
        }
        await Clean(cloud, "after the fault");
        await Task.WhenAll(batch.Zip(attempts).Where(pair => pair.First.GoesThrough).Select(pair => pair.Second.Done()));
        await Task.WhenAll(attempts.Select(attempt => attempt.Clean()));
        await Clean(cloud, "after the removal");
    }

    private static async Task Clean(KillableCloud cloud, string when)
    {
        if (await cloud.Settle() is { Length: > 0 } findings) throw new InvalidOperationException($"{when}: {findings}");
    }

    /// <summary>Brings a saga to its fault: held there, killed there, or past it.</summary>
    private static async Task<Task> Strike(KillableCloud cloud, Strike strike, Attempt attempt)
    {
        await cloud.Arm(strike.Text);
        var triggered = attempt.Trigger();
        if (strike.Holds)
        {
            if (await cloud.Held()) return triggered;
            if (triggered.IsFaulted) await triggered;
            throw new InvalidOperationException($"{strike.Text} was not reached");
        }
        if (strike.Kills) return triggered;
        try
        {
            await triggered;
        }
        catch (InvalidOperationException) when (!strike.GoesThrough)
        {
            // An operation whose answer waits for its saga says that it failed.
        }
        await cloud.Quiet();
        return Task.CompletedTask;
    }
}
