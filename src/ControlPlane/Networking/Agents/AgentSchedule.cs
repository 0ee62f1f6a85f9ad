using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Agents;

/// <summary>
/// Which networks' DHCP and which routers are carried. One host has one agent of each kind and gets them all by itself; an
/// administrator can take some away and give them back.
/// </summary>
internal static class AgentSchedule
{
    public const string Networks = "dhcp";
    public const string Routers = "l3";

    public static HashSet<string> Taken(Tx tx, string kind) =>
        [.. tx.Query($"SELECT resource_id FROM network_unscheduled WHERE kind = {kind}", row => row.Text())];

    public static bool IsTaken(Tx tx, string kind, string id) =>
        tx.Exists($"SELECT 1 FROM network_unscheduled WHERE kind = {kind} AND resource_id = {id}");

    public static void Take(Tx tx, string kind, string id) =>
        tx.Execute($"INSERT INTO network_unscheduled (kind, resource_id) VALUES ({kind}, {id})");

    public static void GiveBack(Tx tx, string kind, string id) =>
        tx.Execute($"DELETE FROM network_unscheduled WHERE kind = {kind} AND resource_id = {id}");
}
