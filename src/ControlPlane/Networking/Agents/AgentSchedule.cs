using Cumulet.ControlPlane.Networking.Ports;
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

    // ── a network without a subnet needs no DHCP, and is on the agent only where somebody put it there ──

    /// <summary>That the DHCP agent has the network <c>column</c>: it serves it, or was given it and nothing to serve yet.</summary>
    public static Sql HasNetwork(string column) => new Sql()
        .Add(Sql.Raw($"(EXISTS (SELECT 1 FROM ports p WHERE p.network_id = {column} AND "))
        .Add($"p.device_owner = {DeviceOwners.Dhcp}")
        .Add(Sql.Raw($") OR EXISTS (SELECT 1 FROM networks_asked_of_agents k WHERE k.network_id = {column}))"));

    public static bool HasNetworkOf(Tx tx, string id) =>
        tx.Exists(new Sql().Add($"SELECT 1 FROM networks n WHERE n.id = {id} AND ").Add(HasNetwork("n.id")));

    public static void AskFor(Tx tx, string id) =>
        tx.Execute($"INSERT INTO networks_asked_of_agents (network_id) VALUES ({id}) ON CONFLICT (network_id) DO NOTHING");

    public static void StopAskingFor(Tx tx, string id) => tx.Execute($"DELETE FROM networks_asked_of_agents WHERE network_id = {id}");
}
