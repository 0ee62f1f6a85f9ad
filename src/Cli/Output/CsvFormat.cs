using System.Text.Json;

namespace Cumulet.Cli.Output;

/// <summary>CSV as Python's csv module writes it with a backslash for escape.</summary>
sealed class CsvFormat(string? quote) : IOutputFormat
{
    public void Write(Table table, TextWriter output)
    {
        output.Write(string.Join(',', table.Headers.Select(header => Quote(header, isNumber: false))) + "\n");
        foreach (var row in table.Rows)
            output.Write(string.Join(',', row.Select(Text)) + "\n");
    }

    public void Write(Record record, TextWriter output) =>
        throw new CommandError("the csv format is for lists");

    private string Text(Cell cell)
    {
        var kind = cell.Value?.GetValueKind();
        if (cell.Value is null && cell.Human is null) return Quote("", isNumber: false);
        return Quote(cell.AsText, kind is JsonValueKind.Number && cell.Human is null);
    }

    private string Quote(string text, bool isNumber) => quote switch
    {
        "all" => Wrap(text),
        "none" => string.Concat(text.Select(letter => letter is ',' or '"' or '\\' or '\n' or '\r' ? "\\" + letter : letter.ToString())),
        "minimal" => text.AsSpan().IndexOfAny(",\"\\\n\r") >= 0 ? Wrap(text) : text,
        _ => isNumber ? text : Wrap(text),
    };

    private static string Wrap(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\"\"") + "\"";
}
