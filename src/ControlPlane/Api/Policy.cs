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

    internal void CheckNames() => CheckNames(_check);

    private void CheckNames(CheckString check)
    {
        switch (check)
        {
            case CheckString.Rule rule: _ = _book[rule.Name]; break;
            case CheckString.And(var left, var right): CheckNames(left); CheckNames(right); break;
            case CheckString.Or(var left, var right): CheckNames(left); CheckNames(right); break;
            case CheckString.Not(var inner): CheckNames(inner); break;
        }
    }

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
