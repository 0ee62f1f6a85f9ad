using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>Roles and which implies which, in SQL.</summary>
internal static class RoleStore
{
    internal const string Select = "SELECT r.id, r.name, r.domain_id, r.description, r.options, r.extra FROM identity_roles r";

    public static Role Read(Row row) => new()
    {
        Id = row.Text(),
        Name = row.Text(),
        DomainId = row.TextOrNull(),
        Description = row.TextOrNull(),
        Options = row.Text(),
        Extra = row.Text(),
    };

    public static Role? Find(Tx tx, string id) => tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE r.id = {id}"), Read);

    public static List<Role> Find(Tx tx, IReadOnlyCollection<string> ids) =>
        tx.Query(new Sql().Add(Sql.Raw(Select)).Add($" WHERE r.id IN {ids} ORDER BY r.name, r.id"), Read);

    public static void Insert(Tx tx, Role role) => tx.Execute($"""
        INSERT INTO identity_roles (id, name, domain_id, description, options, extra)
        VALUES ({role.Id}, {role.Name}, {role.DomainId}, {role.Description}, {role.Options}, {role.Extra})
        """);

    public static void Imply(Tx tx, string priorId, string impliedId) =>
        tx.Execute($"INSERT INTO identity_implied_roles (prior_id, implied_id) VALUES ({priorId}, {impliedId})");

    public static ILookup<string, string> Implications(Tx tx) =>
        tx.Query($"SELECT prior_id, implied_id FROM identity_implied_roles", row => (Prior: row.Text(), Implied: row.Text()))
            .ToLookup(i => i.Prior, i => i.Implied, StringComparer.Ordinal);

    /// <summary>The roles with all that they imply, however far; a circle ends by itself.</summary>
    public static HashSet<string> WithImplied(ILookup<string, string> implications, IEnumerable<string> roleIds)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(roleIds);
        while (open.TryPop(out var id))
        {
            if (!all.Add(id)) continue;
            foreach (var implied in implications[id]) open.Push(implied);
        }
        return all;
    }

    public static Role? FindByName(Tx tx, string name, string? domainId) => tx.Find(domainId is null
        ? new Sql().Add(Sql.Raw(Select)).Add($" WHERE r.name = {name} AND r.domain_id IS NULL")
        : new Sql().Add(Sql.Raw(Select)).Add($" WHERE r.name = {name} AND r.domain_id = {domainId}"), Read);

    public static void Update(Tx tx, Role role) => tx.Execute($"""
        UPDATE identity_roles SET name = {role.Name}, description = {role.Description}, options = {role.Options}, extra = {role.Extra}
        WHERE id = {role.Id}
        """);

    /// <summary>Takes a role away with its assignments, implications and delegations.</summary>
    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM identity_assignments WHERE role_id = {id}");
        tx.Execute($"DELETE FROM identity_implied_roles WHERE prior_id = {id} OR implied_id = {id}");
        tx.Execute($"DELETE FROM identity_application_credential_roles WHERE role_id = {id}");
        tx.Execute($"DELETE FROM identity_trust_roles WHERE role_id = {id}");
        tx.Execute($"DELETE FROM identity_roles WHERE id = {id}");
    }
}
