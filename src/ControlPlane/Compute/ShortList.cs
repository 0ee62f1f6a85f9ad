using System.Globalization;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute;

/// <summary>Paging of lists that are short by nature (hosts) and made in memory.</summary>
internal static class ShortList
{
    private const int MaxLimit = 1000;

    public static Page<T> Page<T>(ApiRequest request, IReadOnlyList<T> all, Func<T, string> id)
    {
        var limit = Number(request, "limit") ?? MaxLimit;
        var from = 0;
        if (request.Query["marker"].ToString() is { Length: > 0 } marker)
        {
            from = all.Index().FirstOrDefault(i => id(i.Item) == marker, (-1, default!)).Index + 1;
            if (from == 0) throw Fault.BadRequest($"marker [{marker.Truncated()}] not found");
        }
        limit = Math.Min(limit, MaxLimit);
        var items = all.Skip(from).Take(limit).ToList();
        return new Page<T>(items, limit > 0 && from + items.Count < all.Count);
    }

    /// <summary>Limit and offset as Nova's older lists have them.</summary>
    public static IReadOnlyList<T> Slice<T>(ApiRequest request, IReadOnlyList<T> all) =>
        [.. all.Skip(Number(request, "offset") ?? 0).Take(Math.Min(Number(request, "limit") ?? MaxLimit, MaxLimit))];

    private static int? Number(ApiRequest request, string name)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Fault.BadRequest($"Invalid input for query parameters {name}. Value: {text.Truncated()}. It must be an integer that is 0 or more");
    }
}
