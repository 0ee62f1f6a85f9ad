using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Quotas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.ServerGroups;

/// <summary>What servers and the scheduler need of groups.</summary>
internal static class ServerGroupMembers
{
    /// <summary>Puts a server into the group that a scheduler hint names; 400 where the caller has no such group.</summary>
    public static void Join(Tx tx, Caller caller, string groupId, string serverId)
    {
        var group = ServerGroupStore.Find(tx, groupId);
        if (group is null || (group.ProjectId != caller.ProjectId && !caller.IsAdmin))
            throw Fault.BadRequest($"Instance group {groupId.Truncated()} could not be found.");
        var limit = ComputeQuotas.LimitOf(tx, group.ProjectId, caller.UserId, "server_group_members");
        if (limit >= 0 && group.Members.Count >= limit) throw Fault.Forbidden("Quota exceeded, too many servers in group");
        tx.Execute($"INSERT INTO server_group_members (server_id, group_id) VALUES ({serverId}, {groupId})");
    }

    public static void Leave(Tx tx, string serverId) => tx.Execute($"DELETE FROM server_group_members WHERE server_id = {serverId}");

    /// <summary>Group ids by server id.</summary>
    public static ILookup<string, string> Of(Tx tx, IReadOnlyCollection<string> serverIds) => tx.Query(
        $"SELECT server_id, group_id FROM server_group_members WHERE server_id IN {serverIds}",
        row => (Server: row.Text(), Group: row.Text())).ToLookup(m => m.Server, m => m.Group);

    /// <summary>May this server be on that host? The soft policies only wish.</summary>
    public static bool Allows(Tx tx, string serverId, string host)
    {
        if (Of(tx, [serverId])[serverId].FirstOrDefault() is not { } groupId || ServerGroupStore.Find(tx, groupId) is not { } group)
            return true;
        var hosts = HostsOfOthers(tx, group, serverId);
        return group.Policy switch
        {
            "affinity" => hosts.Count == 0 || hosts.Contains(host),
            "anti-affinity" => hosts.Count(h => h == host) < (group.MaxServerPerHost ?? 1),
            _ => true,
        };
    }

    /// <summary>How well a host suits what the soft policies wish; higher is better.</summary>
    public static int Liking(Tx tx, string serverId, string host)
    {
        if (Of(tx, [serverId])[serverId].FirstOrDefault() is not { } groupId || ServerGroupStore.Find(tx, groupId) is not { } group)
            return 0;
        var there = HostsOfOthers(tx, group, serverId).Count(h => h == host);
        return group.Policy switch { "soft-affinity" => there, "soft-anti-affinity" => -there, _ => 0 };
    }

    private static List<string> HostsOfOthers(Tx tx, ServerGroupRecord group, string serverId) => tx.Query(
        $"SELECT host FROM servers WHERE deleted = 0 AND host IS NOT NULL AND id <> {serverId} AND id IN {group.Members}", row => row.Text());
}
