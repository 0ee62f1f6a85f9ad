using System.Text.RegularExpressions;

namespace Cumulet.ControlPlane.Api;

/// <summary>One named policy: which token scopes it accepts and its condition.</summary>
public sealed class Policy
{
    private readonly PolicyBook _book;
    private readonly string[] _scopes;
    private readonly CheckString _check;

    internal Policy(PolicyBook book, string name, string[] scopes, CheckString check)
    {
        _book = book;
        Name = name;
        _scopes = scopes;
        _check = check;
    }

    public string Name { get; }

    /// <summary>True when this caller may do this to that target.</summary>
    public bool Allows(Caller caller, PolicyTarget target) =>
        AcceptsScopeOf(caller) && Holds(_check, caller, target);

    private bool AcceptsScopeOf(Caller caller) => _scopes is ["*"] || Array.IndexOf(_scopes, caller.ScopeType) >= 0;

    /// <summary>Throws where the condition names a rule or an attribute that is not there, or leads back to itself.</summary>
    internal void CheckNames() => CheckNames(_check, [Name]);

    private void CheckNames(CheckString check, IReadOnlyList<string> way)
    {
        switch (check)
        {
            case CheckString.Rule rule when way.Contains(rule.Name):
                throw new FormatException($"{_book.Service} policies: {string.Join(" -> ", way)} -> {rule.Name} goes in a circle");
            case CheckString.Rule rule: CheckNames(_book[rule.Name]._check, [.. way, rule.Name]); break;
            case CheckString.And(var left, var right): CheckNames(left, way); CheckNames(right, way); break;
            case CheckString.Or(var left, var right): CheckNames(left, way); CheckNames(right, way); break;
            case CheckString.Not(var inner): CheckNames(inner, way); break;
            case CheckString.Same(var mine, _): RequireAttribute(mine); break;
            case CheckString.Is(var mine, _): RequireAttribute(mine); break;
        }
    }

    private void RequireAttribute(string name)
    {
        if (!CallerAttributes.Contains(name))
            throw new FormatException($"{_book.Service} policy {Name}: a token has no attribute '{name}'");
    }

    private static readonly string[] CallerAttributes =
        ["project_id", "tenant_id", "user_id", "domain_id", "token.domain.id", "token.project.domain.id", "system_scope", "is_admin", "is_admin_project"];

    private bool Holds(CheckString check, Caller caller, PolicyTarget target) => check switch
    {
        CheckString.Always => true,
        CheckString.Never => false,
        CheckString.And(var left, var right) => Holds(left, caller, target) && Holds(right, caller, target),
        CheckString.Or(var left, var right) => Holds(left, caller, target) || Holds(right, caller, target),
        CheckString.Not(var inner) => !Holds(inner, caller, target),
        CheckString.Role(var name) => caller.Roles.Contains(name),
        CheckString.Rule(var name) => Holds(_book[name]._check, caller, target),
        // A missing value never equals a missing value: null ids must not open doors.
        CheckString.Same(var mine, var theirs) =>
            target.TryGetValue(theirs, out var value) && value is not null && Attribute(caller, mine) == value,
        // oslo.policy compares texts, and a caller's missing attribute is the text None.
        CheckString.Is(var mine, var value) => (Attribute(caller, mine) ?? "None") == value,
        CheckString.TargetIs(var value, var theirs) => target.TryGetValue(theirs, out var found) && found == value,
        CheckString.IsNull(var theirs) => target.TryGetValue(theirs, out var value) && value is null,
        CheckString.Field(var name, var value) => FieldMatches(target.GetValueOrDefault(name), value),
        _ => false,
    };

    private static bool FieldMatches(string? actual, string wanted) => actual is not null && (wanted.StartsWith('~')
        ? Regex.IsMatch(actual, wanted[1..])
        : string.Equals(actual, wanted, StringComparison.OrdinalIgnoreCase));

    private static string? Attribute(Caller caller, string name) => name switch
    {
        // A literal in quotes stands for itself: 'member':%(target.role.name)s.
        ['\'', .. var literal, '\''] => literal,
        "project_id" or "tenant_id" => caller.ProjectId,
        "user_id" => caller.UserId,
        "domain_id" or "token.domain.id" => caller.DomainId,
        "token.project.domain.id" => caller.ProjectDomainId,
        "system_scope" => caller.SystemScope ? "all" : null,
        "is_admin" => caller.IsAdmin ? "True" : "False",
        _ => null,
    };
}
