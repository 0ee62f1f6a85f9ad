using System.Runtime.InteropServices;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>Where in a step a fault strikes.</summary>
internal enum FaultMoment { Before, After, Recorded, UndoBefore, UndoAfter }

/// <summary>A failure that a test asked for.</summary>
public sealed class InjectedFaultException(string point) : Exception($"injected fault at {point}");

/// <summary>
/// Kills or fails the process at a named point, to prove that it recovers. Armed only by the environment variable
/// <c>CUMULET_FAULT=saga/step/moment/action</c> with moment before, after, recorded, undo-before, undo-after and action
/// kill, fail, twice (the effect or its undo runs a second time) and hold (the saga stays there until the process ends);
/// several points of one saga are parted by semicolons; or <c>orders</c>, to take them from <see cref="FaultOrders"/> while it runs.
/// Without it each point is one comparison.
/// </summary>
internal static partial class FaultPoint
{
    private static readonly string? _asked = Environment.GetEnvironmentVariable("CUMULET_FAULT");
    private static volatile Case[]? _armed = TakesOrders ? null : Case.Parse(_asked);
    private static readonly SemaphoreSlim _held = new(0);

    public static bool TakesOrders => _asked == "orders";

    /// <summary>The same from inside a test's own process, beside what is armed already; null disarms everything.</summary>
    public static void Arm(string? text) => _armed = Case.Parse(text) is { } more ? [.. _armed ?? [], .. more] : null;

    /// <summary>Completes when one more saga stays at its point.</summary>
    public static Task<bool> Held(TimeSpan limit) => _held.WaitAsync(limit);

    public static void Hit(string saga, string id, string step, FaultMoment moment)
    {
        if (_armed is not { } armed) return;
        foreach (var plan in armed.SelectMany(c => c.At(saga, id, step, moment)))
        {
            switch (plan.Action)
            {
                case "kill":
                    // Not Environment.FailFast: nothing may be flushed or said.
                    Kill(Environment.ProcessId, 9);
                    break;
                case "fail" when plan.StrikesFirst():
                    throw new InjectedFaultException($"{saga}/{step}");
                case "hold":
                    Hold();
                    break;
            }
        }
    }

    // Whoever is held keeps its thread of the pool; the others have as many as before.
    private static void Hold()
    {
        lock (_held)
        {
            ThreadPool.GetMinThreads(out var workers, out var completions);
            ThreadPool.SetMinThreads(workers + 1, completions);
        }
        _held.Release();
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Whether a point of this saga is armed: each of its steps is then taken by itself.</summary>
    public static bool Watches(string saga) => _armed is { } armed && armed.Any(c => c.Watches(saga));

    public static bool Twice(string saga, string id, string step, FaultMoment moment) =>
        _armed is { } armed && armed.SelectMany(c => c.At(saga, id, step, moment)).Any(p => p.Action == "twice");

    /// <summary>The points of one run of a saga: the first run that comes to one of them keeps them all.</summary>
    private sealed class Case(Plan[] plans)
    {
        private string? _id;

        public static Case[]? Parse(string? text) =>
            string.IsNullOrEmpty(text) ? null : [new Case([.. text.Split(';').Select(Plan.Parse)])];

        public bool Watches(string saga) => plans.Any(p => p.Saga == saga);

        public IEnumerable<Plan> At(string saga, string id, string step, FaultMoment moment)
        {
            var here = plans.Where(p => p.Is(saga, step, moment)).ToList();
            return here.Count > 0 && (Interlocked.CompareExchange(ref _id, id, null) ?? id) == id ? here : [];
        }
    }

    /// <summary>One point; a step's name may hold blanks and slashes.</summary>
    internal sealed record Plan(string Saga, string Step, FaultMoment Moment, string Action)
    {
        private int _struck;

        public bool StrikesFirst() => Interlocked.Exchange(ref _struck, 1) == 0;

        public static Plan Parse(string text)
        {
            if (text.Split('/') is not [var saga, .. var step, var moment, var action] || step.Length == 0)
                throw new FormatException($"CUMULET_FAULT '{text}' is not saga/step/moment/action");
            if (action is not ("kill" or "fail" or "twice" or "hold"))
                throw new FormatException($"CUMULET_FAULT '{text}': the action is kill, fail, twice or hold");
            return new Plan(saga, string.Join('/', step), MomentOf(moment), action);
        }

        private static FaultMoment MomentOf(string text) => text switch
        {
            "before" => FaultMoment.Before,
            "after" => FaultMoment.After,
            "recorded" => FaultMoment.Recorded,
            "undo-before" => FaultMoment.UndoBefore,
            "undo-after" => FaultMoment.UndoAfter,
            _ => throw new FormatException(
                $"CUMULET_FAULT: the moment '{text}' is none of before, after, recorded, undo-before, undo-after"),
        };

        public bool Is(string saga, string step, FaultMoment moment) => moment == Moment && saga == Saga && step == Step;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
