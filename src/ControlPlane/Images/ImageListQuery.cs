using System.Globalization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;
using Microsoft.AspNetCore.Http;

namespace Cumulet.ControlPlane.Images;

/// <summary>
/// A list request read and turned into one statement. Rule (Image API, list images): a parameter that is no attribute
/// filters by the extra property of that name; <c>in:a,b</c> and <c>gt:time</c> are operators; paging goes on after the
/// marker's own sort values.
/// </summary>
internal sealed class ImageListQuery
{
    private const int DefaultLimit = 25;
    private const int MaxLimit = 1000;
    private static readonly string[] Paging = ["limit", "marker", "sort", "sort_key", "sort_dir", "member_status", "tag", "visibility"];

    private static readonly Dictionary<string, string> SortColumns = new(StringComparer.Ordinal)
    {
        ["name"] = "COALESCE(i.name, '')",
        ["status"] = "i.status",
        ["container_format"] = "COALESCE(i.container_format, '')",
        ["disk_format"] = "COALESCE(i.disk_format, '')",
        ["size"] = "COALESCE(i.size, -1)",
        ["id"] = "i.id",
        ["created_at"] = "i.created_at",
        ["updated_at"] = "i.updated_at",
    };

    private readonly List<(string Column, bool Descending)> _order = [];
    private readonly List<Sql> _conditions = [];
    private string? _visibility;
    private string _memberStatus = "accepted";
    private string? _marker;

    private ImageListQuery() { }

    public int Limit { get; private set; }

    public static ImageListQuery Parse(ApiRequest request)
    {
        var query = request.Query;
        var list = new ImageListQuery
        {
            Limit = ReadLimit(query),
            _marker = Last(query, "marker"),
            _visibility = ReadVisibility(query),
            _memberStatus = ReadMemberStatus(query),
        };
        list.ReadOrder(query);
        foreach (var tag in query["tag"])
            list._conditions.Add($"EXISTS (SELECT 1 FROM image_tags t WHERE t.image_id = i.id AND t.value = {(tag ?? "").Trim()})");
        var hidden = ReadFlag(Last(query, "os_hidden")?.ToLowerInvariant() ?? "false", "os_hidden");
        list._conditions.Add($"i.os_hidden = {hidden}");
        foreach (var (name, _) in query)
            if (!Paging.Contains(name) && name != "os_hidden")
                list._conditions.Add(ImageFilters.Condition(name, Last(query, name) ?? ""));
        return list;
    }

    public List<ImageRecord> Run(Tx tx, Caller caller)
    {
        var visible = ImageVisibility.OfList(caller, _visibility, _memberStatus);
        var where = new Sql().Add(visible);
        foreach (var condition in _conditions) where.Add($" AND {condition}");
        if (_marker is { } marker)
        {
            if (ImageStore.Find(tx, caller, marker) is null) throw Fault.BadRequest(ImageAccess.Missing(marker.Truncated()));
            where.Add($" AND ({After(marker)})");
        }
        if (Limit == 0) return [];
        var order = string.Join(", ", _order.Select(o => o.Descending ? $"{o.Column} DESC" : o.Column));
        return tx.Query($"SELECT {Sql.Raw(ImageStore.Columns)} FROM images i WHERE {where} ORDER BY {Sql.Raw(order)} LIMIT {Limit}", ImageStore.Read);
    }

    // (a, b) after the marker's (A, B): a > A OR (a = A AND b > B), each in its own direction.
    private Sql After(string marker)
    {
        var after = new Sql();
        for (var last = 0; last < _order.Count; last++)
        {
            if (last > 0) after.Add(Sql.Raw(" OR "));
            after.Add(Sql.Raw("("));
            for (var at = 0; at <= last; at++)
            {
                var (column, descending) = _order[at];
                var compare = at < last ? "=" : descending ? "<" : ">";
                if (at > 0) after.Add(Sql.Raw(" AND "));
                after.Add($"{Sql.Raw(column)} {Sql.Raw(compare)} (SELECT {Sql.Raw(column)} FROM images i WHERE i.id = {marker})");
            }
            after.Add(Sql.Raw(")"));
        }
        return after;
    }

    private void ReadOrder(IQueryCollection query)
    {
        List<string> keys = [], directions = [];
        if (Last(query, "sort") is { } sort)
        {
            if (query.ContainsKey("sort_key") || query.ContainsKey("sort_dir"))
                throw Fault.BadRequest("Old and new sorting syntax cannot be combined");
            foreach (var item in sort.Trim().Split(','))
            {
                var colon = item.IndexOf(':');
                keys.Add((colon < 0 ? item : item[..colon]).Trim());
                directions.Add(colon < 0 || colon == item.Length - 1 ? "desc" : item[(colon + 1)..].Trim());
            }
        }
        else
        {
            keys.AddRange(query["sort_key"].Select(k => (k ?? "").Trim()));
            directions.AddRange(query["sort_dir"].Select(d => (d ?? "").Trim()));
            if (directions.Count > 1 && directions.Count != keys.Count)
                throw Fault.BadRequest("Number of sort dirs does not match the number of sort keys");
        }
        if (keys.Count == 0) keys.Add("created_at");
        foreach (var direction in directions)
            if (direction is not ("asc" or "desc")) throw Fault.BadRequest($"Invalid sort direction: {direction.Truncated()}");
        // One direction counts for every key; those that are added at the end take it too.
        var rest = directions.Count == 1 ? directions[0] : "desc";
        for (var i = 0; i < keys.Count; i++) AddOrder(keys[i], directions.Count > 1 ? directions[i] : rest);
        foreach (var key in (string[])["created_at", "id"])
            if (!keys.Contains(key)) AddOrder(key, rest);
    }

    private void AddOrder(string key, string direction)
    {
        if (!SortColumns.TryGetValue(key, out var column))
            throw Fault.BadRequest($"Invalid sort key: {key.Truncated()}. It must be one of the following: {string.Join(", ", SortColumns.Keys)}.");
        _order.Add((column, direction == "desc"));
    }

    private static int ReadLimit(IQueryCollection query)
    {
        if (Last(query, "limit") is not { } text) return DefaultLimit;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
            throw Fault.BadRequest("limit param must be an integer");
        if (limit < 0) throw Fault.BadRequest("limit param must be positive");
        return (int)Math.Min(limit, MaxLimit);
    }

    private static string? ReadVisibility(IQueryCollection query)
    {
        var visibility = Last(query, "visibility");
        if (string.IsNullOrEmpty(visibility)) return null;
        return visibility == "all" || ImageVisibility.Values.Contains(visibility)
            ? visibility
            : throw Fault.BadRequest($"Invalid visibility value: {visibility.Truncated()}");
    }

    private static string ReadMemberStatus(IQueryCollection query)
    {
        var status = Last(query, "member_status") ?? "accepted";
        return status is "pending" or "accepted" or "rejected" or "all"
            ? status
            : throw Fault.BadRequest($"Invalid status: {status.Truncated()}");
    }

    internal static bool ReadFlag(string text, string name) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw Fault.BadRequest($"Invalid value '{text.Truncated()}' for '{name}' filter. Valid values are 'true' or 'false'."),
    };

    private static string? Last(IQueryCollection query, string name) => query.TryGetValue(name, out var values) ? values[^1] : null;
}
