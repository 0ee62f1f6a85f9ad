using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking;

/// <summary>Who may use what others own: one row per object, action and project (or <c>*</c>).</summary>
internal static class RbacStore
{
    public const string Shared = "access_as_shared";
    public const string External = "access_as_external";

    public static HashSet<string> SharedAmong(Tx tx, string objectType, IReadOnlyCollection<string> ids, string? project) =>
        [.. tx.Query($"SELECT object_id FROM network_rbac WHERE object_type = {objectType} AND action = {Shared} AND object_id IN {ids} AND (target = '*' OR target = {project})",
            row => row.Text())];

    public static void Grant(Tx tx, string project, string objectType, string objectId, string action, string target, string? id = null)
    {
        if (tx.Exists($"SELECT 1 FROM network_rbac WHERE object_type = {objectType} AND object_id = {objectId} AND action = {action} AND target = {target}"))
            return;
        tx.Execute(
            $"INSERT INTO network_rbac (id, project_id, object_type, object_id, action, target) VALUES ({id ?? Guid.NewGuid().ToString()}, {project}, {objectType}, {objectId}, {action}, {target})");
    }

    public static void Revoke(Tx tx, string objectType, string objectId, string action, string target) => tx.Execute(
        $"DELETE FROM network_rbac WHERE object_type = {objectType} AND object_id = {objectId} AND action = {action} AND target = {target}");
}
