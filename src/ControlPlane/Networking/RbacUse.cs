using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking;

/// <summary>A share cannot be taken back while somebody lives by it.</summary>
internal static class RbacUse
{
    /// <param name="target">The project that would lose the network; <c>*</c>: all but the owner and those it is shared with by name.</param>
    public static void RefuseWhileUsed(Tx tx, NetworkRecord network, string target)
    {
        var others = tx.Query($"SELECT target FROM network_rbac WHERE object_type = 'network' AND object_id = {network.Id} AND action = {RbacStore.Shared}",
            row => row.Text()).Where(t => t != target).ToList();
        if (others.Contains("*")) return;
        var users = tx.Query(
            $"SELECT DISTINCT project_id FROM ports WHERE network_id = {network.Id} AND project_id <> '' AND device_owner NOT LIKE 'network:%' UNION SELECT DISTINCT project_id FROM subnets WHERE network_id = {network.Id}",
            row => row.Text());
        var losing = users.Where(u => u != network.ProjectId && !others.Contains(u) && (target == "*" || u == target));
        if (losing.Any())
            throw Fault.Conflict($"Unable to reconfigure sharing settings for network {network.Id}. Multiple tenants are using it.", "InvalidSharedSetting");
    }
}
