using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>The names behind the ids of a list of assignments, read table by table.</summary>
internal sealed class AssignmentNames
{
    /// <summary>Id to name and domain.</summary>
    private readonly Dictionary<string, (string Name, string? DomainId)> _names;

    private AssignmentNames(Dictionary<string, (string, string?)> names) => _names = names;

    public (string Name, string? DomainId) this[string id] => _names.GetValueOrDefault(id, ("", null));

    public static AssignmentNames Read(Tx tx, List<ListedAssignment> items)
    {
        var names = new Dictionary<string, (string, string?)>(StringComparer.Ordinal);
        foreach (var table in (string[])["identity_users", "identity_groups", "identity_projects", "identity_roles"])
        {
            var ids = items.SelectMany(i => (string[])[i.Assignment.ActorId, i.Assignment.TargetId, i.Assignment.RoleId]).ToHashSet();
            if (ids.Count == 0) break;
            var sql = new Sql().Add(Sql.Raw($"SELECT id, name, domain_id FROM {table}"));
            foreach (var (id, name, domain) in tx.Query(sql, row => (row.Text(), row.Text(), row.TextOrNull())))
                if (ids.Contains(id)) names[id] = (name, domain);
        }
        foreach (var (id, name) in tx.Query($"SELECT id, name FROM identity_projects WHERE is_domain = 1", row => (row.Text(), row.Text())))
            names[id] = (name, null);
        return new AssignmentNames(names);
    }
}
