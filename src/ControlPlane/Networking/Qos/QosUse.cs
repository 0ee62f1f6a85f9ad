using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Qos;

/// <summary>Policies given to ports, networks and floating IPs.</summary>
internal static class QosUse
{
    public static readonly Resources.Attribute Attribute = new("qos_policy_id", Checks.OrNull(Checks.Uuid)) { Default = "null" };

    private static readonly (string Table, string Kind)[] Users = [("ports", "port"), ("networks", "network"), ("floating_ips", "floatingip")];

    public static Fault NotFound(string id) => Fault.NotFound($"QoS policy {id} could not be found.", "QosPolicyNotFound");

    /// <summary>What the body asks for, or what was there; 404 and 409 where that cannot be.</summary>
    /// <param name="what">What gets it, for the message: <c>port ID</c>.</param>
    public static string? Asked(Tx tx, Caller caller, JsonElement body, string? current, string what)
    {
        if (!body.TryGetProperty("qos_policy_id", out var value)) return current;
        if (value.ValueKind == JsonValueKind.Null) return null;
        var id = value.GetString()!;
        var policy = QosPolicyResource.Declared.Find(tx, caller, id) ?? throw NotFound(id);
        if (policy.Rules.FirstOrDefault(r => !QosRuleKind.Of(r.Kind).IsKept) is { } rule) throw NotKept(rule.Kind, what);
        return policy.Id;
    }

    private static Fault NotKept(string kind, string what) => Fault.Conflict($"Rule {kind} is not supported by {what}", "QosRuleNotSupported");

    /// <summary>Who has it, a kind and an id; null where nobody does.</summary>
    public static (string Kind, string Id)? User(Tx tx, string policyId)
    {
        foreach (var (table, kind) in Users)
            if (tx.Find(new Sql().Add(Sql.Raw($"SELECT id FROM {table}")).Add($" WHERE qos_policy_id = {policyId}"), row => row.Text()) is { } id)
                return (kind, id);
        return null;
    }

    public static void RefuseWhileUsed(Tx tx, string policyId)
    {
        if (User(tx, policyId) is var (kind, id))
            throw Fault.Conflict($"QoS Policy {policyId} is used by {kind} {id}.", "QosPolicyInUse");
    }

    /// <summary>A rule that cannot be kept does not get into a policy that somebody has.</summary>
    public static void RefuseUnkept(Tx tx, QosPolicyRecord policy, QosRuleKind kind)
    {
        if (!kind.IsKept && User(tx, policy.Id) is var (user, id)) throw NotKept(kind.Name, $"{user} {id}");
    }
}
