using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cumulet.Bench;

/// <summary>How long a guest stands still: the longest time without an answer of its network to a ping every two milliseconds.</summary>
internal static partial class Silence
{
    /// <summary>Milliseconds between two answers at the most, from before <paramref name="work"/> until after it.</summary>
    public static async Task<double> Longest(BenchCloud cloud, string address, Func<Task> work)
    {
        using var ping = Process.Start(cloud.Prepared("ping", ["-n", "-D", "-i", "0.002", address]))!;
        var errors = ping.StandardError.ReadToEndAsync();
        var answers = ping.StandardOutput.ReadToEndAsync();
        await Task.Delay(300);
        await work();
        await Task.Delay(300);
        // Killed, it would keep its last lines for itself.
        cloud.Run("kill", ["-INT", $"{ping.Id}"]);
        var times = Answers().Matches(await answers).Select(m => double.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).ToList();
        return times.Count > 1
            ? times.Zip(times.Skip(1), (before, after) => (after - before) * 1000).Max()
            : throw new InvalidOperationException($"the guest at {address} does not answer: {await errors}");
    }

    [GeneratedRegex(@"^\[([0-9.]+)\] \d+ bytes from", RegexOptions.Multiline)]
    private static partial Regex Answers();
}
