using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cumulet.Cli.Output;

/// <summary>One text in YAML: plain where it cannot be taken for something else, else in single quotes, else in double.</summary>
static partial class YamlScalar
{
    private const int Width = 80;

    /// <param name="indent">Blanks before lines that a long text is continued on.</param>
    /// <param name="column">Where the text begins; <see cref="int.MaxValue"/> for one that must not be broken.</param>
    public static string Text(string text, int indent, int column)
    {
        if (text.Any(letter => (letter < ' ' && letter != '\n') || letter == '\x7f' || letter > '\x7e'))
            return Double(text);
        if (text.Contains('\n'))
            return text.StartsWith(' ') || text.Contains(" \n") || text.EndsWith(' ') ? Double(text) : Single(text, indent, column);
        return IsPlain(text) ? Fold(text, indent, column, text) : Single(text, indent, column);
    }

    private static bool IsPlain(string text) =>
        text.Length > 0 && !Ambiguous().IsMatch(text) && !text.StartsWith(' ') && !text.EndsWith(' ')
        && !"#,[]{}&*!|>'\"%@`=".Contains(text[0]) && !(text[0] is '-' or '?' or ':' && (text.Length == 1 || text[1] == ' '))
        && !text.StartsWith("---", StringComparison.Ordinal) && !text.StartsWith("...", StringComparison.Ordinal)
        && !text.Contains(": ") && !text.EndsWith(':') && !text.Contains(" #");

    private static string Single(string text, int indent, int column)
    {
        var quoted = "'" + text.Replace("'", "''").Replace("\n", "\n\n" + new string(' ', indent)) + "'";
        return text.Contains('\n') ? quoted : Fold(quoted, indent, column, text);
    }

    /// <summary>Breaks at single blanks once the line is past its width.</summary>
    private static string Fold(string text, int indent, int column, string bare)
    {
        if (column == int.MaxValue || column + text.Length <= Width || !bare.Contains(' ')) return text;
        var folded = new StringBuilder();
        var words = text.Split(' ');
        var at = column + words[0].Length;
        folded.Append(words[0]);
        for (var index = 1; index < words.Length; index++)
        {
            var single = words[index].Length > 0 && words[index - 1].Length > 0;
            if (single && at > Width)
            {
                folded.Append('\n').Append(' ', indent);
                at = indent;
            }
            else
            {
                folded.Append(' ');
                at++;
            }

            folded.Append(words[index]);
            at += words[index].Length;
        }

        return folded.ToString();
    }

    private static string Double(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\x7f' => "\\x" + ((int)letter).ToString("X2", CultureInfo.InvariantCulture),
                > '\x7f' and <= '\xff' => "\\x" + ((int)letter).ToString("X2", CultureInfo.InvariantCulture),
                > '\xff' => "\\u" + ((int)letter).ToString("X4", CultureInfo.InvariantCulture),
                _ => letter.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    // What YAML 1.1 would read as a boolean, nothing, a number, a time, or a merge key.
    [GeneratedRegex(@"^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|~|null|Null|NULL|<<"
        + @"|[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"
        + @"|[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
        + @"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
        + @"|\d\d\d\d-\d\d-\d\d|\d\d\d\d-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$")]
    private static partial Regex Ambiguous();
}
