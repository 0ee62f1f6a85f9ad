using Cumulet.ControlPlane.Sagas;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>A saga as the registry tells it, and the faults that follow from its steps.</summary>
internal sealed record SagaShape(string Name, IReadOnlyList<(string Name, string Undo, bool IsCommit)> Steps)
{
    /// <summary>The way that starts it (<see cref="Scenarios"/>).</summary>
    public string Scenario { get; init; } = Name;

    public static SagaShape Of(Saga saga) => new(saga.Name, [.. saga.Describe().Select((step, i) => (step.Name, step.Undo, saga.IsCommit(i)))]);

    /// <summary>The cases that one process can take together: those without a kill, and those that are held, with one at the
    /// end that dies inside a commit, where nothing can be held.</summary>
    public IEnumerable<IReadOnlyList<Strike>> Batches(int size)
    {
        var strikes = Faults().ToList();
        foreach (var batch in strikes.Where(s => !s.Kills).Chunk(size)) yield return batch;
        var held = strikes.Where(s => s.Holds).ToList();
        var inCommits = strikes.Where(s => s is { Kills: true, Holds: false }).ToList();
        // Of which one runs at a time, one can be held at a time.
        if (Scenarios.OneByOne.Contains(Name)) size = 1;
        var batches = Math.Max(1, Math.Max(inCommits.Count, (held.Count + size - 1) / size));
        for (var i = 0; i < batches; i++)
            yield return [.. held.Where((_, n) => n % batches == i), .. size == 1 ? [] : inCommits.Skip(i).Take(1)];
        if (size == 1)
            foreach (var alone in inCommits) yield return [alone];
    }

    /// <summary>Before a step is the same moment as after the one in front of it; that is tried once.</summary>
    private IEnumerable<Strike> Faults()
    {
        for (var i = 0; i < Steps.Count; i++)
        {
            var (step, undo, isCommit) = Steps[i];
            var returns = undo != "forward";
            if (i == 0) yield return new Strike(Scenario, $"{Name}/{step}/before/hold", true);
            yield return new Strike(Scenario, $"{Name}/{step}/after/{(isCommit ? "kill" : "hold")}", true);
            // An effect is recorded by itself only where another one follows.
            if (isCommit || i + 1 < Steps.Count && !Steps[i + 1].IsCommit) yield return new Strike(Scenario, $"{Name}/{step}/recorded/hold", true);
            yield return new Strike(Scenario, $"{Name}/{step}/before/fail", !returns);
            yield return new Strike(Scenario, $"{Name}/{step}/after/fail", !returns);
            if (!isCommit) yield return new Strike(Scenario, $"{Name}/{step}/after/twice", true);
            if (undo != "undo" || Failing(i) is not { } failing) continue;
            foreach (var point in (string[])["undo-before/hold", "undo-after/hold", "undo-after/twice", "undo-after/fail"])
                yield return new Strike(Scenario, $"{failing};{Name}/{step}/{point}", false);
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
internal sealed record Strike(string Scenario, string Text, bool GoesThrough)
{
    public bool Holds => Text.EndsWith("/hold", StringComparison.Ordinal);
    public bool Kills => Holds || Text.EndsWith("/kill", StringComparison.Ordinal);
}
