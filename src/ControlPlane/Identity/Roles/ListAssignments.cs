using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>GET /v3/role_assignments with its filters, <c>effective</c>, <c>include_names</c> and <c>include_subtree</c>.</summary>
internal sealed class ListAssignments(IdentityParts parts)
{
    /// <summary>The query as asked.</summary>
    private sealed record Asked(
        string? User, string? Group, string? Role, string? Project, string? Domain, bool System,
        bool? Inherited, bool Effective, bool Names, bool Subtree);

    public Task<Reply> Handle(ApiRequest request)
    {
        var asked = Read(request);
        Authorize(request, asked);
        Check(asked);
        var scope = request.Caller.DomainId;
        var (items, names) = parts.Database.Read(tx =>
        {
            var found = Select(tx, asked);
            if (scope is not null) found = [.. found.Where(f => IsIn(tx, f.Assignment, scope))];
            return (found, asked.Names ? AssignmentNames.Read(tx, found) : null);
        });
        var writer = new AssignmentJson(request, names);
        return IdentityJson.List(request, "role_assignments", items, writer.Write);
    }

    private static Asked Read(ApiRequest request)
    {
        string? Text(string name) => request.Query[name].ToString() is { Length: > 0 } value ? value : null;
        bool Flag(string name) => request.Query.TryGetValue(name, out var value) && TextFilters.IsTrue(value.ToString());
        return new Asked(Text("user.id"), Text("group.id"), Text("role.id"), Text("scope.project.id"), Text("scope.domain.id"),
            request.Query.ContainsKey("scope.system"),
            Text("scope.OS-INHERIT:inherited_to") is { } to ? to == "projects" : null,
            Flag("effective"), Flag("include_names"), Flag("include_subtree"));
    }

    private void Authorize(ApiRequest request, Asked asked)
    {
        if (!asked.Subtree)
        {
            request.Authorize(new PolicyTarget { ["target.domain_id"] = request.Caller.DomainId });
            return;
        }
        var project = asked.Project is { } id ? parts.Database.Read(tx => ProjectStore.FindAny(tx, id)) : null;
        request.AuthorizeInstead("identity:list_role_assignments_for_tree", new PolicyTarget { ["target.domain_id"] = project?.DomainId });
        if (asked.Project is null)
            throw Fault.BadRequest("scope.project.id must be specified if include_subtree is also specified");
        if (project is null) throw IdentityFault.NotFound("project", asked.Project);
    }

    private static void Check(Asked asked)
    {
        if (asked is { Domain: not null, Project: not null }) throw Fault.BadRequest("Specify a domain or project, not both");
        if (asked is { Domain: not null, System: true }) throw Fault.BadRequest("Specify system or domain, not both");
        if (asked is { Project: not null, System: true }) throw Fault.BadRequest("Specify system or project, not both");
        if (asked is { User: not null, Group: not null }) throw Fault.BadRequest("Specify a user or group, not both");
        if (!asked.Effective) return;
        if (asked.Group is not null)
            throw Fault.BadRequest("Combining effective and group filter will always result in an empty list.");
        if (asked.Inherited is true && asked.Domain is not null)
            throw Fault.BadRequest("Combining effective, domain and inherited filters will always result in an empty list.");
    }

    private static List<ListedAssignment> Select(Tx tx, Asked asked)
    {
        var projects = asked.Project is { } id
            ? (HashSet<string>)[id, .. asked.Subtree ? ProjectStore.Subtree(tx, id).Select(p => p.Id) : []]
            : null;
        // In effective mode the filters speak of the result, so they are asked after the expansion.
        var made = tx.Query($"SELECT actor_kind, actor_id, target_kind, target_id, role_id, inherited FROM identity_assignments ORDER BY target_kind, target_id, actor_kind, actor_id, role_id", ReadRow);
        var listed = asked.Effective
            ? EffectiveAssignments.Expand(tx, made)
            : [.. made.Select(a => new ListedAssignment(a))];
        return [.. listed.Where(l => Matches(l, asked, projects))];
    }

    private static Assignment ReadRow(Row row) => new(
        row.Text() == "user" ? ActorKind.User : ActorKind.Group, row.Text(),
        row.Text() switch
        {
            "project" => TargetKind.Project,
            "domain" => TargetKind.Domain,
            _ => TargetKind.System,
        },
        row.Text(), row.Text(), row.Flag());

    private static bool Matches(ListedAssignment listed, Asked asked, HashSet<string>? projects)
    {
        var a = listed.Assignment;
        if (asked.User is { } user && (a.ActorKind is not ActorKind.User || a.ActorId != user)) return false;
        if (asked.Group is { } group && (a.ActorKind is not ActorKind.Group || a.ActorId != group)) return false;
        if (asked.Role is { } role && a.RoleId != role) return false;
        if (projects is not null && (a.TargetKind is not TargetKind.Project || !projects.Contains(a.TargetId))) return false;
        if (asked.Domain is { } domain && (a.TargetKind is not TargetKind.Domain || a.TargetId != domain)) return false;
        if (asked.System && a.TargetKind is not TargetKind.System) return false;
        return asked.Inherited is not { } inherited || a.Inherited == inherited;
    }

    private static bool IsIn(Tx tx, Assignment a, string domain) => a.TargetKind switch
    {
        TargetKind.Domain => a.TargetId == domain,
        TargetKind.Project => ProjectStore.FindAny(tx, a.TargetId)?.DomainId == domain,
        _ => false,
    };
}
