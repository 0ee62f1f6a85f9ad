using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.ServerGroups;

/// <summary>Rows of server groups and of who is in them.</summary>
internal static class ServerGroupStore
{
    private const string Columns = "g.id, g.project_id, g.user_id, g.name, g.policy, g.max_server_per_host";

    private static ServerGroupRecord Read(Row row) => new(
        row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.LongOrNull());

    /// <summary>All of a project, or of the cloud, in the order of their making, with members that are not deleted.</summary>
    public static List<ServerGroupRecord> All(Tx tx, string? projectId)
    {
        var sql = new Sql().Add(Sql.Raw($"SELECT {Columns} FROM server_groups g"));
        if (projectId is not null) sql.Add($" WHERE g.project_id = {projectId}");
        return WithMembers(tx, tx.Query(sql.Add(Sql.Raw(" ORDER BY g.number")), Read));
    }

    public static ServerGroupRecord? Find(Tx tx, string id) => WithMembers(tx, tx.Query(
        new Sql().Add(Sql.Raw($"SELECT {Columns} FROM server_groups g WHERE g.id = ")).Add($"{id}"), Read)).FirstOrDefault();

    public static ServerGroupRecord Get(Tx tx, string id) => Find(tx, id)
        ?? throw Fault.NotFound($"Instance group {id.Truncated()} could not be found.");

    public static void Insert(Tx tx, ServerGroupRecord group, DateTimeOffset now) => tx.Execute($"""
        INSERT INTO server_groups (id, number, project_id, user_id, name, policy, max_server_per_host, created_at)
        VALUES ({group.Id}, (SELECT COALESCE(MAX(number), 0) + 1 FROM server_groups), {group.ProjectId}, {group.UserId}, {group.Name},
            {group.Policy}, {group.MaxServerPerHost}, {now})
        """);

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM server_group_members WHERE group_id = {id}");
        tx.Execute($"DELETE FROM server_groups WHERE id = {id}");
    }

    public static long CountOf(Tx tx, string projectId) =>
        tx.Count($"SELECT COUNT(*) FROM server_groups WHERE project_id = {projectId}");

    private static List<ServerGroupRecord> WithMembers(Tx tx, List<ServerGroupRecord> groups)
    {
        if (groups.Count == 0) return groups;
        var members = tx.Query($"""
            SELECT m.group_id, m.server_id FROM server_group_members m JOIN servers s ON s.id = m.server_id
            WHERE s.deleted = 0 AND m.group_id IN {groups.ConvertAll(g => g.Id)} ORDER BY s.number
            """, row => (Group: row.Text(), Server: row.Text())).ToLookup(m => m.Group, m => m.Server);
        return groups.ConvertAll(g => g with { Members = [.. members[g.Id]] });
    }
}
