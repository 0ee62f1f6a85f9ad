using System.Globalization;
using Cumulet.ControlPlane.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cumulet.ControlPlane.Api;

/// <summary>How one query parameter of a list narrows the SQL.</summary>
public abstract record Filter
{
    private Filter() { }

    /// <summary>Equal to the value; several values (repeated or, with <paramref name="Commas"/>, a comma list) mean any of them.</summary>
    public sealed record Exact(string Column, bool Commas = false) : Filter;
    /// <summary>A truth value.</summary>
    public sealed record Flag(string Column) : Filter;
    /// <summary>An integer equal to the value.</summary>
    public sealed record Whole(string Column) : Filter;
    /// <summary>A regular expression, ignoring case, as Nova has it for names.</summary>
    public sealed record Pattern(string Column) : Filter;
    /// <summary>Contained in the column, ignoring case.</summary>
    public sealed record Inside(string Column) : Filter;
    /// <summary>Rows at or after an ISO 8601 instant (<c>changes-since</c>), or at or before it.</summary>
    public sealed record Instant(string Column, string Operator) : Filter;
    /// <summary>Anything else: the values given, the condition wanted; null adds none.</summary>
    public sealed record Custom(Func<IReadOnlyList<string>, ApiRequest, Sql?> Condition) : Filter;
    /// <summary>Known, and read by the handler itself.</summary>
    public sealed record Ignored : Filter;
}

/// <summary>One page of a list, and whether it links to another.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, bool HasMore);

/// <summary>
/// A list operation declared: select list and tables, the filters and sort keys clients may use, and the order when they
/// name none. One query per list: keyset paging by the marker row's own sort values, so that no row is missing or twice
/// while others come and go.
/// </summary>
public sealed class ListQuery
{
    /// <summary>Everything from SELECT to before WHERE.</summary>
    public required string Select { get; init; }
    /// <summary>The table (with alias) and id column by which a marker is found: <c>servers s</c>, <c>s.id</c>.</summary>
    public required string From { get; init; }
    public required string Id { get; init; }
    public required IReadOnlyDictionary<string, Filter> Filters { get; init; }
    /// <summary>API sort key to a column that is never null (wrap in COALESCE where it may be).</summary>
    public required IReadOnlyDictionary<string, string> SortKeys { get; init; }
    /// <summary>Order without <c>sort_key</c>: API keys with a direction; the id is always added last.</summary>
    public IReadOnlyList<(string Key, bool Descending)> DefaultOrder { get; init; } = [];
    /// <summary>Rows of one page at most; Nova's <c>max_limit</c> is 1000. 0: no bound, and a page knows whether another follows.</summary>
    public int MaxLimit { get; init; } = 1000;
    /// <summary>Parameters without a filter: ignored (Nova, Cinder) or refused with 400.</summary>
    public bool RefuseUnknown { get; init; }
    /// <summary>The parameter names of this service's paging.</summary>
    public string SortKeyParameter { get; init; } = "sort_key";
    public string SortDirectionParameter { get; init; } = "sort_dir";
    public Func<string, Fault>? MarkerNotFound { get; init; }
    /// <summary>Neutron's <c>page_reverse=True</c>: the page before the marker, in the same order.</summary>
    public bool ReversePages { get; init; }

    private static readonly string[] Paging = ["limit", "marker", "sort_key", "sort_dir", "sort", "page_reverse", "fields", "offset"];

