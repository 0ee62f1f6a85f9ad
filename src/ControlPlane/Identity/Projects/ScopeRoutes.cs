using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Projects;

/// <summary>For what a user can get tokens: /v3/auth/projects, /v3/auth/domains, /v3/auth/system, /v3/users/{id}/projects.</summary>
internal sealed class ScopeRoutes(IdentityParts parts)
{
    private static readonly ListQuery Query = new()
    {
        Select = ProjectStore.Select,
        From = "identity_projects p",
        Id = "p.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("name", "p.name"), ("domain_id", "p.domain_id")).And("enabled", TextFilters.Flag("p.enabled")),
        SortKeys = new Dictionary<string, string> { ["name"] = "p.name" },
        DefaultOrder = [("name", false)],
    };

    /// <summary>Projects that a token can be had for: enabled, in an enabled domain.</summary>
    public Task<Reply> Projects(ApiRequest request) => Answer(request, request.Caller.UserId, onlyUsable: true);

    /// <summary>GET /v3/users/{id}/projects.</summary>
    public Task<Reply> OfUser(ApiRequest request)
    {
        var user = parts.Database.Read(tx => UserStore.Find(tx, request[0]));
        request.Authorize(UserRoutes.Target(user));
        if (user is null) throw IdentityFault.NotFound("user", request[0]);
        return Answer(request, user.Id, onlyUsable: false);
    }

    private Task<Reply> Answer(ApiRequest request, string userId, bool onlyUsable)
    {
        var (page, tags) = parts.Database.Read(tx =>
        {
            var visible = new Sql().Add($"p.id IN {ProjectIds(tx, userId)} AND p.is_domain = 0");
            if (onlyUsable) visible.Add($" AND p.enabled = 1 AND EXISTS (SELECT 1 FROM identity_projects d WHERE d.id = p.domain_id AND d.enabled = 1)");
            var found = Query.Run(tx, request, visible, ProjectStore.Read);
            return (found, ProjectStore.TagsOf(tx, [.. found.Items.Select(p => p.Id)]));
        });
        return IdentityJson.List(request, "projects", page.Items,
            (json, p) => ProjectJson.Write(json, request, p, [.. tags[p.Id]]), page.HasMore ? page.Items[^1].Id : null);
    }

    private static HashSet<string> ProjectIds(Tx tx, string userId)
    {
        var groups = AssignmentStore.GroupsOf(tx, userId);
        var made = tx.Query($"""
            SELECT target_kind, target_id, inherited FROM identity_assignments
            WHERE (actor_kind = 'user' AND actor_id = {userId}) OR (actor_kind = 'group' AND actor_id IN {groups})
            """, row => (Kind: row.Text(), Id: row.Text(), Inherited: row.Flag()));
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (kind, id, inherited) in made)
        {
            if (kind == "project" && !inherited) ids.Add(id);
            else if (kind == "project") ids.UnionWith(ProjectStore.Subtree(tx, id).Select(p => p.Id));
            else if (kind == "domain" && inherited)
                ids.UnionWith(tx.Query($"SELECT id FROM identity_projects WHERE domain_id = {id} AND is_domain = 0", row => row.Text()));
        }
        return ids;
    }

    public Task<Reply> Domains(ApiRequest request)
    {
        var (domains, tags) = parts.Database.Read(tx =>
        {
            var groups = AssignmentStore.GroupsOf(tx, request.Caller.UserId);
            var found = tx.Query(new Sql().Add(Sql.Raw(ProjectStore.Select)).Add($"""
                 WHERE p.is_domain = 1 AND p.enabled = 1 AND p.id IN (
                  SELECT target_id FROM identity_assignments WHERE target_kind = 'domain' AND inherited = 0
                    AND ((actor_kind = 'user' AND actor_id = {request.Caller.UserId}) OR (actor_kind = 'group' AND actor_id IN {groups})))
                ORDER BY p.name
                """), ProjectStore.Read);
            return (found, ProjectStore.TagsOf(tx, [.. found.Select(p => p.Id)]));
        });
        return IdentityJson.List(request, "domains", domains, (json, d) => ProjectJson.WriteDomain(json, request, d, [.. tags[d.Id]]));
    }

    public Task<Reply> System(ApiRequest request)
    {
        var has = parts.Database.Read(tx => AssignmentStore.RolesIn(tx, request.Caller.UserId, new TokenScope.System()).Count > 0);
        bool[] items = has ? [true] : [];
        return IdentityJson.List(request, "system", items, (json, all) => json.WriteBoolean("all", all));
    }
}
