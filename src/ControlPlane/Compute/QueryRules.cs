using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute;

/// <summary>What Nova's query schemas refuse: unknown parameters since 2.75 (before that they are ignored).</summary>
internal static class QueryRules
{
    private static readonly Microversion Strict = new(2, 75);

    public static void Check(ApiRequest request, params ReadOnlySpan<string> known) => CheckSince(request, Strict, known);

    public static void CheckSince(ApiRequest request, Microversion strict, params ReadOnlySpan<string> known)
    {
        if (request.Version < strict) return;
        foreach (var name in request.Query.Keys)
            if (!known.Contains(name))
                throw Fault.BadRequest(
                    $"Invalid input for query parameters {name.Truncated()}. Value: {request.Query[name].ToString().Truncated()}. "
                    + $"Additional properties are not allowed ('{name.Truncated()}' was unexpected)");
    }

    /// <summary>A parameter that must be one of some words.</summary>
    public static void OneOf(ApiRequest request, string name, params string[] values)
    {
        foreach (var value in request.Query[name])
            if (!values.Contains(value, StringComparer.Ordinal))
                throw Fault.BadRequest(
                    $"Invalid input for query parameters {name}. Value: {value?.Truncated()}. '{value?.Truncated()}' is not one of ['{string.Join("', '", values)}']");
    }
}