    /// <param name="visible">What this caller may see: always part of the condition, also for the marker.</param>
    public Page<T> Run<T>(Tx tx, ApiRequest request, Sql visible, Func<Row, T> read, string? defaultDirection = null)
    {
        var query = request.Query;
        var (limit, zero) = Limit(query);
        var order = Order(query, defaultDirection);
        var reverse = ReversePages && JsonReading.FlagOf(query["page_reverse"].ToString()) is true;
        if (reverse) order = [.. order.Select(o => (o.Column, !o.Descending))];
        var where = Where(tx, request, visible);
        if (query["marker"].ToString() is { Length: > 0 } marker) AddMarker(tx, where, visible, order, marker);
        if (zero) return new Page<T>([], false);
        var sql = new Sql().Add(Sql.Raw($"{Select} WHERE ")).Add(where).Add(Sql.Raw(" ORDER BY " +
            string.Join(", ", order.Select(o => o.Descending ? $"{o.Column} DESC" : o.Column))));
        // Rule (Nova, Cinder, Neutron): a full page has a link to the next one, be that empty. Only Keystone looks ahead.
        var looksAhead = MaxLimit == 0;
        if (limit > 0) sql.Add($" LIMIT {(looksAhead ? limit + 1 : limit)}");
        if (int.TryParse(query["offset"], NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset > 0)
            sql.Add($" OFFSET {offset}");
        var items = tx.Query(sql, read);
        var more = limit > 0 && items.Count >= (looksAhead ? limit + 1 : limit);
        if (more && looksAhead) items.RemoveAt(items.Count - 1);
        if (reverse) items.Reverse();
        return new Page<T>(items, more);
    }

    /// <summary>How many rows there are on all pages.</summary>
    public long Count(Tx tx, ApiRequest request, Sql visible) =>
        tx.Count(new Sql().Add(Sql.Raw($"SELECT COUNT(*) FROM {From} WHERE ")).Add(Where(tx, request, visible)));

    private Sql Where(Tx tx, ApiRequest request, Sql visible)
    {
        var where = new Sql().Add(Sql.Of($"({visible})"));
        foreach (var (name, values) in request.Query) AddFilter(tx, request, where, name, values);
        return where;
    }

    private (int Limit, bool Zero) Limit(IQueryCollection query)
    {
        var text = query["limit"].ToString();
        if (text.Length == 0) return (MaxLimit, false);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            throw Fault.BadRequest($"Invalid input for query parameters limit. Value: {text.Truncated()}. It must be an integer that is 0 or more");
        return (MaxLimit > 0 ? Math.Min(limit, MaxLimit) : limit, limit == 0);
    }

    private List<(string Column, bool Descending)> Order(IQueryCollection query, string? defaultDirection)
    {
        var asked = Asked(query, defaultDirection);
        var order = new List<(string, bool)>();
        foreach (var (key, descending) in asked.Count > 0 ? asked : DefaultOrder)
        {
            if (!SortKeys.TryGetValue(key, out var column))
                throw Fault.BadRequest($"Sort key '{key.Truncated()}' is not valid; valid ones: {string.Join(", ", SortKeys.Keys)}");
            order.Add((column, descending));
        }
        if (order.All(o => o.Item1 != Id)) order.Add((Id, order.Count > 0 && order[^1].Item2));
        return order;
    }

    // Either "sort=name:asc,created_at" or repeated sort_key with sort_dir.
    private List<(string Key, bool Descending)> Asked(IQueryCollection query, string? defaultDirection)
    {
        var asked = new List<(string, bool)>();
        foreach (var item in query["sort"].SelectMany(s => (s ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            var colon = item.IndexOf(':');
            asked.Add(colon < 0 ? (item, Descending(defaultDirection ?? "desc")) : (item[..colon], Descending(item[(colon + 1)..])));
        }
        var directions = query[SortDirectionParameter];
        var keys = query[SortKeyParameter];
        for (var i = 0; i < keys.Count; i++)
        {
            if (string.IsNullOrEmpty(keys[i])) continue;
            var direction = i < directions.Count ? directions[i] : directions.Count > 0 ? directions[^1] : null;
            asked.Add((keys[i]!, Descending(direction ?? defaultDirection ?? "desc")));
        }
        return asked;
    }

    private static bool Descending(string direction) => direction.ToLowerInvariant() switch
    {
        "asc" => false,
        "desc" => true,
        _ => throw Fault.BadRequest($"Invalid sort direction '{direction.Truncated()}'; valid ones: asc, desc"),
    };

    private void AddFilter(Tx tx, ApiRequest request, Sql where, string name, StringValues values)
    {
        if (Paging.Contains(name) || name == SortKeyParameter || name == SortDirectionParameter) return;
        if (!Filters.TryGetValue(name, out var filter))
        {
            if (RefuseUnknown)
                throw Fault.BadRequest($"Invalid input for query parameters: '{name.Truncated()}' is not a filter here; valid ones: {string.Join(", ", Filters.Keys)}");
            return;
        }
        var given = values.Where(v => v is not null).Select(v => v!).ToList();
        if (given.Count == 0) return;
        if (Condition(tx, request, filter, name, given) is { } condition) where.Add($" AND {condition}");
    }

    private static Sql? Condition(Tx tx, ApiRequest request, Filter filter, string name, List<string> given) => filter switch
    {
        Filter.Exact(var column, var commas) => In(column, commas ? [.. given.SelectMany(v => v.Split(','))] : given),
        Filter.Flag(var column) => new Sql().Add(Sql.Raw($"{column} = ")).Add($"{FlagOf(name, given[^1])}"),
        Filter.Whole(var column) => new Sql().Add(Sql.Raw($"{column} = ")).Add($"{WholeOf(name, given[^1])}"),
        Filter.Pattern(var column) => tx.Dialect.Matches(column, given[^1]),
        Filter.Inside(var column) => tx.Dialect.Contains(column, given[^1]),
        // What was changed at 03:04:05.6 is shown as 03:04:05 and counts as changed before that, as with a database of whole seconds.
        Filter.Instant(var column, "<=") when InstantOf(name, given[^1]) is var last =>
            new Sql().Add(Sql.Raw($"{column} < ")).Add($"{new DateTimeOffset(last.Ticks - last.Ticks % TimeSpan.TicksPerSecond, last.Offset).AddSeconds(1)}"),
        Filter.Instant(var column, var compare) =>
            new Sql().Add(Sql.Raw($"{column} {compare} ")).Add($"{InstantOf(name, given[^1])}"),
        Filter.Custom(var condition) => condition(given, request),
        _ => null,
    };

    private static Sql In(string column, List<string> values) => values.Count == 1
        ? new Sql().Add(Sql.Raw($"{column} = ")).Add($"{values[0]}")
        : new Sql().Add(Sql.Raw($"{column} IN ")).Add($"{values}");

    private static bool FlagOf(string name, string value) => JsonReading.FlagOf(value)
        ?? throw Fault.BadRequest($"Invalid input for query parameters {name}. Value: {value.Truncated()}. It must be true or false");

    private static long WholeOf(string name, string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Fault.BadRequest($"Invalid input for query parameters {name}. Value: {value.Truncated()}. It must be an integer");

    private static DateTimeOffset InstantOf(string name, string value) =>
        TimeText.TryRead(value, out var instant)
            ? instant
            : throw Fault.BadRequest($"Invalid input for query parameters {name}. Value: {value.Truncated()}. It must be an ISO 8601 date and time");

    // (a, b) after the marker's (A, B): a > A OR (a = A AND b > B), each with its own direction.
    private void AddMarker(Tx tx, Sql where, Sql visible, List<(string Column, bool Descending)> order, string marker)
    {
        // Only the id travels; the marker's sort values stay in the database.
        var isThere = tx.Exists(new Sql().Add(Sql.Raw($"SELECT 1 FROM {From} WHERE {Id} = ")).Add($"{marker} AND ({visible})"));
        if (!isThere)
            throw MarkerNotFound?.Invoke(marker) ?? Fault.BadRequest($"marker [{marker.Truncated()}] not found");
        var after = new Sql();
        for (var i = 0; i < order.Count; i++)
        {
            var term = new Sql();
            for (var j = 0; j < i; j++) term.Add(Compare(order[j].Column, "=", marker)).Add(Sql.Raw(" AND "));
            term.Add(Compare(order[i].Column, order[i].Descending ? "<" : ">", marker));
            if (i > 0) after.Add(Sql.Raw(" OR "));
            after.Add($"({term})");
        }
        where.Add($" AND ({after})");
    }

    private Sql Compare(string column, string compare, string marker) => column == Id
        ? new Sql().Add(Sql.Raw($"{column} {compare} ")).Add($"{marker}")
        : new Sql().Add(Sql.Raw($"{column} {compare} (SELECT {column} FROM {From} WHERE {Id} = ")).Add($"{marker})");
}
