namespace Cumulet.Cli.Commands;

/// <summary>
/// Rewrites a line in argparse's liberal forms (<c>--prop a=b</c>, <c>-fjson</c>) into exact names, and names what is
/// unknown before the parser would take it for a value.
/// </summary>
sealed class ArgumentLine(IEnumerable<Option> options, Func<string, UsageError> wrong)
{
    private readonly Dictionary<string, Option> _byName = options
        .SelectMany(option => option.Aliases.Prepend(option.Name).Select(name => (name, option)))
        .ToDictionary(pair => pair.name, pair => pair.option);

    public string[] Normalise(string[] args)
    {
        var line = new List<string>();
        for (var position = 0; position < args.Length; position++)
        {
            var arg = args[position];
            if (arg == "--")
            {
                line.AddRange(args[position..]);
                break;
            }

            if (!LooksLikeOption(arg))
            {
                line.Add(arg);
                continue;
            }

            var (name, value) = Split(arg);
            var takesValue = _byName[name].Arity.MaximumNumberOfValues > 0;
            if (takesValue && value is null)
            {
                if (position + 1 >= args.Length || LooksLikeOption(args[position + 1]))
                    throw wrong($"argument {name}: expected one argument");
                value = args[++position];
            }
            else if (!takesValue && value is not null)
            {
                throw wrong($"argument {name}: ignored explicit argument '{value}'");
            }

            // Of an option with one value the last one counts.
            if (takesValue && _byName[name].Arity.MaximumNumberOfValues == 1) line.RemoveAll(other => IsValueOf(_byName[name], other));
            line.Add(takesValue ? $"{name}={value}" : name);
        }

        return [.. line];
    }

    private static bool IsValueOf(Option option, string arg) =>
        option.Aliases.Prepend(option.Name).Any(name => arg.StartsWith(name + "=", StringComparison.Ordinal));

    /// <summary>A negative number is a value, unless the command has an option of that name, as <c>-4</c>.</summary>
    private bool LooksLikeOption(string arg) =>
        arg.Length > 1 && arg[0] == '-' && (!char.IsAsciiDigit(arg[1]) || _byName.ContainsKey(arg)) && !arg.Contains(' ');

    private (string Name, string? Value) Split(string arg)
    {
        if (!arg.StartsWith("--", StringComparison.Ordinal))
        {
            if (!_byName.ContainsKey(arg[..2])) throw wrong($"unrecognized arguments: {arg}");
            return (arg[..2], arg.Length == 2 ? null : arg[2..].TrimStart('='));
        }

        var parts = arg.Split('=', 2);
        var value = parts.Length == 2 ? parts[1] : null;
        if (_byName.ContainsKey(parts[0])) return (parts[0], value);
        var candidates = _byName.Keys.Where(name => name.StartsWith(parts[0], StringComparison.Ordinal)).Order().ToList();
        return candidates.Count switch
        {
            1 => (candidates[0], value),
            0 => throw wrong($"unrecognized arguments: {arg}"),
            _ => throw wrong($"ambiguous option: {parts[0]} could match {string.Join(", ", candidates)}"),
        };
    }
}
