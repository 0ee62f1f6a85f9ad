using System.Text.Json;

namespace Cumulet.Cli.Output;

/// <summary>YAML in blocks, keys sorted, as PyYAML's safe_dump writes it.</summary>
sealed class YamlFormat : IOutputFormat
{
    private const int Indent = 2;

    public void Write(Table table, TextWriter output)
    {
        if (table.Rows.Count == 0)
        {
            output.Write("[]\n");
            return;
        }

        foreach (var row in table.Rows)
        {
            var item = new JsonObject();
            for (var column = 0; column < row.Length; column++)
                item[table.Headers[column]] = row[column].Value?.DeepClone();
            output.Write("- ");
            Mapping(item, Indent, output, startsOnLine: true);
        }
    }

    public void Write(Record record, TextWriter output)
    {
        foreach (var (name, value) in record.Fields)
            Mapping(new JsonObject { [name] = value.Value?.DeepClone() }, 0, output, startsOnLine: true);
    }

    private static void Mapping(JsonObject fields, int depth, TextWriter output, bool startsOnLine)
    {
        foreach (var (key, value) in fields.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!startsOnLine) output.Write(new string(' ', depth));
            startsOnLine = false;
            var name = YamlScalar.Text(key, depth, int.MaxValue);
            output.Write(name + ":");
            Value(value, depth, output, depth + name.Length + 2, underKey: true);
        }
    }

    private static void Value(JsonNode? value, int depth, TextWriter output, int column, bool underKey)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } fields:
                if (underKey) output.Write('\n');
                else output.Write(' ');
                Mapping(fields, depth + Indent, output, startsOnLine: !underKey);
                break;
            case JsonArray { Count: > 0 } items:
                if (underKey) output.Write('\n');
                // A list below a key stands at the key's own depth; a list in a list one step further in.
                var inner = underKey ? depth : depth + Indent;
                for (var index = 0; index < items.Count; index++)
                {
                    output.Write(index == 0 && !underKey ? " -" : new string(' ', inner) + "-");
                    Value(items[index], inner, output, inner + 2, underKey: false);
                }

                break;
            default:
                output.Write(' ' + Scalar(value, depth + Indent, column) + "\n");
                break;
        }
    }

    private static string Scalar(JsonNode? value, int indent, int column) => value switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.String => YamlScalar.Text(value.GetValue<string>(), indent, column),
            JsonValueKind.Null => "null",
            _ => value.ToJsonString(),
        },
    };
}
