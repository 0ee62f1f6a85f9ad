using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage;

/// <summary>
/// Which filters whom: the caller's own kinds are limited to a list per resource, an administrator may ask for every
/// attribute. Rule (Cinder, resource filters): from 3.31 an unknown one is refused with 400, before it is left out; an
/// administrator's unknown one matches nothing.
/// </summary>
internal static class FilterRules
{
    /// <summary>Name of each resource with the filters everybody may use, as <c>GET resource_filters</c> lists them.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["volume"] = ["name", "status", "metadata", "bootable", "migration_status", "availability_zone", "group_id", "size",
            "created_at", "updated_at", "consumes_quota"],
        ["backup"] = ["name", "status", "volume_id"],
        ["snapshot"] = ["name", "status", "volume_id", "metadata", "availability_zone", "consumes_quota"],
        ["group"] = ["name"],
        ["group_snapshot"] = ["name", "status", "group_id"],
        ["attachment"] = ["volume_id", "status", "instance_id", "attach_status"],
        ["message"] = ["resource_uuid", "resource_type", "event_id", "request_id", "message_level"],
        ["pool"] = ["name", "volume_type"],
        ["volume_type"] = ["is_public", "extra_specs"],
    };

    private static readonly string[] NoFilters =
        ["limit", "marker", "offset", "sort", "sort_key", "sort_dir", "all_tenants", "all_projects", "with_count"];

    /// <summary>Further conditions of the list, or a 400. The list's own table must know each filter that is allowed.</summary>
    public static Sql Check(ApiRequest request, string resource, ListQuery list, Sql visible)
    {
        var unknown = request.Query.Keys.Where(k => !NoFilters.Contains(k)).ToList();
        if (request.Caller.IsAdmin) return unknown.All(list.Filters.ContainsKey) ? visible : Sql.Raw("1 = 0");
        if (!request.At(3, 31)) return visible;
        var refused = unknown.Where(k => !Allowed[resource].Contains(k)).ToList();
        if (refused.Count > 0)
            throw Fault.BadRequest($"Invalid filters {string.Join(',', refused).Truncated()} are found in query options.");
        return visible;
    }

    /// <summary>A filter that only an administrator's request feels.</summary>
    public static Filter Admin(string column) => new Filter.Custom((values, request) => request.Caller.IsAdmin
        ? new Sql().Add(Sql.Raw($"{column} = ")).Add($"{values[^1]}")
        : null);

    /// <summary>Part of the value, for an administrator: <c>name~=web</c>.</summary>
    public static Filter Like(string column) => new Filter.Custom((values, request) =>
    {
        if (!request.Caller.IsAdmin || !request.At(3, 34)) return null;
        var pattern = "%" + values[^1].Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%";
        return new Sql().Add(Sql.Raw($"LOWER({column}) LIKE LOWER(")).Add($"{pattern}").Add(Sql.Raw(") ESCAPE '\\'"));
    });

    /// <summary>Rows whose key-value table has all the pairs: <c>metadata={'a': 'b'}</c>, in Python's or JSON's form.</summary>
    public static Filter Pairs(string table, string key, string id, Microversion since) => new Filter.Custom((values, request) =>
    {
        if (request.Version < since) return null;
        var all = new Sql().Add(Sql.Raw("1 = 1"));
        foreach (var (name, value) in ParsePairs(values[^1]))
            all.Add(Sql.Raw($" AND EXISTS (SELECT 1 FROM {table} m WHERE m.{key} = {id}")).Add($" AND m.name = {name} AND m.value = {value})");
        return all;
    });

    /// <summary><c>created_at=gte:2026-01-01T00:00:00,lt:…</c>, from 3.60.</summary>
    public static Filter Times(string name, string column) => new Filter.Custom((values, request) =>
    {
        if (!request.At(3, 60)) return null;
        var all = new Sql().Add(Sql.Raw("1 = 1"));
        foreach (var unit in values[^1].Split(','))
        {
            var colon = unit.IndexOf(':');
            if (colon < 0) throw Fault.BadRequest($"Invalid {name} value");
            var compare = unit[..colon] switch
            {
                "gt" => ">",
                "gte" => ">=",
                "eq" => "=",
                "neq" => "<>",
                "lt" => "<",
                "lte" => "<=",
                var other => throw Fault.BadRequest($"Invalid {other.Truncated()} operator"),
            };
            if (!TimeText.TryRead(unit[(colon + 1)..], out var time))
                throw Fault.BadRequest($"Invalid {unit[(colon + 1)..].Truncated()} value");
            all.Add(Sql.Raw($" AND {column} {compare} ")).Add($"{time}");
        }
        return all;
    });

    internal static Dictionary<string, string> ParsePairs(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text.Contains('"') ? text : text.Replace("u'", "'").Replace('\'', '"'));
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            // Falls through to the refusal: what is no object of pairs is the caller's to mend.
        }
        throw Fault.BadRequest($"Invalid filter value {text.Truncated()}: it must be pairs like {{'key': 'value'}}.");
    }
}
