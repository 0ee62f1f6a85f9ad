using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Networking.Resources;

/// <summary>
/// Policies about single attributes, which exist for some: <c>create_network:shared</c>, <c>update_port:fixed_ips</c>,
/// <c>create_port:fixed_ips:ip_address</c>, <c>get_network:provider:network_type</c>.
/// </summary>
internal sealed class AttributePolicies
{
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _read;
    private readonly string _resource;

    public AttributePolicies(ServiceApi api, string resource)
    {
        _resource = resource;
        _names = [.. api.Policies.Names.Where(n => n.Contains($"_{resource}:", StringComparison.Ordinal))];
        var reading = $"get_{resource}:";
        _read = [.. _names.Where(n => n.StartsWith(reading, StringComparison.Ordinal)).Select(n => n[reading.Length..])];
    }

    public bool MayRead(ApiRequest request, string attribute, Func<PolicyTarget> target) =>
        !_read.Contains(attribute) || request.Allows($"get_{_resource}:{attribute}", target());

    /// <param name="defaults">On a create: what says no more than the default asks nothing.</param>
    public void AskAbout(ApiRequest request, string verb, JsonElement body, PolicyTarget target, IReadOnlyList<Attribute>? defaults)
    {
        foreach (var property in body.EnumerateObject())
        {
            if (defaults?.FirstOrDefault(a => a.Name == property.Name)?.IsDefault(property.Value) is true) continue;
            Ask(request, $"{verb}_{_resource}:{property.Name}", target);
            foreach (var member in Members(property.Value)) Ask(request, $"{verb}_{_resource}:{property.Name}:{member}", target);
        }
    }

    private void Ask(ApiRequest request, string policy, PolicyTarget target)
    {
        if (_names.Contains(policy)) request.Authorize(policy, target);
    }

    private static IEnumerable<string> Members(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Select(p => p.Name),
        JsonValueKind.Array => value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Object)
            .SelectMany(v => v.EnumerateObject().Select(p => p.Name)).Distinct(),
        _ => [],
    };
}
