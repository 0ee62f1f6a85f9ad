using System.Data;
using System.Runtime.CompilerServices;
using System.Text;

namespace Cumulet.ControlPlane.Store;

/// <summary>
/// SQL text with its parameters, written as an interpolated string: every hole becomes a parameter, so a value can never
/// become SQL. A hole of type <see cref="Sql"/> is spliced in with its own parameters, a hole of a list becomes
/// one parameter too, behind IN. A hole that is itself an interpolated string is SQL, not a text: put the text into a variable. Flags are stored as 0 and 1, instants as microseconds since 1970.
/// </summary>
[InterpolatedStringHandler]
public sealed class Sql
{
    private readonly StringBuilder _text;
    private readonly List<(object? Value, DbType Type)> _values;

    public Sql(int literalLength, int formattedCount)
    {
        _text = new StringBuilder(literalLength + formattedCount * 4);
        _values = new List<(object?, DbType)>(formattedCount);
    }

    public Sql() : this(128, 4) { }

    /// <summary>Text that the program itself wrote: a column or table name out of a fixed list. Never a caller's words.</summary>
    public static Sql Raw(string text)
    {
        var sql = new Sql(text.Length, 0);
        sql._text.Append(text);
        return sql;
    }

    public static Sql Of(Sql sql) => sql;

    public string Text => _text.ToString();
    /// <summary>Each with its type: PostgreSQL cannot tell that of a null.</summary>
    internal IReadOnlyList<(object? Value, DbType Type)> Values => _values;
    public bool IsEmpty => _text.Length == 0;

    public Sql Add(Sql other)
    {
        Splice(other);
        return this;
    }

    public void AppendLiteral(string text) => _text.Append(text);
    public void AppendFormatted(Sql sql) => Splice(sql);
    public void AppendFormatted(string? value) => Bind(value, DbType.String);
    public void AppendFormatted(long value) => Bind(value, DbType.Int64);
    public void AppendFormatted(long? value) => Bind(value, DbType.Int64);
    public void AppendFormatted(int value) => Bind((long)value, DbType.Int64);
    public void AppendFormatted(int? value) => Bind((long?)value, DbType.Int64);
    public void AppendFormatted(double value) => Bind(value, DbType.Double);
    public void AppendFormatted(double? value) => Bind(value, DbType.Double);
    public void AppendFormatted(bool value) => Bind(value ? 1L : 0L, DbType.Int64);
    public void AppendFormatted(bool? value) => Bind(value is { } flag ? flag ? 1L : 0L : null, DbType.Int64);
    public void AppendFormatted(byte[]? value) => Bind(value, DbType.Binary);
    public void AppendFormatted(DateTimeOffset value) => Bind(value.ToMicroseconds(), DbType.Int64);
    public void AppendFormatted(DateTimeOffset? value) => Bind(value?.ToMicroseconds(), DbType.Int64);
    public void AppendFormatted(Guid value) => Bind(value.ToString(), DbType.String);
    public void AppendFormatted(Guid? value) => Bind(value?.ToString(), DbType.String);
    /// <summary>One parameter however long the list is: the text stays the same, and the statement is compiled once.</summary>
    public void AppendFormatted(IReadOnlyCollection<string> values)
    {
        _text.Append(Dialect.ListBegin);
        Bind(values, DbType.Object);
        _text.Append("))");
    }

    private void Bind(object? value, DbType type)
    {
        _text.Append("@p").Append(_values.Count);
        _values.Add((value, type));
    }

    private void Splice(Sql other)
    {
        // The other's parameters move behind ours, so its names are counted on.
        var text = other._text.ToString();
        var at = 0;
        while (true)
        {
            var next = text.IndexOf("@p", at, StringComparison.Ordinal);
            if (next < 0) break;
            _text.Append(text, at, next - at);
            var end = next + 2;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end == next + 2)
            {
                // Not a parameter: a literal such as 'a@pool'.
                _text.Append("@p");
                at = end;
                continue;
            }
            var (value, type) = other._values[int.Parse(text.AsSpan(next + 2, end - next - 2))];
            Bind(value, type);
            at = end;
        }
        _text.Append(text, at, text.Length - at);
    }
}

/// <summary>Instants as the store keeps them.</summary>
public static class StoredTime
{
    public static long ToMicroseconds(this DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    public static DateTimeOffset FromMicroseconds(long value) =>
        new(DateTimeOffset.UnixEpoch.Ticks + value * 10, TimeSpan.Zero);
}
