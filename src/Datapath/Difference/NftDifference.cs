using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Difference;

/// <summary>
/// The nft commands from one rule set to another, to be sent as one transaction: packets see the old rules or the new
/// ones. Order matters inside it: names are made before rules use them, and elements and rules that use a chain or set go
/// before it does.
/// </summary>
static class NftDifference
{
    /// <summary>So that no line, and no netlink message, grows without limit.</summary>
    const int ElementsPerCommand = 500;

    public static List<string> Between(IReadOnlyList<NftTable> actual, IReadOnlyList<NftTable> desired)
    {
        List<string> lines = [];
        foreach (var table in desired)
        {
            var old = actual.FirstOrDefault(other => other.Family == table.Family && other.Name == table.Name);
            if (old is null)
                lines.Add($"add table {table.Family} {table.Name}");
            Tables(lines, old ?? new NftTable(table.Family, table.Name), table);
        }
        foreach (var old in actual)
            if (!desired.Any(table => table.Family == old.Family && table.Name == old.Name))
                lines.Add($"delete table {old.Family} {old.Name}");
        return lines;
    }

    static void Tables(List<string> lines, NftTable old, NftTable table)
    {
        var id = $"{table.Family} {table.Name}";
        foreach (var (name, set) in Sorted(table.Sets, name => !old.Sets.ContainsKey(name)))
            lines.Add($"add {(set.IsMap ? "map" : "set")} {id} {name} {{ {set.Header} }}");
        foreach (var (name, chain) in Sorted(table.Chains, name => !old.Chains.ContainsKey(name)))
            lines.Add($"add chain {id} {name}{(chain.Header.Length == 0 ? "" : $" {{ {chain.Header} }}")}");
        foreach (var (name, set) in Sorted(old.Sets, _ => true))
            Elements(lines, "delete", id, name, Missing(set, table.Sets.GetValueOrDefault(name)), set.IsMap);
        var changed = Sorted(table.Chains, name =>
            !old.Chains.TryGetValue(name, out var before) || !before.Rules.SequenceEqual(table.Chains[name].Rules));
        foreach (var (name, _) in changed)
            if (old.Chains.ContainsKey(name))
                lines.Add($"flush chain {id} {name}");
        Remove(lines, id, old, table);
        foreach (var (name, chain) in changed)
            foreach (var rule in chain.Rules)
                lines.Add($"add rule {id} {name} {rule}");
        foreach (var (name, set) in Sorted(table.Sets, _ => true))
            Elements(lines, "add", id, name, Missing(set, old.Sets.GetValueOrDefault(name)), set.IsMap);
    }

    static void Remove(List<string> lines, string id, NftTable old, NftTable table)
    {
        var chains = Sorted(old.Chains, name => !table.Chains.ContainsKey(name));
        lines.AddRange(chains.Select(pair => $"flush chain {id} {pair.Key}"));
        lines.AddRange(chains.Select(pair => $"delete chain {id} {pair.Key}"));
        foreach (var (name, set) in Sorted(old.Sets, name => !table.Sets.ContainsKey(name)))
            lines.Add($"delete {(set.IsMap ? "map" : "set")} {id} {name}");
    }

    static List<KeyValuePair<string, T>> Sorted<T>(Dictionary<string, T> all, Func<string, bool> wanted)
    {
        List<KeyValuePair<string, T>> found = [.. all.Where(pair => wanted(pair.Key))];
        found.Sort((one, other) => string.CompareOrdinal(one.Key, other.Key));
        return found;
    }

    static List<KeyValuePair<string, string>> Missing(NftSet of, NftSet? from)
    {
        List<KeyValuePair<string, string>> missing = [];
        foreach (var pair in of.Elements)
            if (from is null || !from.Elements.TryGetValue(pair.Key, out var value) || value != pair.Value)
                missing.Add(pair);
        missing.Sort((one, other) => string.CompareOrdinal(one.Key, other.Key));
        return missing;
    }

    static void Elements(
        List<string> lines, string verb, string id, string name, List<KeyValuePair<string, string>> elements, bool isMap)
    {
        foreach (var chunk in elements.Chunk(ElementsPerCommand))
            lines.Add($"{verb} element {id} {name} {{ {string.Join(", ", chunk.Select(pair => isMap ? $"{pair.Key} : {pair.Value}" : pair.Key))} }}");
    }

    /// <summary>Whether the change can forbid what was allowed. Only the inet family judges connections.</summary>
    public static bool Narrows(IReadOnlyList<string> lines) =>
        lines.Any(line => line.StartsWith("flush chain inet", StringComparison.Ordinal)
            || line.StartsWith("delete ", StringComparison.Ordinal)
            || line.StartsWith("flush ruleset", StringComparison.Ordinal));
}
