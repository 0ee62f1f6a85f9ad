namespace Cumulet.ControlPlane.Placement;

/// <summary>One way to meet a question: who gives what for which group.</summary>
internal sealed record Candidate(IReadOnlyList<(string Suffix, string ResourceClass, long Amount, Provider From)> Parts,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Mappings)
{
    public IEnumerable<Provider> Providers => Parts.Select(p => p.From).Distinct();
}

/// <summary>
/// Finds candidates: for each tree, each way to serve every group, then every combination of those ways for which the providers
/// still have room. Pure; bounded, since combinations multiply.
/// </summary>
internal static class CandidateSearch
{
    /// <summary>Combinations looked at in one tree; a question that has more of them gets the first.</summary>
    private const int MaxCombinations = 10_000;

    private sealed record Way(CandidateGroup Group, IReadOnlyList<(string ResourceClass, long Amount, Provider From)> Parts);

    /// <param name="nested">Callers before 1.29 know providers that stand alone only.</param>
    public static List<Candidate> Find(IReadOnlyList<Provider> providers, CandidateRequest wish, bool nested)
    {
        var found = new List<Candidate>();
        foreach (var tree in providers.GroupBy(p => p.RootId))
        {
            var members = tree.ToList();
            var root = members.Find(p => p.Id == p.RootId);
            if (root is null || !wish.RootTraits.IsMetBy(root.Traits)) continue;
            foreach (var candidate in InTree(members, wish))
            {
                if (!nested && candidate.Providers.Count() > 1) continue;
                found.Add(candidate);
                if (found.Count >= wish.Limit) return found;
            }
        }
        return found;
    }

    private static IEnumerable<Candidate> InTree(List<Provider> members, CandidateRequest wish)
    {
        IEnumerable<IReadOnlyList<Way>> combinations = [[]];
        foreach (var group in wish.Groups)
        {
            var ways = (group.Suffix.Length == 0 ? Spread(members, group) : Together(members, group)).ToList();
            if (ways.Count == 0) return [];
            combinations = combinations.SelectMany(c => ways.Select(w => (IReadOnlyList<Way>)[.. c, w]));
        }
        return combinations.Take(MaxCombinations).Where(c => Fits(c, wish, members)).Select(AsCandidate);
    }

    // All of a group from one provider.
    private static IEnumerable<Way> Together(List<Provider> members, CandidateGroup group) => members
        .Where(p => IsIn(p, group, members) && group.Traits.IsMetBy(p.Traits) && group.Aggregates.IsMetBy(p.Aggregates))
        .Where(p => group.Resources.All(r => ProviderFilter.HasRoom(p, r.Key, r.Value)))
        .Select(p => new Way(group, group.Resources.Count == 0 ? [("", 0, p)] : [.. group.Resources.Select(r => (r.Key, r.Value, p))]));

    // Each class from any provider of the tree; traits must be among those who give. An aggregate of the root counts for the tree.
    private static IEnumerable<Way> Spread(List<Provider> members, CandidateGroup group)
    {
        var root = members.Find(p => p.Id == p.RootId)!;
        IEnumerable<IReadOnlyList<(string, long, Provider)>> ways = [[]];
        foreach (var (name, amount) in group.Resources)
        {
            var givers = members.Where(p => ProviderFilter.HasRoom(p, name, amount) && IsIn(p, group, members)
                && (group.Aggregates.IsMetBy(p.Aggregates) || group.Aggregates.IsMetBy(root.Aggregates))).ToList();
            ways = ways.SelectMany(w => givers.Select(g => (IReadOnlyList<(string, long, Provider)>)[.. w, (name, amount, g)]));
        }
        return ways.Take(MaxCombinations).Where(w => MeetsTraits(w.Select(p => p.Item3), group.Traits)).Select(w => new Way(group, w));
    }

    private static bool MeetsTraits(IEnumerable<Provider> givers, TraitWish wish) =>
        wish.IsMetBy(givers.SelectMany(g => g.Traits).ToHashSet(StringComparer.Ordinal));

    private static bool IsIn(Provider provider, CandidateGroup group, List<Provider> members) =>
        group.InTree is null || (members.Exists(m => m.Id == group.InTree) && provider.RootId == members[0].RootId);

    private static bool Fits(IReadOnlyList<Way> ways, CandidateRequest wish, List<Provider> members)
    {
        var all = ways.SelectMany(w => w.Parts).Where(p => p.ResourceClass.Length > 0);
        // Two groups may have found the same room.
        var roomy = all.GroupBy(p => (p.From.Id, p.ResourceClass)).All(g =>
            g.First().From.Used(g.Key.ResourceClass) + g.Sum(p => p.Amount) <= g.First().From.Inventories[g.Key.ResourceClass].Capacity);
        if (!roomy) return false;
        var isolated = ways.Where(w => w.Group.Suffix.Length > 0).Select(w => w.Parts[0].From.Id).ToList();
        if (wish.Isolate && isolated.Distinct().Count() != isolated.Count) return false;
        return wish.SameSubtrees.All(subtree => ShareAncestor(
            [.. ways.Where(w => subtree.Contains(w.Group.Suffix)).SelectMany(w => w.Parts).Select(p => p.From).Distinct()], members));
    }

    // One of them is above, or is, each of the others.
    private static bool ShareAncestor(List<Provider> some, List<Provider> members) =>
        some.Exists(top => some.TrueForAll(p => IsAtOrBelow(p, top, members)));

    private static bool IsAtOrBelow(Provider provider, Provider top, List<Provider> members)
    {
        for (var at = provider; at is not null; at = at.ParentId is { } parent ? members.Find(m => m.Id == parent) : null)
            if (at.Id == top.Id) return true;
        return false;
    }

    private static Candidate AsCandidate(IReadOnlyList<Way> ways) => new(
        [.. ways.SelectMany(w => w.Parts.Where(p => p.ResourceClass.Length > 0).Select(p => (w.Group.Suffix, p.ResourceClass, p.Amount, p.From)))],
        ways.ToDictionary(w => w.Group.Suffix, w => (IReadOnlyList<string>)[.. w.Parts.Select(p => p.From.Id).Distinct()], StringComparer.Ordinal));
}
