using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>Role assignments in SQL, and what they come to for one user in one scope.</summary>
internal static class AssignmentStore
{
    public static string Text(ActorKind kind) => kind is ActorKind.User ? "user" : "group";

    public static string Text(TargetKind kind) => kind switch
    {
        TargetKind.Project => "project",
        TargetKind.Domain => "domain",
        _ => "system",
    };

    /// <summary>False where it was there already.</summary>
    public static bool Insert(Tx tx, Assignment a) => !Exists(tx, a) && tx.Execute($"""
        INSERT INTO identity_assignments (actor_kind, actor_id, target_kind, target_id, role_id, inherited)
        VALUES ({Text(a.ActorKind)}, {a.ActorId}, {Text(a.TargetKind)}, {a.TargetId}, {a.RoleId}, {a.Inherited})
        """) == 1;

    public static bool Delete(Tx tx, Assignment a) => tx.Execute(new Sql().Add($"DELETE FROM identity_assignments WHERE {Is(a)}")) == 1;

    public static bool Exists(Tx tx, Assignment a) => tx.Exists($"SELECT 1 FROM identity_assignments WHERE {Is(a)}");

    private static Sql Is(Assignment a) => new Sql().Add($"""
        actor_kind = {Text(a.ActorKind)} AND actor_id = {a.ActorId} AND target_kind = {Text(a.TargetKind)}
        AND target_id = {a.TargetId} AND role_id = {a.RoleId} AND inherited = {a.Inherited}
        """);

    public static List<string> GroupsOf(Tx tx, string userId) =>
        tx.Query($"SELECT group_id FROM identity_memberships WHERE user_id = {userId}", row => row.Text());

    /// <summary>
    /// The roles a user has in a scope: own and of the groups, inherited from the domain and the projects above, with
    /// what they imply, without roles that belong to a domain. Empty means no access.
    /// </summary>
    public static List<Role> RolesIn(Tx tx, string userId, TokenScope scope)
    {
        var where = scope switch
        {
            TokenScope.Project(var id) => OnProject(tx, id),
            TokenScope.Domain(var id) => new Sql().Add($"target_kind = 'domain' AND target_id = {id} AND inherited = 0"),
            TokenScope.System => new Sql().Add($"target_kind = 'system' AND inherited = 0"),
            _ => null,
        };
        if (where is null) return [];
        var groups = GroupsOf(tx, userId);
        var direct = tx.Query($"""
            SELECT DISTINCT role_id FROM identity_assignments
            WHERE ((actor_kind = 'user' AND actor_id = {userId}) OR (actor_kind = 'group' AND actor_id IN {groups})) AND ({where})
            """, row => row.Text());
        return Expand(tx, direct);
    }

    /// <summary>The roles with the implied ones, as a token shows them.</summary>
    public static List<Role> Expand(Tx tx, IReadOnlyCollection<string> roleIds)
    {
        if (roleIds.Count == 0) return [];
        var all = RoleStore.Find(tx, RoleStore.WithImplied(RoleStore.Implications(tx), roleIds));
        all.RemoveAll(r => r.DomainId is not null);
        return all;
    }

    private static Sql? OnProject(Tx tx, string id)
    {
        if (ProjectStore.FindAny(tx, id) is not { } project) return null;
        var above = ProjectStore.Ancestors(tx, project).Select(p => p.Id).ToList();
        return new Sql().Add($"""
            (target_kind = 'project' AND target_id = {id} AND inherited = 0)
            OR (target_kind = 'project' AND target_id IN {above} AND inherited = 1)
            OR (target_kind = 'domain' AND target_id = {project.DomainId} AND inherited = 1)
            """);
    }
}
