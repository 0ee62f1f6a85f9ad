using System.Text;
using System.Text.Json;

namespace Cumulet.Cli.Output;

/// <summary>
/// Tables of <c>+---+</c> and <c>|</c> as cliff prints them. A column is set to the right when the value in its first row is
/// a number; values with several lines make tall rows; a limit on the width is shared out among the wide columns.
/// </summary>
/// <param name="limit">Columns of the screen to keep to; 0 for none.</param>
sealed class TableFormat(int limit, bool printEmpty, int screenWidth) : IOutputFormat
{
    private const int LeastInList = 8;
    private const int LeastInRecord = 16;

    public int ScreenWidth => screenWidth;

    public void Write(Table table, TextWriter output)
    {
        var right = table.Headers.Select((_, column) => table.Rows.Count > 0 && table.Rows[0][column] is { Human: null, Value: { } value }
            && value.GetValueKind() == JsonValueKind.Number).ToArray();
        var center = table.Rows.Count == 0;
        Write(table.Headers, [.. table.Rows.Select(row => row.Select(cell => cell.InTable).ToArray())], right, center,
            table.Rows.Count > 0 || printEmpty, LeastInList, output);
    }

    public void Write(Record record, TextWriter output) =>
        Write(["Field", "Value"], [.. record.Fields.Select(field => new[] { field.Name, field.Value.InTable })], [false, false], false,
            record.Fields.Count > 0, LeastInRecord, output);

    private void Write(IReadOnlyList<string> headers, List<string[]> texts, bool[] right, bool center, bool any, int least, TextWriter output)
    {
        if (!any)
        {
            output.Write('\n');
            return;
        }

        var rows = texts.Select(row => row.Select(Lines).ToArray()).ToList();
        var widths = headers.Select((header, column) => Math.Max(TextWidth.Of(header),
            rows.SelectMany(row => row[column]).Select(TextWidth.Of).DefaultIfEmpty(0).Max())).ToArray();
        var most = Limits(headers.Count, widths, least);
        if (most.Any(width => width > 0))
        {
            rows = [.. rows.Select(row => row.Select((lines, column) => most[column] == 0 ? lines
                : [.. lines.SelectMany(line => TextWrap.Wrap(line, most[column]))]).ToArray())];
            widths = [.. widths.Select((width, column) => most[column] == 0 ? width : Math.Min(most[column], width))];
        }

        var heads = headers.Select((header, column) => most[column] == 0 ? [header] : TextWrap.Wrap(header, most[column]).ToArray()).ToArray();
        var rule = "+" + string.Concat(widths.Select(width => new string('-', width + 2) + "+")) + "\n";
        var text = new StringBuilder(rule);
        Append(text, heads, widths, right, center);
        text.Append(rule);
        foreach (var row in rows) Append(text, row, widths, right, center: false);
        output.Write(text.Append(rule));
    }

    private static string[] Lines(string text) => text.Replace("\r\n", "\n").Replace('\r', ' ').Replace("\t", "        ").Split('\n');

    private static void Append(StringBuilder text, string[][] cells, int[] widths, bool[] right, bool center)
    {
        var height = cells.Max(lines => lines.Length);
        for (var line = 0; line < height; line++)
        {
            text.Append('|');
            for (var column = 0; column < cells.Length; column++)
            {
                var part = line < cells[column].Length ? cells[column][line] : "";
                var space = Math.Max(0, widths[column] - TextWidth.Of(part));
                var before = right[column] ? space : center ? space / 2 : 0;
                text.Append(' ', before + 1).Append(part).Append(' ', space - before + 1).Append('|');
            }

            text.Append('\n');
        }
    }

    /// <summary>The most each column may take; 0 for columns that may take what they need.</summary>
    private int[] Limits(int columns, int[] widths, int least)
    {
        var limits = new int[columns];
        var whole = widths.Sum(width => width + 3) + 1;
        if (limit <= 0 || whole <= limit) return limits;
        var usable = Math.Max(0, limit - 1 - 3 * columns);
        var fair = usable / columns;
        var wide = Enumerable.Range(0, columns).Where(column => widths[column] > fair).ToList();
        var left = usable - widths.Where(width => width <= fair).Sum();
        var share = left / wide.Count;
        foreach (var column in wide.SkipLast(1))
        {
            limits[column] = Math.Max(least, share);
            left -= share;
        }

        limits[wide[^1]] = Math.Max(least, left);
        return limits;
    }
}
