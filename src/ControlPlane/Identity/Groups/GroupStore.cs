using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Groups;

internal static class GroupStore
{
    internal const string Select = "SELECT g.id, g.name, g.domain_id, g.description, g.extra FROM identity_groups g";

    public static Group Read(Row row) => new()
    {
        Id = row.Text(),
        Name = row.Text(),
        DomainId = row.Text(),
        Description = row.Text(),
        Extra = row.Text(),
    };

    public static Group? Find(Tx tx, string id) => tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE g.id = {id}"), Read);

    public static Group? FindByName(Tx tx, string domainId, string name) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE g.domain_id = {domainId} AND g.name = {name}"), Read);

    public static void Insert(Tx tx, Group group) => tx.Execute($"""
        INSERT INTO identity_groups (id, name, domain_id, description, extra)
        VALUES ({group.Id}, {group.Name}, {group.DomainId}, {group.Description}, {group.Extra})
        """);

    public static void Update(Tx tx, Group group) => tx.Execute(
        $"UPDATE identity_groups SET name = {group.Name}, description = {group.Description}, extra = {group.Extra} WHERE id = {group.Id}");

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM identity_memberships WHERE group_id = {id}");
        tx.Execute($"DELETE FROM identity_assignments WHERE actor_kind = 'group' AND actor_id = {id}");
        tx.Execute($"DELETE FROM identity_groups WHERE id = {id}");
    }

    public static bool IsMember(Tx tx, string groupId, string userId) =>
        tx.Exists($"SELECT 1 FROM identity_memberships WHERE user_id = {userId} AND group_id = {groupId}");
}
