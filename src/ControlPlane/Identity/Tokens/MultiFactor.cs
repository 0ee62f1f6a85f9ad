using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Users;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>
/// A user's options <c>multi_factor_auth_rules</c>: lists of methods, one of which has to be proved as a whole. Rule: Keystone's
/// UserMFARulesValidator; only that a method which this cloud does not have is never proved, where Keystone asks for the rest.
/// </summary>
internal static class MultiFactor
{
    /// <summary>The rules that count for this user; none where they are switched off.</summary>
    public static List<string[]> RulesOf(User user)
    {
        if (user.Options == "{}") return [];
        using var options = JsonDocument.Parse(user.Options);
        if (options.RootElement.GetFlag("multi_factor_auth_enabled") is false) return [];
        return [.. options.RootElement.GetItems("multi_factor_auth_rules")
            .Select(rule => rule.EnumerateArray().Select(method => method.GetString()!).ToArray()).Where(rule => rule.Length > 0)];
    }

    public static bool IsMet(IReadOnlyList<string[]> rules, IReadOnlyList<string> methods) =>
        rules.Count == 0 || rules.Any(rule => rule.All(methods.Contains));
}
