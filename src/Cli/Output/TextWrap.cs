using System.Text.RegularExpressions;

namespace Cumulet.Cli.Output;

/// <summary>Breaks a line at blanks and behind hyphens, and inside a word only when the word alone is too long.</summary>
static partial class TextWrap
{
    public static IEnumerable<string> Wrap(string line, int width)
    {
        if (TextWidth.Of(line) <= width) return [line];
        var chunks = new LinkedList<string>(Chunks().Matches(line).Select(match => match.Value));
        var lines = new List<string>();
        while (chunks.Count > 0)
        {
            var current = new List<string>();
            var length = 0;
            if (lines.Count > 0 && string.IsNullOrWhiteSpace(chunks.First!.Value)) chunks.RemoveFirst();
            while (chunks.First is { } next && length + next.Value.Length <= width)
            {
                current.Add(next.Value);
                length += next.Value.Length;
                chunks.RemoveFirst();
            }

            if (chunks.First is { } tooLong && tooLong.Value.Length > width)
                length = Cut(chunks, tooLong.Value, current, width - length);
            if (current.Count > 0 && string.IsNullOrWhiteSpace(current[^1])) current.RemoveAt(current.Count - 1);
            if (current.Count > 0) lines.Add(string.Concat(current));
        }

        return lines;
    }

    private static int Cut(LinkedList<string> chunks, string word, List<string> current, int space)
    {
        space = Math.Max(1, space);
        var hyphen = word.Length > space ? word.LastIndexOf('-', space - 1) : -1;
        var end = hyphen > 0 && word[..hyphen].Any(letter => letter != '-') ? hyphen + 1 : space;
        current.Add(word[..end]);
        chunks.RemoveFirst();
        if (end < word.Length) chunks.AddFirst(word[end..]);
        return end;
    }

    // Blanks; or a word up to and with a hyphen that stands between letters; or the rest of a word.
    [GeneratedRegex(@"\s+|[^\s]*?[\w!""'&.,?][a-zA-Z_]*[a-zA-Z]-+(?=[a-zA-Z_]{2})|[^\s]+")]
    private static partial Regex Chunks();
}
