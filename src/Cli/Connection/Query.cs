namespace Cumulet.Cli.Connection;

/// <summary>The conditions behind the question mark; those without a value are left away.</summary>
sealed class Query
{
    private readonly List<string> _conditions = [];

    public Query With(string name, string? value)
    {
        if (value is not null) _conditions.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
        return this;
    }

    public Query With(string name, int? value) => With(name, value?.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public Query With(string name, bool? value) => With(name, value switch { true => "True", false => "False", null => null });

    public Query WithAll(string name, IEnumerable<string> values)
    {
        foreach (var value in values) With(name, value);
        return this;
    }

    public override string ToString() => _conditions.Count == 0 ? "" : "?" + string.Join('&', _conditions);
}
