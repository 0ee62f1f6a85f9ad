using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Groups;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>
/// One family of grant URLs: <c>{target}/{id}/{actors}/{id}/roles[/{role}]</c> for a kind of target, a kind of actor, and
/// direct or inherited. Path parameters: target (but for the system), actor, role.
/// </summary>
internal sealed class GrantRoutes(IdentityParts parts, TargetKind targetKind, ActorKind actorKind, bool inherited)
{
    private sealed record Parties(User? User, Group? Group, Project? Target, Role? Role);

    private int First => targetKind is TargetKind.System ? 0 : 1;

    public Task<Reply> List(ApiRequest request)
    {
        var parties = Authorized(request, withRole: false);
        var roles = parts.Database.Read(tx => RoleStore.Find(tx, tx.Query($"""
            SELECT role_id FROM identity_assignments
            WHERE actor_kind = {AssignmentStore.Text(actorKind)} AND actor_id = {ActorId(parties)}
              AND target_kind = {AssignmentStore.Text(targetKind)} AND target_id = {TargetId(parties)} AND inherited = {inherited}
            """, row => row.Text())));
        return IdentityJson.List(request, "roles", roles, (json, r) => RoleJson.Write(json, request, r));
    }

    public Task<Reply> Check(ApiRequest request)
    {
        var grant = Grant(Authorized(request, withRole: true));
        if (!parts.Database.Read(tx => AssignmentStore.Exists(tx, grant))) throw NotThere(grant);
        return Task.FromResult(Reply.Empty());
    }

    public async Task<Reply> Give(ApiRequest request)
    {
        var parties = Authorized(request, withRole: true);
        var domain = parties.Target?.DomainId ?? parties.Target?.Id;
        if (parties.Role!.DomainId is { } roleDomain && roleDomain != domain)
            throw Fault.Forbidden($"Project {TargetId(parties)} must be in the same domain as the role {parties.Role.Id} being assigned.");
        var grant = Grant(parties);
        await parts.Changes.Write(tx =>
        {
            Refuse(Find(tx, request, withRole: true), request);
            AssignmentStore.Insert(tx, grant);
        });
        return Reply.Empty();
    }

    public async Task<Reply> Take(ApiRequest request)
    {
        var grant = Grant(Authorized(request, withRole: true));
        await parts.Changes.Write(tx =>
        {
            if (!AssignmentStore.Delete(tx, grant)) throw NotThere(grant);
        });
        return Reply.Empty();
    }

    private static Fault NotThere(Assignment a) => Fault.NotFound(
        $"Could not find role assignment with role: {a.RoleId}, user or group: {a.ActorId}, project, domain, or system: {a.TargetId}.");

    private Parties Authorized(ApiRequest request, bool withRole)
    {
        var parties = parts.Database.Read(tx => Find(tx, request, withRole));
        request.Authorize(new PolicyTarget
        {
            ["target.user.domain_id"] = parties.User?.DomainId,
            ["target.group.domain_id"] = parties.Group?.DomainId,
            ["target.project.domain_id"] = parties.Target is { IsDomain: false } project ? project.DomainId : null,
            ["target.domain.id"] = parties.Target is { IsDomain: true } domain ? domain.Id : null,
            ["target.role.name"] = parties.Role?.Name,
            ["target.role.domain_id"] = parties.Role?.DomainId,
        });
        Refuse(parties, request);
        return parties;
    }

    private Parties Find(Tx tx, ApiRequest request, bool withRole) => new(
        actorKind is ActorKind.User ? UserStore.Find(tx, request[First]) : null,
        actorKind is ActorKind.Group ? GroupStore.Find(tx, request[First]) : null,
        targetKind switch
        {
            TargetKind.Project => ProjectStore.FindAny(tx, request[0]),
            TargetKind.Domain => ProjectStore.FindDomain(tx, request[0]),
            _ => null,
        },
        withRole ? RoleStore.Find(tx, request[First + 1]) : null);

    private void Refuse(Parties parties, ApiRequest request)
    {
        if (parties.Role is null && request.Route.Pattern.Contains("{role}", StringComparison.Ordinal))
            throw IdentityFault.NotFound("role", request[First + 1]);
        if (parties.User is null && parties.Group is null)
            throw IdentityFault.NotFound(AssignmentStore.Text(actorKind), request[First]);
        if (parties.Target is null && targetKind is not TargetKind.System)
            throw IdentityFault.NotFound(AssignmentStore.Text(targetKind), request[0]);
    }

    private Assignment Grant(Parties parties) =>
        new(actorKind, ActorId(parties), targetKind, TargetId(parties), parties.Role!.Id, inherited);

    private static string ActorId(Parties parties) => parties.User?.Id ?? parties.Group!.Id;

    private static string TargetId(Parties parties) => parties.Target?.Id ?? Assignment.SystemId;
}
