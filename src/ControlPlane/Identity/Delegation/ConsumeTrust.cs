using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;

namespace Cumulet.ControlPlane.Identity.Delegation;

/// <summary>A token by a trust: for the trustee only, in the trust's own project, and one use less.</summary>
internal sealed class ConsumeTrust(IdentityParts parts)
{
    public Task<Token> Issue(string trustId, User user, TokenPayload payload) => parts.Database.Write(tx =>
    {
        if (TrustStore.Find(tx, trustId) is not { } trust || trust.TrusteeUserId != user.Id || trust.ExpiresAt <= parts.Time.GetUtcNow())
            throw Fault.Unauthorized();
        var scoped = payload with
        {
            TrustId = trust.Id,
            UserId = trust.Impersonation ? trust.TrustorUserId : trust.TrusteeUserId,
            Scope = trust.ProjectId is { } project ? new TokenScope.Project(project) : new TokenScope.Unscoped(),
            ExpiresAt = IssueToken.Earlier(payload.ExpiresAt, trust.ExpiresAt),
        };
        var token = TokenService.Load(tx, scoped) ?? throw Fault.Unauthorized();
        if (trust.RemainingUses is null) return token;
        var used = tx.Execute($"UPDATE identity_trusts SET remaining_uses = remaining_uses - 1 WHERE id = {trustId} AND remaining_uses > 0");
        return used == 1 ? token : throw Fault.Forbidden($"No remaining uses for trust: {trustId}.");
    });
}
