using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Delegation;

/// <summary>A token of a trust counts only while both users do, the trust is there, and the trustor still has each role he lent.</summary>
internal static class TrustedToken
{
    public static Token? Load(Tx tx, Token token)
    {
        if (TrustStore.Find(tx, token.Payload.TrustId!) is not { } trust) return null;
        if (!Counts(tx, trust.TrustorUserId) || !Counts(tx, trust.TrusteeUserId)) return null;
        if (TokenService.IsRevoked(tx, token, [trust.TrustorUserId, trust.TrusteeUserId])) return null;
        token = token with { Trust = trust };
        if (trust.ProjectId is not { } project) return token.Payload.Scope is TokenScope.Unscoped ? token : null;
        if (token.Project?.Id != project) return null;
        var trustors = AssignmentStore.RolesIn(tx, trust.TrustorUserId, new TokenScope.Project(project)).Select(r => r.Id).ToHashSet();
        var lent = AssignmentStore.Expand(tx, trust.RoleIds);
        return lent.Count > 0 && lent.All(r => trustors.Contains(r.Id)) ? token with { Roles = lent } : null;
    }

    private static bool Counts(Tx tx, string userId) =>
        UserStore.Find(tx, userId) is { Enabled: true } user && ProjectStore.FindDomain(tx, user.DomainId) is { Enabled: true };
}
