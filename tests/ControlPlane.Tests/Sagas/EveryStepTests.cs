using System.Collections.Concurrent;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>
/// Every step of every registered saga is killed, failed and run twice, in a real process: afterwards, in a new process where
/// it was killed, everything is in a final state, no saga is unfinished and the audit is clean.
/// </summary>
public sealed class EveryStepTests
{
    private static readonly int Parallel = Math.Clamp(Environment.ProcessorCount, 2, 6);

    /// <summary>What a server of either life goes through; the minutes of every run.</summary>
    private static readonly string[] OfTheTwoLives = ["create-volume", "delete-volume", "create-server", "delete-server"];

    [Fact]
    public Task Saga_of_the_two_lives_killed_failed_or_repeated_at_any_step_ends_clean() => RunAll(null, OfTheTwoLives);

    [Fact(Explicit = true)]
    public Task Saga_killed_failed_or_repeated_at_any_step_ends_clean_on_sqlite() => RunAll(null);

    [Fact(Explicit = true)]
    public async Task Saga_killed_failed_or_repeated_at_any_step_ends_clean_on_postgresql()
    {
        var postgres = new PrivatePostgres();
        await postgres.InitializeAsync();
        await using (postgres) await RunAll(postgres);
    }

    private static async Task RunAll(PrivatePostgres? postgres, IReadOnlyList<string>? names = null)
    {
        var folder = Directory.CreateTempSubdirectory("cumulet-sagas-").FullName;
        try
        {
            var registry = await Registry(Path.Combine(folder, "first"), postgres is null ? null : await postgres.NewDatabase());
            var only = Environment.GetEnvironmentVariable("CUMULET_SAGA");
            var unknown = registry.Where(s => only is null ? names is null || names.Contains(s.Name) : s.Name == only).Where(s => !Scenarios.All.ContainsKey(s.Name)).Select(s => s.Name).ToList();
            Assert.True(unknown.Count == 0, $"no scenario for: {string.Join(", ", unknown)} (Sagas/Scenarios.cs)");
            var wrong = new ConcurrentQueue<string>();
            var cases = 0;
            await System.Threading.Tasks.Parallel.ForEachAsync(registry.Where(s => only is null ? names is null || names.Contains(s.Name) : s.Name == only),
                new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (saga, _) =>
                {
                    var faults = saga.Faults().ToList();
                    Interlocked.Add(ref cases, faults.Count);
                    await RunChain(Path.Combine(folder, saga.Name), postgres is null ? null : await postgres.NewDatabase(), saga, faults, wrong);
                });
            Console.WriteLine($"{cases} cases of {registry.Count} sagas");
            Assert.True(wrong.IsEmpty, $"{wrong.Count} of {cases} cases of {registry.Count} sagas:\n{string.Join('\n', wrong.Order())}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<SagaShape>> Registry(string state, string? postgres)
    {
        await using var cloud = new KillableCloud(state, postgres);
        await cloud.Start();
        return [.. (await cloud.Ask("sagas")).Split('|', StringSplitOptions.RemoveEmptyEntries).Select(SagaShape.Parse)];
    }

    /// <summary>All the cases of one saga in one cloud, which is started again where it was killed.</summary>
    private static async Task RunChain(
        string state, string? postgres, SagaShape saga, IReadOnlyList<Strike> faults, ConcurrentQueue<string> wrong)
    {
        await using var cloud = new KillableCloud(state, postgres);
        await cloud.Start();
        await Quotas(cloud);
        for (var i = 0; i < faults.Count; i++)
        {
            try
            {
                await RunCase(cloud, saga, faults[i], $"{saga.Name}-{i}");
            }
            catch (Exception failure)
            {
                wrong.Enqueue($"{faults[i].Text}: {failure.Message}\n{cloud.Log}");
                // The next case begins in a process that is certainly there.
                await cloud.DisposeAsync();
                await cloud.Start();
            }
        }
    }

    private static async Task RunCase(KillableCloud cloud, SagaShape saga, Strike fault, string name)
    {
        var attempt = await Scenarios.All[saga.Name](cloud, name);
        await cloud.Ask("settle");
        await cloud.Ask($"arm {fault.Text}");
        try
        {
            await attempt.Trigger();
        }
        catch (Exception cut) when (fault.Kills ? cut is HttpRequestException or IOException : !fault.GoesThrough && cut is InvalidOperationException)
        {
            // Killed before it could answer, or an operation whose answer waits for its saga and says that it failed.
        }
        if (fault.Kills)
        {
            await cloud.Died();
            await cloud.Start();
        }
        var findings = await cloud.Ask("settle");
        if (findings.Length > 0) throw new InvalidOperationException(findings);
        if (fault.GoesThrough) await attempt.Done();
        await attempt.Clean();
        findings = await cloud.Ask("settle");
        if (findings.Length > 0) throw new InvalidOperationException($"after the removal: {findings}");
    }

    private static async Task Quotas(KillableCloud cloud)
    {
        await cloud.Send("PUT", "/volume/v3/{project}/os-quota-sets/{project}",
            """{"quota_set":{"volumes":-1,"snapshots":-1,"gigabytes":-1} }""", 404);
        await cloud.Send("PUT", "/compute/v2.1/os-quota-sets/{project}",
            """{"quota_set":{"instances":-1,"cores":-1,"ram":-1} }""", 404);
    }
}

/// <summary>A saga as the registry tells it.</summary>
internal sealed record SagaShape(string Name, IReadOnlyList<(string Name, string Undo, bool IsCommit)> Steps)
{
    public static SagaShape Parse(string text)
    {
        var words = text.Split('\t');
        return new SagaShape(words[0], [.. words.Skip(1).Chunk(3).Select(w => (w[0], w[1], w[2] == "commit"))]);
    }

    /// <summary>
    /// Before a step is the same moment as after the record of the one in front of it, and the inside of a commit the same as
    /// before it; those are tried once.
    /// </summary>
    public IEnumerable<Strike> Faults()
    {
        for (var i = 0; i < Steps.Count; i++)
        {
            var (step, undo, isCommit) = Steps[i];
            var returns = undo != "forward";
            if (i == 0) yield return new Strike($"{Name}/{step}/before/kill", true, true);
            yield return new Strike($"{Name}/{step}/after/kill", true, true);
            yield return new Strike($"{Name}/{step}/recorded/kill", true, true);
            yield return new Strike($"{Name}/{step}/before/fail", false, !returns);
            yield return new Strike($"{Name}/{step}/after/fail", false, !returns);
            if (!isCommit) yield return new Strike($"{Name}/{step}/after/twice", false, true);
            if (undo != "undo" || Failing(i) is not { } failing) continue;
            foreach (var (point, kills) in new[] { ("undo-before/kill", true), ("undo-after/kill", true), ("undo-after/twice", false), ("undo-after/fail", false) })
                yield return new Strike($"{failing};{Name}/{step}/{point}", kills, false);
        }
    }

    // What makes the saga turn back over this step: the last step that can, or else the step itself.
    private string? Failing(int step)
    {
        var last = Steps.Count - 1;
        while (last > step && Steps[last].Undo == "forward") last--;
        if (last > step) return $"{Name}/{Steps[last].Name}/before/fail";
        return Steps[step].IsCommit ? null : $"{Name}/{Steps[step].Name}/after/fail";
    }
}

/// <summary>One case.</summary>
/// <param name="GoesThrough">The saga is not taken back: what it was to do is done afterwards.</param>
internal sealed record Strike(string Text, bool Kills, bool GoesThrough);
