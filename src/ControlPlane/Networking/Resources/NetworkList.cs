using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Microsoft.AspNetCore.WebUtilities;

namespace Cumulet.ControlPlane.Networking.Resources;

/// <summary>What Neutron's lists have of their own: validated parameters, <c>fields</c>, links in both directions.</summary>
internal static class NetworkList
{
    private static readonly HashSet<string> Known = ["limit", "marker", "page_reverse", "sort_key", "sort_dir", "fields"];

    public static void CheckParameters(ApiRequest request, ListQuery list)
    {
        var unknown = request.Query.Keys.Where(k => !Known.Contains(k) && !list.Filters.ContainsKey(k)).ToList();
        if (unknown.Count > 0)
            throw NetworkFault.BadRequest($"[{string.Join(", ", unknown.Select(u => $"'{u.Truncated()}'"))}] is invalid attribute for filtering");
        if (request.Query["limit"].ToString() is { Length: > 0 } limit
            && !int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw NetworkFault.BadRequest($"Limit must be an integer 0 or greater and not '{limit.Truncated()}'");
        var keys = request.Query["sort_key"];
        var directions = request.Query["sort_dir"];
        if (directions.Count > 0 && keys.Count != directions.Count)
            throw NetworkFault.BadRequest("The number of sort_keys and sort_dirs must be same");
        if (directions.FirstOrDefault(d => d is not ("asc" or "desc")) is { } direction)
            throw NetworkFault.BadRequest($"'{direction.Truncated()}' is invalid for sort_dirs, must be 'asc' or 'desc'");
        var invalid = keys.Where(k => k is not null && !list.SortKeys.ContainsKey(k)).ToList();
        if (invalid.Count > 0)
            throw NetworkFault.BadRequest($"[{string.Join(", ", invalid.Select(k => $"'{k!.Truncated()}'"))}] is invalid attribute for sort_keys");
    }

    /// <summary>The attributes asked for; null for all.</summary>
    public static HashSet<string>? Fields(ApiRequest request)
    {
        var fields = request.Query["fields"].Where(f => !string.IsNullOrEmpty(f)).Select(f => f!).ToHashSet(StringComparer.Ordinal);
        return fields.Count == 0 ? null : fields;
    }

    public static void WriteLinks(Utf8JsonWriter json, ApiRequest request, string collection, IReadOnlyList<string> ids)
    {
        if (!int.TryParse(request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit == 0 || ids.Count == 0)
            return;
        var reverse = JsonReading.FlagOf(request.Query["page_reverse"].ToString()) is true;
        var full = ids.Count >= limit;
        if (!full && !reverse && request.Query["marker"].Count == 0) return;
        json.WriteStartArray($"{collection}_links");
        if (full || reverse) WriteLink(json, "next", Url(request, ids[^1], reverse: false));
        if (full || !reverse) WriteLink(json, "previous", Url(request, ids[0], reverse: true));
        json.WriteEndArray();
    }

    private static void WriteLink(Utf8JsonWriter json, string rel, string href)
    {
        json.WriteStartObject();
        json.WriteString("rel", rel);
        json.WriteString("href", href);
        json.WriteEndObject();
    }

    private static string Url(ApiRequest request, string marker, bool reverse)
    {
        var parameters = request.Query.Where(p => p.Key is not ("marker" or "page_reverse"))
            .SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v)))
            .Append(KeyValuePair.Create("marker", (string?)marker));
        if (reverse) parameters = parameters.Append(KeyValuePair.Create("page_reverse", (string?)"True"));
        return QueryHelpers.AddQueryString(request.SelfUrl, parameters);
    }
}
