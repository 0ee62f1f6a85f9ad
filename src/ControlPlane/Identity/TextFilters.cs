using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity;

/// <summary>Identity's inexact filters: <c>name__contains</c>, <c>name__startswith</c>, <c>name__endswith</c>, each also as <c>i…</c>.</summary>
internal static class TextFilters
{
    public static Dictionary<string, Filter> On(params (string Parameter, string Column)[] texts)
    {
        var filters = new Dictionary<string, Filter>(StringComparer.Ordinal);
        foreach (var (parameter, column) in texts)
        {
            filters[parameter] = new Filter.Exact(column);
            foreach (var kind in (string[])["contains", "startswith", "endswith", "equals"])
            {
                filters[$"{parameter}__{kind}"] = new Filter.Custom((values, _) => Like(column, kind, values[^1], exact: true));
                filters[$"{parameter}__i{kind}"] = new Filter.Custom((values, _) => Like(column, kind, values[^1], exact: false));
            }
        }
        return filters;
    }

    public static Dictionary<string, Filter> And(this Dictionary<string, Filter> filters, string parameter, Filter filter)
    {
        filters[parameter] = filter;
        return filters;
    }

    /// <summary>A truth value as Keystone reads it in a query: only 0 and false are false; the bare name is true.</summary>
    public static Filter Flag(string column) => new Filter.Custom((values, _) => IsTrue(values[^1])
        ? Sql.Raw($"{column} = 1")
        : Sql.Raw($"{column} = 0"));

    public static bool IsTrue(string value) => value.ToLowerInvariant() is not ("0" or "false");

    // SQLite's LIKE ignores case and PostgreSQL's does not: exact comparison goes by substring instead.
    private static Sql Like(string column, string kind, string text, bool exact)
    {
        var (left, right) = exact ? (column, text) : ($"LOWER({column})", text.ToLowerInvariant());
        return kind switch
        {
            "contains" => new Sql().Add(Sql.Raw($"REPLACE({left}, ")).Add($"{right}, {""}) <> ").Add(Sql.Raw(left)),
            "startswith" => new Sql().Add(Sql.Raw($"SUBSTR({left}, 1, LENGTH(")).Add($"{right})) = {right}"),
            "endswith" => new Sql().Add(Sql.Raw($"SUBSTR({left}, LENGTH({left}) - LENGTH(")).Add($"{right}) + 1) = {right}"),
            _ => new Sql().Add(Sql.Raw($"{left} = ")).Add($"{right}"),
        };
    }
}
