using System.Text.RegularExpressions;

namespace Cumulet.ControlPlane.Api;

/// <summary>
/// A policy's condition in OpenStack's policy language: <c>role:member and project_id:%(project_id)s</c>,
/// <c>rule:admin_only or not field:networks:shared=True</c>, <c>@</c> (always), <c>!</c> (never).
/// Parsed once at start; an unknown rule name or a malformed text stops the start.
/// </summary>
public abstract record CheckString
{
    private CheckString() { }

    public sealed record Always : CheckString;
    public sealed record Never : CheckString;
    public sealed record And(CheckString Left, CheckString Right) : CheckString;
    public sealed record Or(CheckString Left, CheckString Right) : CheckString;
    public sealed record Not(CheckString Inner) : CheckString;
    public sealed record Role(string Name) : CheckString;
    public sealed record Rule(string Name) : CheckString;
    /// <summary>An attribute of the caller equals one of the target.</summary>
    public sealed record Same(string CallerAttribute, string TargetAttribute) : CheckString;
    /// <summary>An attribute of the caller equals a literal.</summary>
    public sealed record Is(string CallerAttribute, string Value) : CheckString;
    /// <summary>A literal equals an attribute of the target: <c>'public':%(visibility)s</c>.</summary>
    public sealed record TargetIs(string Value, string TargetAttribute) : CheckString;
    /// <summary>The target has the attribute and it is null.</summary>
    public sealed record IsNull(string TargetAttribute) : CheckString;
    /// <summary>Neutron's <c>field:resource:attribute=value</c>; a value <c>~pattern</c> is a regular expression.</summary>
    public sealed record Field(string Attribute, string Value) : CheckString;

    public static CheckString Parse(string text)
    {
        var words = new Words(text);
        var check = ParseOr(ref words);
        if (words.Next is { } rest) throw new FormatException($"policy check '{text}': unexpected '{rest}'");
        return check;
    }

    private static CheckString ParseOr(ref Words words)
    {
        var left = ParseAnd(ref words);
        while (words.Take("or")) left = new Or(left, ParseAnd(ref words));
        return left;
    }

    private static CheckString ParseAnd(ref Words words)
    {
        var left = ParseNot(ref words);
        while (words.Take("and")) left = new And(left, ParseNot(ref words));
        return left;
    }

    private static CheckString ParseNot(ref Words words)
    {
        if (words.Take("not")) return new Not(ParseNot(ref words));
        if (words.Take("("))
        {
            var inner = ParseOr(ref words);
            if (!words.Take(")")) throw new FormatException($"policy check '{words.Text}': ')' is missing");
            return inner;
        }
        return ParseTerm(words.TakeAny());
    }

    private static CheckString ParseTerm(string word)
    {
        if (word is "@") return new Always();
        if (word is "!") return new Never();
        var colon = word.IndexOf(':');
        if (colon <= 0) throw new FormatException($"policy check term '{word}' is not of the form kind:value");
        var (kind, value) = (word[..colon], word[(colon + 1)..]);
        var target = value.StartsWith("%(", StringComparison.Ordinal) && value.EndsWith(")s", StringComparison.Ordinal)
            ? value[2..^2]
            : null;
        return kind switch
        {
            "role" => new Role(value.ToLowerInvariant()),
            "rule" => new Rule(value),
            "field" => ParseField(value),
            "None" when target is not null => new IsNull(target),
            ['\'', .. var literal, '\''] when target is not null => new TargetIs(literal, target),
            _ when target is not null => new Same(kind, target),
            _ => new Is(kind, value),
        };
    }

    private static Field ParseField(string value)
    {
        // networks:router:external=True: the first part is the kind of resource, the rest names the attribute.
        var attribute = value[(value.IndexOf(':') + 1)..];
        var equals = attribute.IndexOf('=');
        if (equals <= 0) throw new FormatException($"policy check 'field:{value}' has no '='");
        return new Field(attribute[..equals], attribute[(equals + 1)..]);
    }

    /// <summary>Words of a check string; brackets of %(name)s belong to their word.</summary>
    private struct Words(string text)
    {
        private readonly IReadOnlyList<Match> _all = Regex.Matches(text, @"(?:[^\s()%]|%\([^)]*\)s|%)+|[()]");
        private int _at = 0;

        public readonly string Text => text;
        public readonly string? Next => _at < _all.Count ? _all[_at].Value : null;

        public bool Take(string word)
        {
            if (!string.Equals(Next, word, StringComparison.OrdinalIgnoreCase)) return false;
            _at++;
            return true;
        }

        public string TakeAny()
        {
            var word = Next ?? throw new FormatException($"policy check '{Text}' ends too early");
            _at++;
            return word;
        }
    }
}
