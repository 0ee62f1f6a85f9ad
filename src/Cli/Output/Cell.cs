namespace Cumulet.Cli.Output;

/// <summary>
/// A value in two readings: as data, for json, yaml, csv, value and shell; and as a person reads it in a table. Where a
/// table needs no words of its own (<see cref="Human"/> is null) it shows the data as Python prints it, which is what
/// scripts around the python client are used to.
/// </summary>
readonly record struct Cell(JsonNode? Value, string? Human = null)
{
    public string InTable => Human ?? PythonText.Of(Value);

    public string AsText => PythonText.Of(Value);

    /// <summary>Any JSON as it is.</summary>
    public static Cell Plain(JsonNode? value) => new(value);

    /// <summary>A whole number, which some services write as a text.</summary>
    public static Cell Whole(JsonNode? value) => new(value is not null
        && long.TryParse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : value);

    /// <summary>A record: <c>a='1', b='2'</c>.</summary>
    public static Cell Pairs(JsonNode? value) => new(value ?? new JsonObject(), value is null ? "None" : PairsText(value, null));

    /// <summary>A list of texts, sorted, with commas.</summary>
    public static Cell List(JsonNode? value) => value is JsonArray items
        ? new(value, string.Join(", ", items.Select(PythonText.Of).Order(StringComparer.Ordinal)))
        : new(value);

    /// <summary>A list of records, one to a line.</summary>
    public static Cell PairsList(JsonNode? value) => value is JsonArray items
        ? new(value, string.Join('\n', items.Select(item => PairsText(item, null))))
        : new(value);

    /// <summary>A record of lists: <c>net=10.0.0.3, fe80::1; other=…</c>.</summary>
    public static Cell ListsByKey(JsonNode? value) => value is JsonObject fields
        ? new(value, string.Join("; ", fields.Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}={List(pair.Value).InTable}")))
        : new(value ?? new JsonObject(), value is null ? "None" : null);

    /// <summary>Neutron's admin_state_up.</summary>
    public static Cell AdminState(JsonNode? value) => new(value, IsTrue(value) ? "UP" : "DOWN");

    /// <summary>An agent's life sign.</summary>
    public static Cell Alive(JsonNode? value) => new(value, IsTrue(value) ? ":-)" : "XXX");

    /// <summary>Neutron's router:external.</summary>
    public static Cell External(JsonNode? value) => new(value, IsTrue(value) ? "External" : "Internal");

    public static bool IsTrue(JsonNode? value) => value?.GetValueKind() == System.Text.Json.JsonValueKind.True;

    private static string PairsText(JsonNode? value, string? prefix)
    {
        if (value is not JsonObject fields) return PythonText.Of(value);
        return string.Join(", ", fields.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair =>
        {
            var key = prefix is null ? pair.Key : $"{prefix}.{pair.Key}";
            return pair.Value switch
            {
                JsonObject inner => PairsText(inner, key),
                null => key + "=",
                var other => $"{key}='{PythonText.Of(other)}'",
            };
        }));
    }
}

/// <summary>Rows below headers.</summary>
sealed record Table(IReadOnlyList<string> Headers, IReadOnlyList<Cell[]> Rows)
{
    /// <summary>One row of each item.</summary>
    public static Table Of<T>(IEnumerable<T> items, IReadOnlyList<(string Header, Func<T, Cell> Read)> columns) =>
        new([.. columns.Select(column => column.Header)],
            [.. items.Select(item => columns.Select(column => column.Read(item)).ToArray())]);
}

/// <summary>Fields and values of one thing.</summary>
sealed record Record(IReadOnlyList<(string Name, Cell Value)> Fields)
{
    /// <summary>One thing with the columns of a list, in their order.</summary>
    public static Record Of<T>(T item, IReadOnlyList<(string Header, Func<T, Cell> Read)> columns) =>
        new([.. columns.Select(column => (column.Header, column.Read(item)))]);

    /// <summary>With the fields in the order of the alphabet, as the python client shows nearly everything.</summary>
    public static Record Sorted(IEnumerable<(string Name, Cell Value)> fields) =>
        new([.. fields.OrderBy(field => field.Name, StringComparer.Ordinal)]);

    /// <summary>Every field of an object as it is.</summary>
    public static Record Sorted(JsonObject fields) => Sorted(fields.Select(pair => (pair.Key, Cell.Plain(pair.Value))));
}
