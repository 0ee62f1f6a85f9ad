using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>
/// A long operation as a list of steps, each with its undo. Every outcome is in the database before the next effect begins:
///
///     row + saga in one commit ─▶ step 1 ─▶ journal ─▶ step 2 ─▶ journal ─▶ … ─▶ done
///                                             │ a step throws
///                                             └▶ undo 1 ◀─ journal ◀─ undo 2 …  ─▶ Failed, undone
///
/// A step that only changes rows takes the outcome of the effect before it into its own commit, and the last one the end; a
/// plan at the beginning goes with the request.
/// After a crash the step whose outcome is not in the journal runs again; so steps and undos must bear being run twice,
/// and an undo must bear a step that never had its effect.
/// </summary>
public abstract class Saga
{
    private protected Saga(string name) => Name = name;

    /// <summary>Verb and resource, <c>create-server</c>; journals of unfinished sagas hold it, so it is never renamed.</summary>
    public string Name { get; }

    /// <summary>Names of the steps in order and whether each has an undo, for <c>cumulet sagas</c> and the kill tests.</summary>
    public abstract IReadOnlyList<StepInfo> Describe();

    internal abstract int StepCount { get; }
    internal abstract string StepName(int step);
    internal abstract bool Returns(int step);
    internal abstract Task<string?> Run(int step, string state, CancellationToken cancel);
    internal abstract string RunCommit(int step, Tx tx, string state);
    internal abstract bool IsCommit(int step);
    internal abstract bool BeginsWithPlan { get; }
    internal abstract Task Undo(int step, string state, CancellationToken cancel);
    internal abstract void UndoCommit(int step, Tx tx, string state);
    internal abstract void End(Tx tx, string state, Exception? cause);
}

/// <summary>One step as a reader of the registry sees it.</summary>
/// <param name="Undo">What takes it back: <c>undo</c>, <c>none</c> (nothing to take back) or <c>forward</c> (only retried).</param>
public sealed record StepInfo(string Name, string Undo);

/// <typeparam name="TState">An immutable record; what the steps learn on the way is carried from one to the next.</typeparam>
public abstract class Saga<TState>(string name, JsonTypeInfo<TState> json) : Saga(name) where TState : class
{
    private IReadOnlyList<Step<TState>>? _steps;

    /// <summary>The steps, one screen, before any implementation.</summary>
    protected abstract void Define(StepList<TState> steps);

    /// <summary>In the commit that ends a saga that was taken back: the state the user sees, and the reason.</summary>
    protected virtual void Failed(Tx tx, TState state, Exception cause) { }

    /// <summary>In the commit that ends a saga that went through.</summary>
    protected virtual void Finished(Tx tx, TState state) { }

    private IReadOnlyList<Step<TState>> Steps
    {
        get
        {
            if (_steps is not null) return _steps;
            var list = new StepList<TState>();
            Define(list);
            return _steps = list.Steps;
        }
    }

    internal string Save(TState state) => JsonSerializer.Serialize(state, json);
    private TState Load(string state) => JsonSerializer.Deserialize(state, json)!;

    public sealed override IReadOnlyList<StepInfo> Describe() =>
        [.. Steps.Select(s => new StepInfo(s.Name, !s.Returns ? "forward" : s.HasUndo ? "undo" : "none"))];

    internal sealed override int StepCount => Steps.Count;
    internal sealed override string StepName(int step) => Steps[step].Name;
    internal sealed override bool Returns(int step) => Steps[step].Returns;
    internal sealed override bool IsCommit(int step) => Steps[step].InCommit is not null;
    internal sealed override bool BeginsWithPlan => Steps is [{ IsPlan: true }, ..];

    internal sealed override async Task<string?> Run(int step, string state, CancellationToken cancel)
    {
        var before = Load(state);
        var after = await Steps[step].Effect!(before, cancel);
        return ReferenceEquals(before, after) ? null : Save(after);
    }

    internal sealed override string RunCommit(int step, Tx tx, string state) => Save(Steps[step].InCommit!(tx, Load(state)));

    internal sealed override Task Undo(int step, string state, CancellationToken cancel) =>
        Steps[step].UndoEffect is { } undo ? undo(Load(state), cancel) : Task.CompletedTask;

    internal sealed override void UndoCommit(int step, Tx tx, string state) => Steps[step].UndoInCommit?.Invoke(tx, Load(state));

    internal sealed override void End(Tx tx, string state, Exception? cause)
    {
        if (cause is null) Finished(tx, Load(state));
        else Failed(tx, Load(state), cause);
    }
}

internal sealed record Step<TState>(string Name, bool Returns)
{
    public Func<TState, CancellationToken, Task<TState>>? Effect { get; init; }
    public Func<TState, CancellationToken, Task>? UndoEffect { get; init; }
    public Func<Tx, TState, TState>? InCommit { get; init; }
    public bool IsPlan { get; init; }
    public Action<Tx, TState>? UndoInCommit { get; init; }
    public bool HasUndo => UndoEffect is not null || UndoInCommit is not null;
}

/// <summary>Collects the steps of a saga.</summary>
public sealed class StepList<TState>
{
    private readonly List<Step<TState>> _steps = [];
    private bool _returns = true;

    internal IReadOnlyList<Step<TState>> Steps => _steps;

    /// <summary>A step with an effect outside the database. Gives back the state, changed where it learned something.</summary>
    public StepList<TState> Do(string name, Func<TState, CancellationToken, Task<TState>> effect,
        Func<TState, CancellationToken, Task>? undo = null)
    {
        _steps.Add(new Step<TState>(name, _returns) { Effect = effect, UndoEffect = undo });
        return this;
    }

    /// <summary>The same for a step that learns nothing which later steps need.</summary>
    public StepList<TState> Do(string name, Func<TState, CancellationToken, Task> effect, Func<TState, CancellationToken, Task>? undo = null) =>
        Do(name, async (state, cancel) =>
        {
            await effect(state, cancel);
            return state;
        }, undo);

    /// <summary>A step that only changes rows: its effect and its journal entry are one commit.</summary>
    public StepList<TState> Commit(string name, Func<Tx, TState, TState> effect, Action<Tx, TState>? undo = null)
    {
        _steps.Add(new Step<TState>(name, _returns) { InCommit = effect, UndoInCommit = undo });
        return this;
    }

    /// <summary>The same for a step that learns nothing which later steps need.</summary>
    public StepList<TState> Commit(string name, Action<Tx, TState> effect, Action<Tx, TState>? undo = null) =>
        Commit(name, (tx, state) =>
        {
            effect(tx, state);
            return state;
        }, undo);

    /// <summary>
    /// A first step that only writes down what the next one is to make. Where nothing else of the lane runs or waits, what it reads
    /// is what the request has just checked, and it goes into the request's own commit: one less to wait for.
    /// </summary>
    public StepList<TState> Plan(string name, Func<Tx, TState, TState> effect)
    {
        if (_steps.Count > 0) throw new InvalidOperationException($"'{name}' is not the first step: only that one can go with the request");
        _steps.Add(new Step<TState>(name, _returns) { InCommit = effect, IsPlan = true });
        return this;
    }

    /// <summary>
    /// From here on nothing is taken back: a step that fails is tried again until it works. For deletions, and for what
    /// follows the moment at which the user's data has moved.
    /// </summary>
    public StepList<TState> NoReturn()
    {
        _returns = false;
        return this;
    }
}
