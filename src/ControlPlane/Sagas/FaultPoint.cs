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
    private static readonly string[]? Armed = Environment.GetEnvironmentVariable("CUMULET_FAULT")?.Split('/');
    private static int _struck;

    public static void Hit(string saga, string step, FaultMoment moment)
    {
        if (Armed is null || !Matches(saga, step, moment)) return;
        switch (Armed[3])
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
        Armed is not null && Armed.Length > 3 && Armed[3] == "twice" && Matches(saga, step, moment);

    private static bool Matches(string saga, string step, FaultMoment moment) =>
        Armed is [var aSaga, var aStep, var aMoment, _] && aSaga == saga && aStep == step && aMoment == moment switch
        {
            FaultMoment.Before => "before",
            FaultMoment.After => "after",
            FaultMoment.Recorded => "recorded",
            FaultMoment.UndoBefore => "undo-before",
            _ => "undo-after",
        };

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
