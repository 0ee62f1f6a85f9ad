using Cumulet.ControlPlane.Api;
using Microsoft.Extensions.Primitives;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Traits asked for: each set must be met by one of its members; none of the forbidden may be there.</summary>
internal sealed record TraitWish(IReadOnlyList<IReadOnlySet<string>> AnyOf, IReadOnlySet<string> Forbidden)
{
    public static readonly TraitWish None = new([], new HashSet<string>());

    public bool IsMetBy(IReadOnlySet<string> traits) => AnyOf.All(set => set.Any(traits.Contains)) && !Forbidden.Any(traits.Contains);

    /// <summary><c>A,!B</c> may be repeated and take <c>in:A,B</c> since 1.39.</summary>
    public static TraitWish Parse(ApiRequest request, StringValues values, Ledger ledger)
    {
        var (anyOf, forbidden) = (new List<IReadOnlySet<string>>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var value in request.At(1, 39) ? values.Select(v => v ?? "") : values.TakeLast(1).Select(v => v ?? ""))
        {
            var isSet = value.StartsWith("in:", StringComparison.Ordinal);
            if (isSet && !request.At(1, 39))
                throw Fault.BadRequest($"Invalid query string parameters: The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC' only supported since microversion 1.39. Got: {value.Truncated()}");
            var names = (isSet ? value[3..] : value).Split(',', StringSplitOptions.TrimEntries);
            if (names.Any(n => n.Trim('!').Length == 0) || (isSet && names.Any(n => n[0] == '!')))
                throw Fault.BadRequest($"Invalid query string parameters: Expected 'required' parameter value of the form: HW_CPU_X86_VMX,!CUSTOM_MAGIC. Got: {value.Truncated()}");
            if (isSet) anyOf.Add(names.ToHashSet(StringComparer.Ordinal));
            else foreach (var name in names)
                if (name[0] != '!') anyOf.Add(new HashSet<string>(StringComparer.Ordinal) { name });
                else if (request.At(1, 22)) forbidden.Add(name.TrimStart('!'));
                else throw Fault.BadRequest($"Invalid query string parameters: Expected 'required' parameter value of the form: HW_CPU_X86_VMX,CUSTOM_MAGIC. Got: {value.Truncated()}");
        }
        ledger.RequireTraits(anyOf.SelectMany(s => s).Concat(forbidden));
        return new TraitWish(anyOf, forbidden);
    }
}

/// <summary>Aggregates asked for, alike.</summary>
internal sealed record AggregateWish(IReadOnlyList<IReadOnlySet<string>> AnyOf, IReadOnlySet<string> Forbidden)
{
    public static readonly AggregateWish None = new([], new HashSet<string>());

    public bool IsMetBy(IReadOnlySet<string> aggregates) =>
        AnyOf.All(set => set.Any(aggregates.Contains)) && !Forbidden.Any(aggregates.Contains);

    /// <summary><c>uuid</c> or <c>in:uuid,uuid</c>, repeated since 1.24, with <c>!</c> in front since 1.32.</summary>
    public static AggregateWish Parse(ApiRequest request, StringValues values)
    {
        if (values.Count > 1 && !request.At(1, 24))
            throw Fault.BadRequest("Multiple member_of parameters are not supported", "placement.query.duplicate_key");
        var (anyOf, forbidden) = (new List<IReadOnlySet<string>>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var value in values.Select(v => v ?? ""))
        {
            var not = value.StartsWith('!') && request.At(1, 32);
            var rest = not ? value[1..] : value;
            var ids = (rest.StartsWith("in:", StringComparison.Ordinal) ? rest[3..].Split(',') : [rest]).ToHashSet(StringComparer.Ordinal);
            if (ids.FirstOrDefault(i => !Guid.TryParse(i, out _)) is { } wrong)
                throw Fault.BadRequest($"Invalid query string parameters: Expected 'member_of' parameter to contain valid UUID(s). Got: {wrong.Truncated()}");
            if (not) forbidden.UnionWith(ids);
            else anyOf.Add(ids);
        }
        return new AggregateWish(anyOf, forbidden);
    }
}

/// <summary>The filters of a list of providers.</summary>
internal sealed record ProviderFilter(
    string? Id, string? Name, string? InTree, IReadOnlyDictionary<string, long> Resources, TraitWish Traits, AggregateWish Aggregates)
{
    public static ProviderFilter Of(ApiRequest request, Ledger ledger)
    {
        string[] known = [.. (string[])["name", "uuid"],
            .. request.At(1, 3) ? (string[])["member_of"] : [], .. request.At(1, 4) ? (string[])["resources"] : [],
            .. request.At(1, 14) ? (string[])["in_tree"] : [], .. request.At(1, 18) ? (string[])["required"] : []];
        PlacementReply.CheckQuery(request, known);
        var query = request.Query;
        foreach (var name in (string[])["uuid", "in_tree"])
            if (query[name].ToString() is { Length: > 0 } id && !Guid.TryParse(id, out _))
                throw Fault.BadRequest($"Invalid query string parameters: '{id.Truncated()}' is not a 'uuid'");
        var resources = query.ContainsKey("resources") ? ParseResources(query["resources"].ToString()) : [];
        ledger.RequireClasses(resources.Keys);
        return new ProviderFilter(Text(query["uuid"]), Text(query["name"]), Text(query["in_tree"]), resources,
            query.ContainsKey("required") ? TraitWish.Parse(request, query["required"], ledger) : TraitWish.None,
            query.ContainsKey("member_of") ? AggregateWish.Parse(request, query["member_of"]) : AggregateWish.None);
    }

    public IEnumerable<Provider> Apply(IReadOnlyList<Provider> all)
    {
        var root = InTree is null ? null : all.FirstOrDefault(p => p.Id == InTree)?.RootId ?? "";
        return all.Where(p => (Id is null || p.Id == Id) && (Name is null || p.Name == Name) && (root is null || p.RootId == root)
            && Resources.All(r => HasRoom(p, r.Key, r.Value)) && Traits.IsMetBy(p.Traits) && Aggregates.IsMetBy(p.Aggregates));
    }

    public static bool HasRoom(Provider provider, string resourceClass, long amount) =>
        provider.Inventories.TryGetValue(resourceClass, out var inventory)
        && amount >= inventory.MinUnit && amount <= inventory.MaxUnit && amount % inventory.StepSize == 0
        && provider.Used(resourceClass) + amount <= inventory.Capacity;

    /// <summary><c>VCPU:2,MEMORY_MB:1024</c>.</summary>
    public static Dictionary<string, long> ParseResources(string text)
    {
        const string form = "Badly formed resources parameter. Expected resources query string parameter in form: ?resources=VCPU:2,MEMORY_MB:1024.";
        if (string.IsNullOrWhiteSpace(text)) throw Fault.BadRequest($"{form} Got: empty string.");
        var resources = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var item in text.Split(','))
        {
            if (item.Split(':') is not [var name, var amountText]) throw Fault.BadRequest($"{form} Got: {item.Truncated()}.");
            if (!long.TryParse(amountText, out var amount))
                throw Fault.BadRequest($"Requested resource {name.Truncated()} expected positive integer amount. Got: {amountText.Truncated()}.");
            if (amount < 1) throw Fault.BadRequest($"Requested resource {name.Truncated()} requires amount >= 1. Got: {amount}.");
            resources[name] = amount;
        }
        return resources;
    }

    private static string? Text(StringValues values) => values.ToString() is { Length: > 0 } text ? text : null;
}
