using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Network;

/// <summary>
/// <c>--extra-property type=list,name=x,value=a;b</c>: a field of the request that this command has no option for.
/// </summary>
sealed class ExtraProperties(Syntax syntax)
{
    private readonly Option<string[]> _extra = syntax.Values("--extra-property", "type=<property_type>,name=<property_name>,value=<property_value>",
        "Another field of the request; type is str (default), bool, int, list or dict (repeatable)");

    public void AddTo(JsonObject body, Call call)
    {
        foreach (var text in call[_extra])
        {
            var fields = call.Fields(_extra, text, "type", "name", "value");
            if (!fields.TryGetValue("name", out var name) || !fields.TryGetValue("value", out var value))
                throw call.Wrong("argument --extra-property: Missing required keys name, value.");
            body[name] = Value(fields.GetValueOrDefault("type", "str"), name, value);
        }
    }

    /// <summary>In a command that unsets, the fields that are named become null; their values count for nothing.</summary>
    public void ClearIn(JsonObject body, Call call)
    {
        var named = new JsonObject();
        AddTo(named, call);
        foreach (var (name, _) in named) body[name] = null;
    }

    private static JsonNode Value(string type, string name, string value) => type switch
    {
        "str" => value,
        "bool" => value.Equals("true", StringComparison.OrdinalIgnoreCase),
        "int" => int.TryParse(value, out var number) ? number
            : throw new CommandError($"Failed to parse value of property {name}: '{value}' is not an int"),
        "list" => Connection.JsonReading.Array(value.Split(';', StringSplitOptions.RemoveEmptyEntries)),
        "dict" => new JsonObject(value.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split(':', 2))
            .Select(pair => KeyValuePair.Create(pair[0], (JsonNode?)(pair.Length == 2 ? pair[1] : "")))),
        _ => throw new CommandError($"Type {type} of property {name} is not supported"),
    };
}
