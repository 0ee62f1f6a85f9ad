namespace Cumulet.ControlPlane.Tests.Conflicts;

/// <summary>
/// Requests that cannot all win, sent at once with offsets of some milliseconds, again and again: no answer is a 5xx, no two
/// win where only one may, and afterwards everything is in a final state and the audit is clean.
/// </summary>
public sealed class ConflictTests
{
    private const int EveryRun = 6;
    private const int LongRun = 300;

    public static TheoryData<string> Names => [.. Pairs.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Conflict_has_at_most_one_winner_and_leaves_everything_whole(string name) => Run(name, EveryRun);

    [Theory(Explicit = true)]
    [MemberData(nameof(Names))]
    public Task Conflict_has_at_most_one_winner_many_times(string name) => Run(name, LongRun);

    private static async Task Run(string name, int rounds)
    {
        await using var world = await World.Start();
        // Printed with a failure: the same seed gives the same offsets.
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var race = await Pairs.All[name](world, round);
            var statuses = await Task.WhenAll(race.Requests.Select(request => After(random.Next(6), request)));
            var told = $"{name}, round {round}, seed {seed}: {string.Join(", ", statuses)}";
            Assert.True(statuses.All(s => s < 500), told);
            Assert.True(race.Verdict(statuses), told);
            await world.Quiet();
            if (race.Then is { } then) await then(told);
        }
        await world.Clean(name);
    }

    private static async Task<int> After(int milliseconds, Func<Task<int>> request)
    {
        await Task.Delay(milliseconds);
        return await request();
    }
}

/// <summary>One round of a conflict.</summary>
/// <param name="Verdict">Of the statuses, in the order of the requests.</param>
/// <param name="Then">What must be true when all has come to rest.</param>
internal sealed record Race(IReadOnlyList<Func<Task<int>>> Requests, Func<int[], bool> Verdict, Func<string, Task>? Then = null)
{
    public static bool OneWins(int[] statuses) => statuses.Count(s => s < 300) == 1;

    public static bool AnyWay(int[] statuses) => statuses.Length > 0;
}
