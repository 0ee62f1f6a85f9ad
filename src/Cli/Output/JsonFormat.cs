using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cumulet.Cli.Output;

/// <summary>JSON byte for byte as Python's json module writes it: two blanks of indent, only ASCII.</summary>
sealed class JsonFormat(bool indent) : IOutputFormat
{
    public void Write(Table table, TextWriter output)
    {
        var text = new StringBuilder();
        Sequence(text, '[', ']', table.Rows.Count, 0, (row, depth) =>
            Fields(text, [.. table.Headers.Select((header, column) => (header, table.Rows[row][column].Value))], depth));
        output.Write(text.Append('\n'));
    }

    public void Write(Record record, TextWriter output)
    {
        var text = new StringBuilder();
        Fields(text, [.. record.Fields.Select(field => (field.Name, field.Value.Value))], 0);
        output.Write(text.Append('\n'));
    }

    /// <summary>A value as json.dumps writes it.</summary>
    public static string OnOneLine(JsonNode? value)
    {
        var text = new StringBuilder();
        new JsonFormat(false).Value(text, value, 0);
        return text.ToString();
    }

    private void Fields(StringBuilder text, IReadOnlyList<(string Name, JsonNode? Value)> given, int depth)
    {
        // A name that comes twice counts once, at its first place with its last value: these are Python dictionaries.
        var fields = given.GroupBy(field => field.Name).Select(group => group.Last()).ToList();
        Sequence(text, '{', '}', fields.Count, depth, (index, inner) =>
        {
            Text(text, fields[index].Name);
            text.Append(": ");
            Value(text, fields[index].Value, inner);
        });
    }

    private void Sequence(StringBuilder text, char open, char close, int count, int depth, Action<int, int> write)
    {
        text.Append(open);
        for (var index = 0; index < count; index++)
        {
            if (index > 0) text.Append(indent ? "," : ", ");
            Line(text, depth + 1);
            write(index, depth + 1);
        }

        if (count > 0) Line(text, depth);
        text.Append(close);
    }

    private void Line(StringBuilder text, int depth)
    {
        if (indent) text.Append('\n').Append(' ', 2 * depth);
    }

    private void Value(StringBuilder text, JsonNode? value, int depth)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject fields:
                Fields(text, [.. fields.Select(pair => (pair.Key, pair.Value))], depth);
                break;
            case JsonArray items:
                Sequence(text, '[', ']', items.Count, depth, (index, inner) => Value(text, items[index], inner));
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                Text(text, scalar.GetValue<string>());
                break;
            default:
                text.Append(value.ToJsonString());
                break;
        }
    }

    private static void Text(StringBuilder output, string text)
    {
        output.Append('"');
        foreach (var letter in text)
        {
            output.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' or > '\x7e' => "\\u" + ((int)letter).ToString("x4", CultureInfo.InvariantCulture),
                _ => letter.ToString(),
            });
        }

        output.Append('"');
    }
}
