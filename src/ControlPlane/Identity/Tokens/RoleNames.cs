using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>One set for the same role names, however many tokens have them: so that two callers who may do the same are equal.</summary>
internal static class RoleNames
{
    private const int MaxSets = 1000;
    private static readonly ConcurrentDictionary<string, FrozenSet<string>> Sets = new(StringComparer.Ordinal);

    public static FrozenSet<string> Of(IEnumerable<string> names)
    {
        var sorted = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        // Each with its length: a role's name may contain whatever would stand between two.
        var key = string.Concat(sorted.Select(n => $"{n.Length}:{n}"));
        if (Sets.TryGetValue(key, out var known)) return known;
        if (Sets.Count >= MaxSets) Sets.Clear();
        return Sets.GetOrAdd(key, _ => sorted.ToFrozenSet(StringComparer.Ordinal));
    }
}
