using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Commands;

/// <summary>One run of a command: the values on its line, the cloud, the terminal.</summary>
sealed class Call(ParseResult values, Syntax syntax, Cloud cloud, Terminal terminal)
{
    public Cloud Cloud => cloud;

    public Terminal Terminal => terminal;

    /// <summary>The same line for another cloud.</summary>
    public Call For(Cloud other) => new(values, syntax, other, terminal);

    public string this[Argument<string> argument] => values.GetValue(argument)!;

    public string? Optional(Argument<string?> argument) => values.GetValue(argument);

    public string[] this[Argument<string[]> argument] => values.GetValue(argument)!;

    public string? this[Option<string?> option] => values.GetValue(option);

    public string[] this[Option<string[]> option] => values.GetValue(option) ?? [];

    public bool this[Option<bool> option] => values.GetValue(option);

    public bool Has(Option option) => Syntax.IsGiven(values, option);

    /// <summary>True or false when one of a pair of flags was given.</summary>
    public bool? Either(Option<bool> yes, Option<bool> no) => this[yes] ? true : this[no] ? false : null;

    /// <summary>A whole number, or null when the option is not there.</summary>
    public int? Number(Option<string?> option) => this[option] switch
    {
        null => null,
        var text when int.TryParse(text, out var number) => number,
        var text => throw syntax.Wrong($"argument {option.Name}: invalid int value: '{text}'"),
    };

    /// <summary><c>key=value</c> pairs in order; the last of a key wins.</summary>
    public JsonObject Pairs(Option<string[]> option)
    {
        var pairs = new JsonObject();
        foreach (var text in this[option])
        {
            var (key, value) = Pair(option, text);
            pairs[key] = value;
        }

        return pairs;
    }

    public (string Key, string Value) Pair(Option option, string text) =>
        text.Split('=', 2) is [{ Length: > 0 } key, var value] ? (key, value)
            : throw syntax.Wrong($"argument {option.Name}: Expected 'key=value' type, but got: {text}");

    /// <summary>The values of several options in the order in which they stand on the line.</summary>
    public IEnumerable<(string Option, string Value)> InOrder(params Option[] options)
    {
        var name = "";
        foreach (var token in values.Tokens)
        {
            if (token.Type == System.CommandLine.Parsing.TokenType.Option) name = token.Value;
            else if (options.Any(option => option.Name == name)) yield return (name, token.Value);
            if (token.Type != System.CommandLine.Parsing.TokenType.Option) name = "";
        }
    }

    /// <summary><c>a=1,b=2</c> as a record, with only the keys that are known.</summary>
    public Dictionary<string, string> Fields(Option option, string text, params string[] known)
    {
        var fields = new Dictionary<string, string>();
        foreach (var part in text.Split(','))
        {
            var (key, value) = Pair(option, part);
            if (!known.Contains(key))
                throw syntax.Wrong($"argument {option.Name}: Invalid keys {key} specified.\nValid keys are: {string.Join(", ", known)}");
            fields[key] = value;
        }

        return fields;
    }

    /// <summary>As <see cref="Fields"/>, where every key has to be there.</summary>
    public Dictionary<string, string> Needed(Option option, string text, params string[] keys)
    {
        var fields = Fields(option, text, keys);
        var missing = keys.Where(key => !fields.ContainsKey(key)).ToList();
        return missing.Count == 0 ? fields
            : throw syntax.Wrong($"argument {option.Name}: Missing required keys {string.Join(", ", missing)}.\nRequired keys are: {string.Join(", ", keys)}");
    }

    public UsageError Wrong(string message) => syntax.Wrong(message);
}
