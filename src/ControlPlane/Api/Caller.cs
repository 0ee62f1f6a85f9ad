using System.Collections.Frozen;

namespace Cumulet.ControlPlane.Api;

/// <summary>
/// Who asks, in which scope: what a validated token says. Handed on as a parameter everywhere; never built from
/// anything a client can write into headers or bodies.
/// </summary>
public sealed record Caller
{
    public required string UserId { get; init; }
    public required string UserName { get; init; }
    public required string UserDomainId { get; init; }
    /// <summary>Null unless the token is scoped to a project.</summary>
    public string? ProjectId { get; init; }
    public string? ProjectName { get; init; }
    public string? ProjectDomainId { get; init; }
    /// <summary>Null unless the token is scoped to a domain.</summary>
    public string? DomainId { get; init; }
    public bool SystemScope { get; init; }
    /// <summary>Role names with the implied ones, in lower case.</summary>
    public required FrozenSet<string> Roles { get; init; }
    /// <summary>The application credential behind the token, if any.</summary>
    public string? ApplicationCredentialId { get; init; }
    /// <summary>The trust behind the token, if any.</summary>
    public string? TrustId { get; init; }
    /// <summary>Somebody else's or a program's token: it may not make further credentials.</summary>
    public bool IsDelegated => ApplicationCredentialId is not null || TrustId is not null;
    /// <summary>True for an application credential whose owner said that it may make further ones.</summary>
    public bool IsUnrestricted { get; init; }
    /// <summary>All that the token may ask; null where it is not limited so.</summary>
    public IReadOnlyList<AccessRule>? AccessRules { get; init; }

    public bool IsAdmin => Roles.Contains("admin");

    public string ScopeType =>
        ProjectId is not null ? "project" : DomainId is not null ? "domain" : SystemScope ? "system" : "none";

    /// <summary>The cloud itself, for work nobody asked for over HTTP: bootstrap, reconcilers.</summary>
    public static readonly Caller Cloud = new()
    {
        UserId = "cloud",
        UserName = "cloud",
        UserDomainId = "default",
        Roles = FrozenSet.ToFrozenSet(["admin", "manager", "member", "reader", "service"]),
    };
}
