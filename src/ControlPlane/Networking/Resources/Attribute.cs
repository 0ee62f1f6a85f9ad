using System.Text.Json;

namespace Cumulet.ControlPlane.Networking.Resources;

/// <summary>What is wrong with a value, in Neutron's words; null when nothing is.</summary>
internal delegate string? Check(JsonElement value);

/// <summary>
/// One attribute of a resource as clients may write it. What is not declared is refused by name; what may not be set
/// in this request is refused by why.
/// </summary>
internal sealed record Attribute(string Name, Check Check)
{
    public bool OnCreate { get; init; } = true;
    public bool OnUpdate { get; init; } = true;
    public bool Required { get; init; }
    /// <summary>As JSON; a create that says no more than the default asks no policy for it.</summary>
    public string? Default { get; init; }

    /// <summary>Set when the resource is made, never again.</summary>
    public Attribute Fixed() => this with { OnUpdate = false };
    public Attribute Must() => this with { Required = true };
    public Attribute Or(string defaultJson) => this with { Default = defaultJson };
    public Attribute UpdateOnly() => this with { OnCreate = false };

    /// <summary>Known, shown, and never written by clients.</summary>
    public static Attribute ReadOnly(string name) => new(name, static _ => null) { OnCreate = false, OnUpdate = false };

    public static Attribute Tags { get; } = new Attribute("tags", Checks.Tags).Fixed();

    /// <summary>Whose it is, under today's name and yesterday's; only administrators may say another's.</summary>
    public static IReadOnlyList<Attribute> Ownership { get; } =
        [new Attribute("project_id", Checks.ProjectId).Fixed(), new Attribute("tenant_id", Checks.ProjectId).Fixed()];

    internal bool IsDefault(JsonElement value) => Default is not null && value.GetRawText() == Default;
}

/// <summary>Checks a body against the declared attributes.</summary>
internal static class AttributeChecks
{
    public static void OnCreate(string resource, IReadOnlyList<Attribute> attributes, JsonElement body)
    {
        RequireObject(resource, body);
        RefuseUnknown(attributes, body);
        foreach (var attribute in attributes)
        {
            var given = body.TryGetProperty(attribute.Name, out var value);
            if (given && !attribute.OnCreate) throw NetworkFault.BadRequest($"Attribute '{attribute.Name}' not allowed in POST");
            if (!given && attribute.Required)
                throw NetworkFault.BadRequest($"Failed to parse request. Required attribute '{attribute.Name}' not specified");
            if (given) CheckValue(attribute, value);
        }
    }

    public static void OnUpdate(string resource, IReadOnlyList<Attribute> attributes, JsonElement body)
    {
        RequireObject(resource, body);
        RefuseUnknown(attributes, body);
        foreach (var attribute in attributes)
        {
            if (!body.TryGetProperty(attribute.Name, out var value)) continue;
            if (!attribute.OnUpdate) throw NetworkFault.BadRequest($"Cannot update read-only attribute {attribute.Name}");
            CheckValue(attribute, value);
        }
    }

    private static void CheckValue(Attribute attribute, JsonElement value)
    {
        if (attribute.Check(value) is { } reason) throw NetworkFault.Invalid(attribute.Name, reason);
    }

    private static void RequireObject(string resource, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw NetworkFault.BadRequest($"Invalid input for {resource}. Reason: it must be a JSON object.");
    }

    private static void RefuseUnknown(IReadOnlyList<Attribute> attributes, JsonElement body)
    {
        var unknown = body.EnumerateObject().Select(p => p.Name).Where(n => !attributes.Any(a => a.Name == n)).ToList();
        if (unknown.Count > 0) throw NetworkFault.BadRequest($"Unrecognized attribute(s) '{string.Join(", ", unknown)}'");
    }
}
