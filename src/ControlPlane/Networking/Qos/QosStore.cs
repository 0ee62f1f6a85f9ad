using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Qos;

/// <summary>The rows of policies and their rules.</summary>
internal static class QosStore
{
    public const string Type = "qos_policy";

    public const string Columns =
        "SELECT q.id, q.project_id, q.name, q.description, q.is_default, q.revision, q.created_at, q.updated_at FROM qos_policies q";

    public const string RuleColumns =
        "SELECT r.id, r.policy_id, r.kind, r.amount, r.burst, r.direction, q.project_id FROM qos_rules r JOIN qos_policies q ON q.id = r.policy_id";

    public static QosPolicyRecord Read(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        Name = row.Text(),
        Description = row.Text(),
        IsDefault = row.Flag(),
        Revision = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
    };

    public static QosRuleRecord ReadRule(Row row) =>
        new(row.Text(), row.Text(), row.Text(), row.Int(), row.IntOrNull(), row.TextOrNull()) { OwnerId = row.Text() };

    public static Sql Visible(Caller caller) => caller.IsAdmin || caller.Roles.Contains("service")
        ? Sql.Raw("1 = 1")
        : new Sql().Add($"q.project_id = {caller.ProjectId} OR {NetworkStore.SharedTo(Type, "q.id", caller.ProjectId)}");

    public static IReadOnlyList<QosPolicyRecord> Complete(Tx tx, Caller caller, IReadOnlyList<QosPolicyRecord> policies)
    {
        if (policies.Count == 0) return policies;
        var ids = policies.Select(p => p.Id).ToList();
        var rules = tx.Query(new Sql().Add(Sql.Raw(RuleColumns)).Add($" WHERE r.policy_id IN {ids} ORDER BY r.kind, r.direction, r.id"), ReadRule).ToLookup(r => r.PolicyId);
        var shared = RbacStore.SharedAmong(tx, Type, ids, caller.ProjectId);
        var tags = TagStore.Of(tx, ids);
        return [.. policies.Select(p => p with { Rules = [.. rules[p.Id]], Shared = shared.Contains(p.Id), Tags = [.. tags[p.Id]] })];
    }

    public static void Touch(Tx tx, string id, DateTimeOffset now) =>
        tx.Execute($"UPDATE qos_policies SET revision = revision + 1, updated_at = {now} WHERE id = {id}");

    /// <summary>The project's default policy, if it has one.</summary>
    public static string? DefaultOf(Tx tx, string project) =>
        tx.Find($"SELECT id FROM qos_policies WHERE project_id = {project} AND is_default = 1", row => row.Text());
}
