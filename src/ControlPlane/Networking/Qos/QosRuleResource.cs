using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Qos;

/// <summary>The rules of one kind, below their policy (<c>policies/{id}/bandwidth_limit_rules</c>) or by their own id alone.</summary>
internal sealed class QosRuleResource(QosRuleKind kind)
{
    private static readonly Check Mark = value => Checks.Integer(0, 63)(value)
        ?? (QosRuleKind.Marks.Contains(int.Parse(Checks.Show(value), System.Globalization.CultureInfo.InvariantCulture)) ? null
            : $"'{Checks.Show(value)}' is not in [{string.Join(", ", QosRuleKind.Marks)}]");

    /// <param name="alias">By its own id, whatever the policy.</param>
    public Resource<QosRuleRecord> Declare(bool alias) => new()
    {
        Name = alias ? $"alias_{kind.RuleName}" : kind.RuleName,
        Collection = alias ? $"alias_{kind.RuleName}s" : $"{kind.RuleName}s",
        PolicyName = alias ? $"alias_{kind.RuleName}" : $"policy_{kind.RuleName}",
        Attributes = Attributes(),
        List = new ListQuery
        {
            Select = QosStore.RuleColumns,
            From = "qos_rules r",
            Id = "r.id",
            Filters = Filters(),
            SortKeys = new Dictionary<string, string> { ["id"] = "r.id", [kind.Amount] = "r.amount", ["direction"] = "COALESCE(r.direction, '')" },
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = caller => new Sql().Add($"r.kind = {kind.Name} AND EXISTS (SELECT 1 FROM qos_policies q WHERE q.id = r.policy_id AND ({QosStore.Visible(caller)}))"),
        Within = alias ? null : (tx, request) => new Sql().Add($"r.policy_id = {Policy(tx, request).Id}"),
        Read = QosStore.ReadRule,
        Complete = (_, _, rules) => rules,
        Id = r => r.Id,
        Target = r => Target(r.OwnerId),
        Write = (shown, r) => WriteMembers(shown, r),
        NotFound = id => Fault.NotFound($"QoS rule of type {kind.Name} with ID {id} could not be found.", "QosRuleNotFound"),
    };

    private List<Attribute> Attributes()
    {
        var attributes = new List<Attribute> { Attribute.ReadOnly("id") };
        attributes.Add(new Attribute(kind.Amount, kind.Name == "dscp_marking" ? Mark : Checks.Integer(0, int.MaxValue)).Must());
        if (kind.Burst is { } burst) attributes.Add(new Attribute(burst, Checks.Integer(0, int.MaxValue)).Or("0"));
        if (kind.Directions.Count > 0) attributes.Add(new Attribute("direction", Checks.OneOf([.. kind.Directions])).Or("\"egress\""));
        return attributes;
    }

    private Dictionary<string, Filter> Filters()
    {
        var filters = new Dictionary<string, Filter> { ["id"] = new Filter.Exact("r.id"), [kind.Amount] = new Filter.Whole("r.amount") };
        if (kind.Burst is { } burst) filters[burst] = new Filter.Whole("r.burst");
        if (kind.Directions.Count > 0) filters["direction"] = new Filter.Exact("r.direction");
        return filters;
    }

    private static QosPolicyRecord Policy(Tx tx, ApiRequest request) =>
        QosPolicyResource.Declared.Find(tx, request.Caller, request[0]) ?? throw QosUse.NotFound(request[0]);

    private static PolicyTarget Target(string owner)
    {
        var target = PolicyTarget.OwnedBy(owner);
        target["ext_parent:project_id"] = owner;
        target["ext_parent:tenant_id"] = owner;
        return target;
    }

    public static PolicyTarget TargetOfNew(Creation creation) => Target(Policy(creation.Tx, creation.Request).ProjectId);

    public QosRuleRecord Create(Creation creation)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        var policy = Policy(tx, creation.Request);
        QosUse.RefuseUnkept(tx, policy, kind);
        var rule = new QosRuleRecord(creation.NewId, policy.Id, kind.Name, body.GetInt(kind.Amount)!.Value,
            kind.Burst is null ? null : body.GetInt(kind.Burst) ?? 0, kind.Directions.Count == 0 ? null : body.GetText("direction") ?? "egress")
        { OwnerId = policy.ProjectId };
        CheckAgainst(policy.Rules, rule);
        tx.Execute($"INSERT INTO qos_rules (id, policy_id, kind, amount, burst, direction) VALUES ({rule.Id}, {rule.PolicyId}, {rule.Kind}, {rule.Amount}, {rule.Burst}, {rule.Direction})");
        QosStore.Touch(tx, policy.Id, creation.Now);
        return rule;
    }

    public QosRuleRecord Update(Change<QosRuleRecord> change)
    {
        var (tx, current) = (change.Tx, change.Current);
        var rule = current with
        {
            Amount = change.Number(kind.Amount, current.Amount),
            Burst = kind.Burst is null ? null : change.Number(kind.Burst, current.Burst ?? 0),
            Direction = kind.Directions.Count == 0 ? null : change.Text("direction", current.Direction!),
        };
        var others = QosPolicyResource.Declared.Find(tx, change.Caller, rule.PolicyId)!.Rules.Where(r => r.Id != rule.Id).ToList();
        CheckAgainst(others, rule);
        tx.Execute($"UPDATE qos_rules SET amount = {rule.Amount}, burst = {rule.Burst}, direction = {rule.Direction} WHERE id = {rule.Id}");
        QosStore.Touch(tx, rule.PolicyId, change.Now);
        return rule;
    }

    public static void Delete(Removal<QosRuleRecord> removal)
    {
        removal.Tx.Execute($"DELETE FROM qos_rules WHERE id = {removal.Current.Id}");
        QosStore.Touch(removal.Tx, removal.Current.PolicyId, removal.Now);
    }

    // One rule of a kind and direction; a guarantee cannot be more than the limit.
    private static void CheckAgainst(IReadOnlyList<QosRuleRecord> others, QosRuleRecord rule)
    {
        if (others.FirstOrDefault(r => r.Kind == rule.Kind && r.Direction == rule.Direction) is { } twin)
            throw Fault.Conflict($"Rule {rule.Kind} conflicts with rule {twin.Id} which already exists in QoS Policy {rule.PolicyId}.", "QoSRulesConflict");
        foreach (var other in others.Where(r => r.Direction == rule.Direction))
        {
            var (least, most) = rule.Kind is "minimum_bandwidth" ? (rule, other) : (other, rule);
            if (least.Kind == "minimum_bandwidth" && most.Kind == "bandwidth_limit" && least.Amount > most.Amount)
                throw Fault.Conflict(
                    $"Unable to add the rule with value {rule.Amount} to the policy {rule.PolicyId} as the existing rule of type {other.Kind} restricts the bandwidth to {other.Amount}.",
                    "QoSRuleParameterConflict");
        }
    }

    public static void WriteMembers(Shown shown, QosRuleRecord rule)
    {
        var kind = QosRuleKind.Of(rule.Kind);
        shown.Text("id", rule.Id).Number(kind.Amount, rule.Amount);
        if (kind.Burst is { } burst) shown.Number(burst, rule.Burst);
        if (rule.Direction is { } direction) shown.Text("direction", direction);
    }
}
