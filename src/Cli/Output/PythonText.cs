using System.Text;
using System.Text.Json;

namespace Cumulet.Cli.Output;

/// <summary>JSON values as Python's <c>str()</c> prints them: None, True, ['a', 'b'], {'k': 1}.</summary>
static class PythonText
{
    public static string Of(JsonNode? value) => value is JsonValue text && text.GetValueKind() == JsonValueKind.String
        ? text.GetValue<string>()
        : Repr(value);

    public static string Repr(JsonNode? value) => value switch
    {
        null => "None",
        JsonObject fields => "{" + string.Join(", ", fields.Select(pair => $"{Quote(pair.Key)}: {Repr(pair.Value)}")) + "}",
        JsonArray items => "[" + string.Join(", ", items.Select(Repr)) + "]",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            JsonValueKind.String => Quote(value.GetValue<string>()),
            JsonValueKind.Null => "None",
            _ => value.ToJsonString(),
        },
    };

    private static string Quote(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when letter == quote => "\\" + letter,
                < ' ' or '\x7f' => $"\\x{(int)letter:x2}",
                _ => letter.ToString(),
            });
        }

        return quoted.Append(quote).ToString();
    }
}
