using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>An assignment as listed, with where it came from when it was worked out rather than made.</summary>
internal sealed record ListedAssignment(Assignment Assignment)
{
    /// <summary>The group whose member the user is.</summary>
    public string? ByGroup { get; init; }
    /// <summary>The project or domain from which it is inherited.</summary>
    public (TargetKind Kind, string Id)? From { get; init; }
    /// <summary>The role that implies this one.</summary>
    public string? PriorRole { get; init; }
}

/// <summary>
/// What assignments come to: a group's become its members', inherited ones become one on each project below, and implied
/// roles stand beside the role that implies them.
/// </summary>
internal static class EffectiveAssignments
{
    public static List<ListedAssignment> Expand(Tx tx, IEnumerable<Assignment> made)
    {
        var all = new List<ListedAssignment>();
        foreach (var assignment in made)
            foreach (var onTarget in Places(tx, assignment))
                all.AddRange(Actors(tx, onTarget));
        return WithImplied(tx, all);
    }

    private static IEnumerable<ListedAssignment> Places(Tx tx, Assignment a)
    {
        if (!a.Inherited) return [new ListedAssignment(a)];
        var below = a.TargetKind is TargetKind.Domain
            ? tx.Query(new Sql().Add(Sql.Raw(ProjectStore.Select)).Add($" WHERE p.domain_id = {a.TargetId} AND p.is_domain = 0"), ProjectStore.Read)
            : ProjectStore.Subtree(tx, a.TargetId);
        return below.Select(p => new ListedAssignment(a with { TargetKind = TargetKind.Project, TargetId = p.Id })
        {
            From = (a.TargetKind, a.TargetId),
        });
    }

    private static IEnumerable<ListedAssignment> Actors(Tx tx, ListedAssignment listed)
    {
        var a = listed.Assignment;
        if (a.ActorKind is ActorKind.User) return [listed];
        return tx.Query($"SELECT user_id FROM identity_memberships WHERE group_id = {a.ActorId}", row => row.Text())
            .Select(user => listed with { Assignment = a with { ActorKind = ActorKind.User, ActorId = user }, ByGroup = a.ActorId });
    }

    private static List<ListedAssignment> WithImplied(Tx tx, List<ListedAssignment> listed)
    {
        var implications = RoleStore.Implications(tx);
        var domainRoles = tx.Query($"SELECT id FROM identity_roles WHERE domain_id IS NOT NULL", row => row.Text()).ToHashSet();
        var all = new List<ListedAssignment>();
        var seen = new HashSet<(Assignment, string?, (TargetKind, string)?)>();
        foreach (var item in listed)
        {
            var open = new Stack<ListedAssignment>([item]);
            while (open.TryPop(out var next))
            {
                if (!seen.Add((next.Assignment, next.ByGroup, next.From))) continue;
                // A role of a domain counts only through what it implies.
                if (!domainRoles.Contains(next.Assignment.RoleId)) all.Add(next);
                foreach (var implied in implications[next.Assignment.RoleId])
                    open.Push(next with { Assignment = next.Assignment with { RoleId = implied }, PriorRole = next.Assignment.RoleId });
            }
        }
        return all;
    }
}
