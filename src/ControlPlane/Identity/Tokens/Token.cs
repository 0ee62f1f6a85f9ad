using System.Collections.Frozen;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Delegation;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Users;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>A token that counts, with the rows it speaks of as they are now.</summary>
internal sealed record Token
{
    public required TokenPayload Payload { get; init; }
    public required User User { get; init; }
    public required Project UserDomain { get; init; }
    /// <summary>The project in scope with its domain.</summary>
    public Project? Project { get; init; }
    public Project? ProjectDomain { get; init; }
    /// <summary>The domain in scope.</summary>
    public Project? Domain { get; init; }
    public required IReadOnlyList<Role> Roles { get; init; }
    public ApplicationCredential? ApplicationCredential { get; init; }
    public Trust? Trust { get; init; }

    public Caller ToCaller() => new()
    {
        UserId = User.Id,
        UserName = User.Name,
        UserDomainId = User.DomainId,
        ProjectId = Project?.Id,
        ProjectName = Project?.Name,
        ProjectDomainId = ProjectDomain?.Id,
        DomainId = Domain?.Id,
        SystemScope = Payload.Scope is TokenScope.System,
        Roles = RoleNames.Of(Roles.Select(r => r.Name.ToLowerInvariant())),
        ApplicationCredentialId = Payload.ApplicationCredentialId,
        TrustId = Payload.TrustId,
        IsUnrestricted = ApplicationCredential is { Unrestricted: true },
        AccessRules = ApplicationCredential?.Rules is { } rules ? [.. rules.Select(r => r.Rule)] : null,
    };
}
