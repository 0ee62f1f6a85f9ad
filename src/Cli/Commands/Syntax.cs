namespace Cumulet.Cli.Commands;

/// <summary>
/// What one command takes. A command's fields are filled from here, so that an option is declared once: name, metavar,
/// help. The rules of argparse that scripts lean on are kept: unique prefixes of long options, <c>-fjson</c>, groups
/// that exclude each other, exit code 2.
/// </summary>
sealed class Syntax(string command)
{
    private readonly List<(string Name, string Metavar, string Help, bool Many, bool Optional)> _arguments = [];
    private readonly List<OptionLine> _options = [];
    private readonly Dictionary<string, List<Option>> _groups = [];
    private readonly HashSet<string> _needed = [];
    private readonly System.CommandLine.Command _parser = new("openstack-command");

    /// <summary>An option as help shows it.</summary>
    public sealed record OptionLine(Option Option, string Metavar, string Help, bool Required, string[] Choices, bool Output);

    public string Command => command;

    public string? Description { get; set; }

    public GlobalOptions Globals { get; } = new();

    public IReadOnlyList<OptionLine> Options => _options;

    public IReadOnlyList<(string Name, string Metavar, string Help, bool Many, bool Optional)> Arguments => _arguments;

    public Argument<string> Argument(string metavar, string help)
    {
        var argument = new Argument<string>(metavar) { Arity = ArgumentArity.ZeroOrOne };
        _parser.Arguments.Add(argument);
        _arguments.Add((metavar, metavar, help, false, false));
        return argument;
    }

    public Argument<string?> OptionalArgument(string metavar, string help)
    {
        var argument = new Argument<string?>(metavar) { Arity = ArgumentArity.ZeroOrOne };
        _parser.Arguments.Add(argument);
        _arguments.Add((metavar, metavar, help, false, true));
        return argument;
    }

    public Argument<string[]> Several(string metavar, string help, bool optional = false)
    {
        var argument = new Argument<string[]>(metavar) { Arity = ArgumentArity.ZeroOrMore, DefaultValueFactory = _ => [] };
        _parser.Arguments.Add(argument);
        _arguments.Add((metavar, metavar, help, true, optional));
        return argument;
    }

    public Option<string?> Value(string name, string metavar, string help, params string[] choices) =>
        Add(new Option<string?>(Names(name)[0], Names(name)[1..]) { Arity = ArgumentArity.ExactlyOne }, metavar, help, false, choices);

    public Option<string?> Needed(string name, string metavar, string help, params string[] choices) =>
        Add(new Option<string?>(Names(name)[0], Names(name)[1..]) { Arity = ArgumentArity.ExactlyOne }, metavar, help, true, choices);

    public Option<string[]> Values(string name, string metavar, string help) =>
        Add(new Option<string[]>(Names(name)[0], Names(name)[1..])
        {
            Arity = ArgumentArity.OneOrMore, DefaultValueFactory = _ => [],
        }, metavar, help, false, []);

    public Option<string[]> NeededValues(string name, string metavar, string help) =>
        Add(new Option<string[]>(Names(name)[0], Names(name)[1..])
        {
            Arity = ArgumentArity.OneOrMore, DefaultValueFactory = _ => [],
        }, metavar, help, true, []);

    public Option<bool> Flag(string name, string help) =>
        Add(new Option<bool>(Names(name)[0], Names(name)[1..]) { Arity = ArgumentArity.Zero }, "", help, false, []);

    /// <summary>A flag of a group of which at most one may be given.</summary>
    public Option<bool> FlagIn(string group, string name, string help) => Grouped(group, Flag(name, help));

    /// <summary>A value of a group of which at most one may be given.</summary>
    public Option<string?> ValueIn(string group, string name, string metavar, string help, params string[] choices) =>
        Grouped(group, Value(name, metavar, help, choices));

    /// <summary>Values of a group of which at most one may be given.</summary>
    public Option<string[]> ValuesIn(string group, string name, string metavar, string help) => Grouped(group, Values(name, metavar, help));

    /// <summary>Of this group one must be given.</summary>
    public void NeedOneOf(string group) => _needed.Add(group);

    private T Grouped<T>(string group, T option) where T : Option
    {
        if (!_groups.TryGetValue(group, out var members)) _groups[group] = members = [];
        members.Add(option);
        return option;
    }

    public T Output<T>(T option) where T : Option
    {
        var index = _options.FindIndex(line => line.Option == option);
        _options[index] = _options[index] with { Output = true };
        return option;
    }

    private static string[] Names(string names) => names.Split(',');

    private T Add<T>(T option, string metavar, string help, bool required, string[] choices) where T : Option
    {
        _parser.Options.Add(option);
        _options.Add(new OptionLine(option, metavar, help, required, choices, false));
        return option;
    }

    public ParseResult Parse(string[] args)
    {
        foreach (var option in Globals.Build()) _parser.Options.Add(option);
        var line = new ArgumentLine(_parser.Options, message => Wrong(message)).Normalise(args);
        var result = _parser.Parse(line, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (result.UnmatchedTokens.Count > 0)
            throw Wrong($"unrecognized arguments: {string.Join(' ', result.UnmatchedTokens)}");
        CheckNeeded(result);
        CheckChoices(result);
        foreach (var group in _groups.Values)
        {
            var given = group.Where(option => IsGiven(result, option)).ToList();
            if (given.Count > 1)
                throw Wrong($"argument {given[1].Name}: not allowed with argument {given[0].Name}");
        }

        foreach (var error in result.Errors) throw Wrong(error.Message);
        return result;
    }

    private void CheckNeeded(ParseResult result)
    {
        var missing = _options.Where(line => line.Required && !IsGiven(result, line.Option)).Select(line => line.Option.Name)
            .Concat(_parser.Arguments.Zip(_arguments)
                .Where(pair => !pair.Second.Optional && (result.GetResult(pair.First)?.Tokens.Count ?? 0) == 0)
                .Select(pair => pair.Second.Metavar)).ToList();
        if (missing.Count > 0)
            throw Wrong($"the following arguments are required: {string.Join(", ", missing)}");
        foreach (var group in _needed.Select(name => _groups[name]).Where(group => !group.Any(option => IsGiven(result, option))))
            throw Wrong($"one of the arguments {string.Join(' ', group.Select(option => option.Name))} is required");
    }

    private void CheckChoices(ParseResult result)
    {
        foreach (var line in _options.Where(line => line.Choices.Length > 0))
        {
            foreach (var token in result.GetResult(line.Option)?.Tokens ?? [])
            {
                if (!line.Choices.Contains(token.Value))
                    throw Wrong($"argument {ShownNames(line.Option)}: invalid choice: '{token.Value}' (choose from "
                        + string.Join(", ", line.Choices.Select(choice => $"'{choice}'")) + ")");
            }
        }
    }

    private static string ShownNames(Option option) => string.Join('/', option.Aliases.Prepend(option.Name).OrderBy(name => name.Length));

    public static bool IsGiven(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>An error in the words of argparse, with the usage line.</summary>
    public UsageError Wrong(string message) =>
        new($"openstack {command}: error: {message}", Help.Usage.Of(this));
}
