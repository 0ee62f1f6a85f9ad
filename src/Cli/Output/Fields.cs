namespace Cumulet.Cli.Output;

/// <summary>
/// The fields that a kind of thing is shown with, whether the answer has them or not (then None), in the form
/// <c>name</c> or <c>name=key of the answer</c>, with formats for some.
/// </summary>
sealed class Fields(string names, Dictionary<string, Func<JsonNode?, Cell>> formats)
{
    private readonly (string Name, string Key)[] _fields = [.. names.Split(' ', '\n').Where(name => name.Length > 0)
        .Select(name => name.Split('=') is [var shown, var key] ? (shown, key) : (name, name))];

    public Record Show(JsonObject thing) => Record.Sorted(_fields.Select(field => (field.Name, Cell(field.Name, thing[field.Key]))));

    private Cell Cell(string name, JsonNode? value) =>
        formats.TryGetValue(name, out var format) ? format(value?.DeepClone()) : Output.Cell.Plain(value?.DeepClone());
}
