using System.Text;

namespace Cumulet.ControlPlane.Operations;

/// <summary>Something that the rows say and the machine does not, or the other way round.</summary>
/// <param name="Invariant">Which of the invariants (docs/audit.md): processes, files, network, addresses, …</param>
public sealed record Finding(string Invariant, string Text);

/// <summary>Asks every room whether rows and reality agree; changes nothing.</summary>
public sealed class Audit
{
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
                findings.AddRange((await check(cancel)).Select(text => new Finding(invariant, text)));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                findings.Add(new Finding(invariant, $"could not be checked: {failure.Message}"));
            }
        }
        return findings;
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
