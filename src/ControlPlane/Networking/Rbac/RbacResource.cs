using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Rbac;

internal sealed record RbacRecord(string Id, string ProjectId, string ObjectType, string ObjectId, string Action, string Target);

/// <summary>Shares of one's own things with other projects, and their verbs.</summary>
internal static class RbacResource
{
    private static readonly Dictionary<string, string> Tables = new(StringComparer.Ordinal)
    {
        ["network"] = "networks",
        ["security_group"] = "security_groups",
        ["subnetpool"] = "subnetpools",
        ["address_scope"] = "address_scopes",
        ["address_group"] = "address_groups",
        ["qos_policy"] = "qos_policies",
    };

    private static Fault NotFound(string id) => Fault.NotFound($"RBAC policy of type with ID {id} not found", "RbacPolicyNotFound");

    public static readonly Resource<RbacRecord> Declared = new()
    {
        Name = "rbac_policy",
        Collection = "rbac_policies",
        Attributes =
        [
            Attribute.ReadOnly("id"),
            new Attribute("object_type", Checks.Text()).Fixed().Must(),
            new Attribute("object_id", Checks.Uuid).Fixed().Must(),
            new Attribute("action", Checks.Text()).Fixed().Must(),
            new Attribute("target_tenant", Checks.NotBlankText),
            new Attribute("target_project", Checks.NotBlankText),
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = "SELECT b.id, b.project_id, b.object_type, b.object_id, b.action, b.target FROM network_rbac b",
            From = "network_rbac b",
            Id = "b.id",
            Filters = NetworkFilters.For("b", standard: false).Exact("b", "object_type", "object_id", "action")
                .With("target_tenant", new Filter.Exact("b.target")).With("target_project", new Filter.Exact("b.target")),
            SortKeys = NetworkFilters.SortKeys("b", "object_type", "object_id", "action"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = caller => caller.IsAdmin ? Sql.Raw("1 = 1") : new Sql().Add($"b.project_id = {caller.ProjectId}"),
        Read = row => new RbacRecord(row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.Text()),
        Complete = (_, _, rows) => rows,
        Id = r => r.Id,
        Target = r => PolicyTarget.OwnedBy(r.ProjectId),
        Write = (shown, r) => shown.Text("id", r.Id).Project(r.ProjectId).Text("object_type", r.ObjectType).Text("object_id", r.ObjectId)
            .Text("action", r.Action).Text("target_tenant", r.Target).Text("target_project", r.Target),
        NotFound = NotFound,
    };

    public static RbacRecord Create(Creation creation)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        QuotaStore.Claim(tx, creation.ProjectId, "rbac_policy");
        var target = body.GetText("target_project") ?? body.GetText("target_tenant")
            ?? throw NetworkFault.BadRequest("Failed to parse request. Required attribute 'target_tenant' not specified");
        var row = new RbacRecord(creation.NewId, creation.ProjectId, creation.Text("object_type"), creation.Text("object_id"), creation.Text("action"), target);
        if (!Tables.TryGetValue(row.ObjectType, out var table))
            throw NetworkFault.InvalidInput($"'{row.ObjectType.Truncated()}' is not a valid object type; valid ones: {string.Join(", ", Tables.Keys)}");
        if (row.Action != RbacStore.Shared && !(row.Action == RbacStore.External && row.ObjectType == "network"))
            throw NetworkFault.InvalidInput($"Invalid action '{row.Action.Truncated()}' for object type '{row.ObjectType}'. Valid actions: {RbacStore.Shared}");
        var owner = tx.Find(new Sql().Add(Sql.Raw($"SELECT project_id FROM {table}")).Add($" WHERE id = {row.ObjectId}"), r => r.Text());
        // Sharing what one does not own is as if it were not there.
        if (owner is null || (owner != creation.Caller.ProjectId && !creation.Caller.IsAdmin))
            throw Fault.NotFound($"{row.ObjectType} {row.ObjectId} could not be found.", "ObjectNotFound");
        if (row.Action == RbacStore.External && !creation.Caller.IsAdmin) throw NetworkFault.NotAuthorized("rule:create_rbac_policy");
        if (tx.Exists($"SELECT 1 FROM network_rbac WHERE object_type = {row.ObjectType} AND object_id = {row.ObjectId} AND action = {row.Action} AND target = {target}"))
            throw Fault.Conflict("An RBAC policy already exists with those values.", "DuplicateRbacPolicy");
        RbacStore.Grant(tx, row.ProjectId, row.ObjectType, row.ObjectId, row.Action, target, row.Id);
        if (row.Action == RbacStore.External) tx.Execute($"UPDATE networks SET external = 1 WHERE id = {row.ObjectId}");
        return row;
    }

    public static RbacRecord Update(Change<RbacRecord> change)
    {
        var (tx, current) = (change.Tx, change.Current);
        var target = change.Body.GetText("target_project") ?? change.Body.GetText("target_tenant") ?? current.Target;
        if (target == current.Target) return current;
        RefuseWhileUsed(tx, current);
        if (tx.Exists($"SELECT 1 FROM network_rbac WHERE object_type = {current.ObjectType} AND object_id = {current.ObjectId} AND action = {current.Action} AND target = {target}"))
            throw Fault.Conflict("An RBAC policy already exists with those values.", "DuplicateRbacPolicy");
        tx.Execute($"UPDATE network_rbac SET target = {target} WHERE id = {current.Id}");
        return current with { Target = target };
    }

    public static void Delete(Removal<RbacRecord> removal)
    {
        RefuseWhileUsed(removal.Tx, removal.Current);
        removal.Tx.Execute($"DELETE FROM network_rbac WHERE id = {removal.Current.Id}");
        if (removal.Current.Action == RbacStore.External
            && !removal.Tx.Exists($"SELECT 1 FROM network_rbac WHERE object_id = {removal.Current.ObjectId} AND action = {RbacStore.External}"))
            removal.Tx.Execute($"UPDATE networks SET external = 0 WHERE id = {removal.Current.ObjectId}");
    }

    private static void RefuseWhileUsed(Tx tx, RbacRecord row)
    {
        if (row.ObjectType == "network" && NetworkStore.FindAny(tx, row.ObjectId) is { } network)
        {
            if (row.Action == RbacStore.Shared) RbacUse.RefuseWhileUsed(tx, network, row.Target);
            else RefuseWhileReached(tx, row, network);
        }
        if (row.ObjectType == "security_group" && tx.Exists(
            $"SELECT 1 FROM port_security_groups m JOIN ports p ON p.id = m.port_id JOIN security_groups g ON g.id = m.security_group_id WHERE g.id = {row.ObjectId} AND p.project_id <> g.project_id AND ({row.Target} = '*' OR p.project_id = {row.Target})"))
            throw InUse(row, "shared security group is used by ports of the project");
    }

    private static void RefuseWhileReached(Tx tx, RbacRecord row, NetworkRecord network)
    {
        if (tx.Exists($"SELECT 1 FROM ports p JOIN routers t ON t.gateway_port_id = p.id WHERE p.network_id = {network.Id} AND t.project_id <> {network.ProjectId} AND ({row.Target} = '*' OR t.project_id = {row.Target})"))
            throw InUse(row, "there are routers attached to this network that depend on this policy for access");
    }

    private static Fault InUse(RbacRecord row, string details) =>
        Fault.Conflict($"RBAC policy on object {row.ObjectId} cannot be removed because other objects depend on it.\nDetails: {details}", "RbacPolicyInUse");
}
