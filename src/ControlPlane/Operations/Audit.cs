using System.Text;

namespace Cumulet.ControlPlane.Operations;

/// <summary>Something that the rows say and the machine does not, or the other way round.</summary>
/// <param name="Invariant">Which of the invariants (docs/audit.md): processes, files, network, addresses, …</param>
public sealed record Finding(string Invariant, string Text);

/// <summary>
/// Asks every room whether rows and reality agree; changes nothing. Rows, files and processes cannot be read at one instant while a
/// cloud works, and what has ended is buried a moment later: a finding is what every look of a second finds again.
/// </summary>
public sealed class Audit
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromMilliseconds(200);

    private readonly List<(string Invariant, Func<CancellationToken, Task<IReadOnlyList<string>>> Check)> _checks = [];

    public void Add(string invariant, Func<CancellationToken, Task<IReadOnlyList<string>>> check) => _checks.Add((invariant, check));

    public void Add(string invariant, Func<IReadOnlyList<string>> check) => Add(invariant, _ => Task.FromResult(check()));

    public async Task<IReadOnlyList<Finding>> Run(CancellationToken cancel)
    {
        var findings = new List<Finding>();
        foreach (var (invariant, check) in _checks)
        {
            try
            {
                findings.AddRange((await Lasting(check, cancel)).Select(text => new Finding(invariant, text)));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                findings.Add(new Finding(invariant, $"could not be checked: {failure.Message}"));
            }
        }
        return findings;
    }

    private static async Task<IReadOnlyList<string>> Lasting(Func<CancellationToken, Task<IReadOnlyList<string>>> check, CancellationToken cancel)
    {
        var started = TimeProvider.System.GetTimestamp();
        var found = await check(cancel);
        // Once more in any case, however long a look takes.
        for (var last = false; found.Count > 0 && !last;)
        {
            await Task.Delay(Pause, cancel);
            last = TimeProvider.System.GetElapsedTime(started) >= Lasts;
            var again = await check(cancel);
            found = [.. found.Where(again.Contains)];
        }
        return found;
    }

    public async Task<(int Status, string Text)> Report(CancellationToken cancel)
    {
        var findings = await Run(cancel);
        if (findings.Count == 0)
            return (200, $"clean: {string.Join(", ", _checks.Select(c => c.Invariant).Distinct())}\n");
        var text = new StringBuilder();
        foreach (var finding in findings) text.Append(finding.Invariant.PadRight(12)).AppendLine(finding.Text);
        return (409, text.ToString());
    }
}
