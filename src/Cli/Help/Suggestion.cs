using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Help;

/// <summary>What was probably meant.</summary>
static class Suggestion
{
    private const int Most = 8;

    public static string ForUnknown(string[] words)
    {
        var typed = string.Join(' ', words);
        var beginning = CommandTable.Entries.Select(entry => entry.Name)
            .Where(name => name.StartsWith(words[0] + " ", StringComparison.Ordinal)).ToList();
        var close = CommandTable.Entries.Select(entry => (entry.Name, Distance: Nearest(entry.Name, words)))
            .Where(pair => pair.Distance <= Math.Max(2, pair.Name.Length / 4))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal).Select(pair => pair.Name).ToList();
        var names = close.Concat(beginning).Distinct().Take(Most).ToList();
        var message = $"openstack: '{typed}' is not an openstack command. See 'openstack --help'.";
        return names.Count == 0 ? message : message + "\nDid you mean one of these?\n  " + string.Join("\n  ", names);
    }

    private static int Nearest(string name, string[] words) =>
        Distance(name, string.Join(' ', words.Take(name.Count(letter => letter == ' ') + 1)));

    /// <summary>Letters to put in, take out, change or swap.</summary>
    private static int Distance(string left, string right)
    {
        var steps = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) steps[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) steps[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                steps[i, j] = Math.Min(Math.Min(steps[i - 1, j], steps[i, j - 1]) + 1,
                    steps[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    steps[i, j] = Math.Min(steps[i, j], steps[i - 2, j - 2] + 1);
            }
        }

        return steps[left.Length, right.Length];
    }
}
