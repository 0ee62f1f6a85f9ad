using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Resources;

/// <summary>Filters that every kind of resource has; all of a kind's own attributes are added to them.</summary>
internal static class NetworkFilters
{
    /// <param name="alias">The table's alias in the list's select.</param>
    /// <param name="standard">The kind has description, revision and times.</param>
    public static Dictionary<string, Filter> For(string alias, bool standard = true)
    {
        var filters = new Dictionary<string, Filter>(StringComparer.Ordinal)
        {
            ["id"] = new Filter.Exact($"{alias}.id"),
            ["project_id"] = new Filter.Exact($"{alias}.project_id"),
            ["tenant_id"] = new Filter.Exact($"{alias}.project_id"),
        };
        if (!standard) return filters;
        filters["description"] = new Filter.Exact($"{alias}.description");
        filters["revision_number"] = new Filter.Whole($"{alias}.revision");
        filters["changed_since"] = new Filter.Instant($"{alias}.updated_at", ">=");
        filters["tags"] = Tagged(alias, all: true, not: false);
        filters["tags-any"] = Tagged(alias, all: false, not: false);
        filters["not-tags"] = Tagged(alias, all: true, not: true);
        filters["not-tags-any"] = Tagged(alias, all: false, not: true);
        return filters;
    }

    public static Dictionary<string, Filter> With(this Dictionary<string, Filter> filters, string name, Filter filter)
    {
        filters[name] = filter;
        return filters;
    }

    public static Dictionary<string, Filter> Exact(this Dictionary<string, Filter> filters, string alias, params string[] columns)
    {
        foreach (var column in columns) filters[column] = new Filter.Exact($"{alias}.{column}");
        return filters;
    }

    /// <summary>Shared with the caller, or not.</summary>
    public static Filter SharedWithCaller(string objectType, string idColumn) => new Filter.Custom((values, request) =>
    {
        var wanted = Truth("shared", values[^1]);
        var shared = Networks.NetworkStore.SharedTo(objectType, idColumn, request.Caller.ProjectId);
        return wanted ? shared : new Sql().Add($"NOT {shared}");
    });

    public static bool Truth(string name, string value) => JsonReading.FlagOf(value)
        ?? throw NetworkFault.Invalid(name, $"'{value.Truncated()}' cannot be converted to boolean");

    private static Filter Tagged(string alias, bool all, bool not) => new Filter.Custom((values, _) =>
    {
        var tags = values.SelectMany(v => v.Split(',')).Where(t => t.Length > 0).Distinct().ToList();
        if (tags.Count == 0) return null;
        var id = Sql.Raw($"{alias}.id");
        var needed = all ? tags.Count : 1;
        return new Sql().Add($"(SELECT COUNT(*) FROM network_tags k WHERE k.resource_id = {id} AND k.tag IN {tags}) {Sql.Raw(not ? "<" : ">=")} {needed}");
    });

    /// <summary>Sort keys of a kind with standard attributes.</summary>
    public static Dictionary<string, string> SortKeys(string alias, params string[] columns)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["id"] = $"{alias}.id",
            ["project_id"] = $"{alias}.project_id",
            ["tenant_id"] = $"{alias}.project_id",
        };
        foreach (var column in columns) keys[column] = $"COALESCE({alias}.{column}, '')";
        return keys;
    }

    /// <summary>Columns that are numbers, or never null.</summary>
    public static Dictionary<string, string> AndBy(this Dictionary<string, string> keys, string alias, params string[] columns)
    {
        foreach (var column in columns) keys[column] = $"{alias}.{column}";
        return keys;
    }
}
