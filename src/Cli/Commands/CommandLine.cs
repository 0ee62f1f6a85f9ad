namespace Cumulet.Cli.Commands;

/// <summary>
/// The raw line cut in two: the words that name the command, and everything else. Global options may stand before,
/// between and behind the words, as with the python client.
/// </summary>
sealed record CommandLine(string[] Words, string[] Rest, bool WantsHelp, bool WantsVersion)
{
    /// <summary>Cuts the line; <paramref name="isCommand"/> says whether joined words name a command.</summary>
    public static CommandLine Split(string[] args, Func<string, bool> isCommand)
    {
        var globals = new GlobalOptions();
        var words = new List<string>();
        var options = new List<string>();
        var position = 0;
        for (; position < args.Length; position++)
        {
            var arg = args[position];
            if (!arg.StartsWith('-'))
            {
                words.Add(arg);
                continue;
            }

            if (words.Count > 0 && !globals.Knows(arg)) break;
            options.Add(arg);
            if (globals.TakesValue(arg) && position + 1 < args.Length) options.Add(args[++position]);
        }

        var count = words.Count;
        while (count > 0 && !isCommand(string.Join(' ', words.Take(count)))) count--;
        if (count == 0) count = words.Count;
        string[] rest = [.. options, .. words.Skip(count), .. args[position..]];
        var own = rest.TakeWhile(arg => arg != "--").ToList();
        return new CommandLine([.. words.Take(count)], [.. rest.Where(arg => arg is not ("--help" or "-h"))],
            own.Any(arg => arg is "--help" or "-h"), own.Contains("--version"));
    }
}
