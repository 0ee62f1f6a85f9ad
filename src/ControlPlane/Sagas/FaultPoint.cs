using System.Runtime.InteropServices;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>Where in a step a fault strikes.</summary>
internal enum FaultMoment { Before, After, Recorded, UndoBefore, UndoAfter }

/// <summary>A failure that a test asked for.</summary>
public sealed class InjectedFaultException(string point) : Exception($"injected fault at {point}");

/// <summary>
/// Kills or fails the process at a named point, to prove that it recovers. Armed only by the environment variable
/// <c>CUMULET_FAULT=saga/step/moment/action</c> with moment before, after, recorded, undo-before, undo-after and action
/// kill, fail or twice (the step or undo runs a second time). Without it each point is one comparison.
/// </summary>
internal static partial class FaultPoint
{
    private static readonly Plan? Armed = Plan.Parse(Environment.GetEnvironmentVariable("CUMULET_FAULT"));
    private static int _struck;

    public static void Hit(string saga, string step, FaultMoment moment)
    {
        if (Armed is null || !Armed.Is(saga, step, moment)) return;
        switch (Armed.Action)
        {
            case "kill":
                // Not Environment.FailFast: nothing may be flushed or said.
                Kill(Environment.ProcessId, 9);
                break;
            case "fail" when Interlocked.Exchange(ref _struck, 1) == 0:
                throw new InjectedFaultException($"{saga}/{step}");
        }
    }

    public static bool Twice(string saga, string step, FaultMoment moment) =>
        Armed is { Action: "twice" } && Armed.Is(saga, step, moment);

    /// <summary>What the variable asks for; a step's name may hold blanks and slashes.</summary>
    internal sealed record Plan(string Saga, string Step, FaultMoment Moment, string Action)
    {
        public static Plan? Parse(string? text)
        {
            if (string.IsNullOrEmpty(text)) return null;
            if (text.Split('/') is not [var saga, .. var step, var moment, var action] || step.Length == 0)
                throw new FormatException($"CUMULET_FAULT '{text}' is not saga/step/moment/action");
            if (action is not ("kill" or "fail" or "twice"))
                throw new FormatException($"CUMULET_FAULT '{text}': the action is kill, fail or twice");
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
