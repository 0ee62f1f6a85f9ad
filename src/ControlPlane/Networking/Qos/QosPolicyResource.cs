using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Qos;

/// <summary>Quality-of-service policies as the API knows them, and their verbs.</summary>
internal static class QosPolicyResource
{
    public static readonly Resource<QosPolicyRecord> Declared = new()
    {
        Name = "policy",
        Collection = "policies",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("rules"), Attribute.ReadOnly("created_at"), Attribute.ReadOnly("updated_at"), Attribute.ReadOnly("revision_number"),
            new Attribute("name", Checks.NotBlankText).Must(),
            new Attribute("description", Checks.Text()).Or("\"\""),
            new Attribute("shared", Checks.Flag).Or("false"),
            new Attribute("is_default", Checks.Flag).Or("false"),
            Attribute.Tags,
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = QosStore.Columns,
            From = "qos_policies q",
            Id = "q.id",
            Filters = NetworkFilters.For("q").Exact("q", "name").With("is_default", new Filter.Flag("q.is_default"))
                .With("shared", NetworkFilters.SharedWithCaller(QosStore.Type, "q.id")),
            SortKeys = NetworkFilters.SortKeys("q", "name", "description").AndBy("q", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = QosStore.Visible,
        Read = QosStore.Read,
        Complete = QosStore.Complete,
        Id = p => p.Id,
        Revision = p => p.Revision,
        Target = p => PolicyTarget.OwnedBy(p.ProjectId).AndShared(p.Shared),
        Write = (shown, p) => shown.Text("id", p.Id).Text("name", p.Name).Project(p.ProjectId).Flag("shared", p.Shared).Flag("is_default", p.IsDefault)
            .Items("rules", p.Rules, WriteRule).Standard(p.Description, p.Tags, p.CreatedAt, p.UpdatedAt, p.Revision),
        NotFound = QosUse.NotFound,
    };

    private static void WriteRule(Utf8JsonWriter json, QosRuleRecord rule)
    {
        json.WriteStartObject();
        QosRuleResource.WriteMembers(new Shown(json, static _ => true), rule);
        json.WriteString("type", rule.Kind);
        json.WriteString("qos_policy_id", rule.PolicyId);
        json.WriteEndObject();
    }

    public static QosPolicyRecord Create(Creation creation)
    {
        var tx = creation.Tx;
        var policy = new QosPolicyRecord
        {
            Id = creation.NewId,
            ProjectId = creation.ProjectId,
            Name = creation.Text("name"),
            Description = creation.Text("description"),
            IsDefault = creation.Flag("is_default", false),
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
        };
        if (policy.IsDefault) RefuseSecondDefault(tx, policy);
        tx.Execute(
            $"INSERT INTO qos_policies (id, project_id, name, description, is_default, revision, created_at, updated_at) VALUES ({policy.Id}, {policy.ProjectId}, {policy.Name}, {policy.Description}, {policy.IsDefault}, 1, {policy.CreatedAt}, {policy.UpdatedAt})");
        if (creation.Flag("shared", false)) RbacStore.Grant(tx, policy.ProjectId, QosStore.Type, policy.Id, RbacStore.Shared, "*");
        TagStore.Replace(tx, policy.Id, creation.Body.GetItems("tags").Select(t => t.GetString()!));
        return policy;
    }

    public static QosPolicyRecord Update(Change<QosPolicyRecord> change)
    {
        var (tx, current) = (change.Tx, change.Current);
        var isDefault = change.Flag("is_default", current.IsDefault);
        if (isDefault && !current.IsDefault) RefuseSecondDefault(tx, current);
        tx.Execute(
            $"UPDATE qos_policies SET name = {change.Text("name", current.Name)}, description = {change.Text("description", current.Description)}, is_default = {isDefault}, revision = revision + 1, updated_at = {change.Now} WHERE id = {current.Id}");
        if (change.Body.GetFlag("shared") is { } shared)
        {
            if (shared) RbacStore.Grant(tx, current.ProjectId, QosStore.Type, current.Id, RbacStore.Shared, "*");
            else RbacStore.Revoke(tx, QosStore.Type, current.Id, RbacStore.Shared, "*");
        }
        return current;
    }

    public static void Delete(Removal<QosPolicyRecord> removal)
    {
        var (tx, id) = (removal.Tx, removal.Current.Id);
        QosUse.RefuseWhileUsed(tx, id);
        tx.Execute($"DELETE FROM qos_rules WHERE policy_id = {id}");
        tx.Execute($"DELETE FROM network_rbac WHERE object_type = {QosStore.Type} AND object_id = {id}");
        tx.Execute($"DELETE FROM qos_policies WHERE id = {id}");
        TagStore.Forget(tx, id);
    }

    private static void RefuseSecondDefault(Store.Tx tx, QosPolicyRecord policy)
    {
        if (QosStore.DefaultOf(tx, policy.ProjectId) is not null)
            throw Fault.Conflict($"A default QoS policy exists for project {policy.ProjectId}.", "QoSPolicyDefaultAlreadyExists");
    }
}
