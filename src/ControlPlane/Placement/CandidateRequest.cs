using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>One group of a question for candidates.</summary>
/// <param name="Suffix">Empty: its resources may come from several providers of a tree. With one: all from the same provider.</param>
internal sealed record CandidateGroup(
    string Suffix, IReadOnlyDictionary<string, long> Resources, TraitWish Traits, AggregateWish Aggregates, string? InTree);

/// <summary>A question for allocation candidates, read from the query: groups with suffixes since 1.25, named ones since 1.33.</summary>
internal sealed partial record CandidateRequest(
    IReadOnlyList<CandidateGroup> Groups, bool Isolate, int Limit, TraitWish RootTraits, IReadOnlyList<IReadOnlyList<string>> SameSubtrees)
{
    [GeneratedRegex("^(resources|required|member_of|in_tree)([1-9][0-9]*)?$")]
    private static partial Regex Numbered { get; }

    [GeneratedRegex("^(resources|required|member_of|in_tree)([a-zA-Z0-9_-]{1,64})?$")]
    private static partial Regex Named { get; }

    public static CandidateRequest Read(ApiRequest request, Ledger ledger)
    {
        var suffixes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in request.Query.Keys) Recognize(request, name, suffixes);
        var groups = suffixes.Select(s => Group(request, ledger, s)).ToList();
        if (groups.Count == 0 || (groups.All(g => g.Suffix.Length > 0) && !request.At(1, 25)))
            throw Fault.BadRequest("Invalid query string parameters: 'resources' is a required property");
        var policy = request.Query["group_policy"].ToString();
        if (policy is not ("" or "none" or "isolate"))
            throw Fault.BadRequest($"Invalid query string parameters: '{policy.Truncated()}' is not one of ['none', 'isolate']");
        if (policy.Length == 0 && groups.Count(g => g.Suffix.Length > 0) > 1)
            throw Fault.BadRequest("The \"group_policy\" parameter is required when specifying more than one \"resources{N}\" parameter.");
        var limitText = request.Query["limit"].ToString();
        var limit = int.MaxValue;
        if (limitText.Length > 0 && (!int.TryParse(limitText, out limit) || limit < 1))
            throw Fault.BadRequest($"Invalid query string parameters: '{limitText.Truncated()}' does not match '^[1-9][0-9]*$'");
        return new CandidateRequest(groups, policy == "isolate", limit,
            request.Query.ContainsKey("root_required") ? TraitWish.Parse(request, request.Query["root_required"], ledger) : TraitWish.None,
            [.. request.Query["same_subtree"].Select(s => Subtree(s ?? "", suffixes))]);
    }

    private static void Recognize(ApiRequest request, string name, SortedSet<string> suffixes)
    {
        var known = name switch
        {
            "limit" => request.At(1, 16),
            "group_policy" => request.At(1, 25),
            "root_required" => request.At(1, 35),
            "same_subtree" => request.At(1, 36),
            _ => false,
        };
        if (known) return;
        var match = (request.At(1, 33) ? Named : Numbered).Match(name);
        var (kind, suffix) = (match.Groups[1].Value, match.Groups[2].Value);
        var isKnown = match.Success && (suffix.Length == 0 || request.At(1, 25)) && kind switch
        {
            "required" => request.At(1, 17),
            "member_of" => request.At(1, 21),
            "in_tree" => request.At(1, 31),
            _ => true,
        };
        if (!isKnown)
            throw Fault.BadRequest($"Invalid query string parameters: Additional properties are not allowed ('{name.Truncated()}' was unexpected)");
        suffixes.Add(suffix);
    }

    private static CandidateGroup Group(ApiRequest request, Ledger ledger, string suffix)
    {
        var query = request.Query;
        // Since 1.36 a group may ask for traits alone where same_subtree names it.
        var bare = request.At(1, 36) && query["same_subtree"].Any(s => (s ?? "").Split(',').Contains(suffix));
        if (!query.ContainsKey($"resources{suffix}") && !bare)
            throw Fault.BadRequest($"All request groups must specify resources: 'resources{suffix}' is missing.");
        var resources = query.ContainsKey($"resources{suffix}") ? ProviderFilter.ParseResources(query[$"resources{suffix}"].ToString()) : [];
        ledger.RequireClasses(resources.Keys);
        var tree = query[$"in_tree{suffix}"].ToString();
        if (tree.Length > 0 && !Guid.TryParse(tree, out _))
            throw Fault.BadRequest($"Invalid query string parameters: Expected 'in_tree' parameter to be a format of uuid. Got: {tree.Truncated()}");
        return new CandidateGroup(suffix, resources,
            query.ContainsKey($"required{suffix}") ? TraitWish.Parse(request, query[$"required{suffix}"], ledger) : TraitWish.None,
            query.ContainsKey($"member_of{suffix}") ? AggregateWish.Parse(request, query[$"member_of{suffix}"]) : AggregateWish.None,
            tree.Length == 0 ? null : tree);
    }

    private static IReadOnlyList<string> Subtree(string text, SortedSet<string> suffixes)
    {
        var named = text.Split(',', StringSplitOptions.TrimEntries);
        if (named.FirstOrDefault(n => n.Length == 0 || !suffixes.Contains(n)) is { } unknown)
            throw Fault.BadRequest($"Real suffixes should be specified in 'same_subtree': {unknown.Truncated()} not found in {string.Join(", ", suffixes)}.");
        return named;
    }
}
