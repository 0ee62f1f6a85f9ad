using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.SecurityGroups;

/// <summary>The rows of security groups and their rules.</summary>
internal static class SecurityGroupStore
{
    public const string DefaultName = "default";

    public const string Columns =
        "SELECT g.id, g.project_id, g.name, g.description, g.stateful, g.is_default, g.revision, g.created_at, g.updated_at FROM security_groups g";

    public const string RuleColumns =
        "SELECT r.id, r.project_id, r.security_group_id, r.direction, r.ethertype, r.protocol, r.port_range_min, r.port_range_max, r.remote_ip_prefix, r.remote_group_id, r.remote_address_group_id, r.description, r.revision, r.created_at, r.updated_at, g.is_default FROM security_group_rules r JOIN security_groups g ON g.id = r.security_group_id";

    public static SecurityGroupRecord Read(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        Name = row.Text(),
        Description = row.Text(),
        Stateful = row.Flag(),
        IsDefault = row.Flag(),
        Revision = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
    };

    public static SecurityGroupRuleRecord ReadRule(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        SecurityGroupId = row.Text(),
        Direction = row.Text(),
        Ethertype = row.Text(),
        Protocol = row.TextOrNull(),
        PortRangeMin = row.IntOrNull(),
        PortRangeMax = row.IntOrNull(),
        RemoteIpPrefix = row.TextOrNull(),
        RemoteGroupId = row.TextOrNull(),
        RemoteAddressGroupId = row.TextOrNull(),
        Description = row.Text(),
        Revision = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
        BelongsToDefaultGroup = row.Flag(),
    };

    public static Sql Visible(Caller caller) => caller.IsAdmin || caller.Roles.Contains("service")
        ? Sql.Raw("1 = 1")
        : Of($"g.project_id = {caller.ProjectId} OR {NetworkStore.SharedTo("security_group", "g.id", caller.ProjectId)}");

    private static Sql Of(Sql sql) => sql;

    public static SecurityGroupRecord? FindAny(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE g.id = {id}"), Read);

    public static SecurityGroupRecord? Find(Tx tx, Caller caller, string id)
    {
        var group = tx.Find(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE g.id = {id} AND ({Visible(caller)})"), Read);
        return group is null ? null : Complete(tx, caller, [group])[0];
    }

    public static IReadOnlyList<SecurityGroupRecord> Complete(Tx tx, Caller caller, IReadOnlyList<SecurityGroupRecord> groups)
    {
        if (groups.Count == 0) return groups;
        var ids = groups.Select(g => g.Id).ToList();
        var rules = RulesOf(tx, ids).ToLookup(r => r.SecurityGroupId);
        var shared = RbacStore.SharedAmong(tx, "security_group", ids, caller.ProjectId);
        var tags = TagStore.Of(tx, ids);
        return [.. groups.Select(g => g with { Rules = [.. rules[g.Id]], Shared = shared.Contains(g.Id), Tags = [.. tags[g.Id]] })];
    }

    public static List<SecurityGroupRuleRecord> RulesOf(Tx tx, IReadOnlyCollection<string> groups) =>
        tx.Query(new Sql().Add(Sql.Raw(RuleColumns)).Add($" WHERE r.security_group_id IN {groups} ORDER BY r.created_at, r.id"), ReadRule);

    public static SecurityGroupRuleRecord? FindRule(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(RuleColumns)).Add($" WHERE r.id = {id}"), ReadRule);

    public static void Insert(Tx tx, SecurityGroupRecord g) => tx.Execute(
        $"""
        INSERT INTO security_groups (id, project_id, name, description, stateful, is_default, revision, created_at, updated_at)
        VALUES ({g.Id}, {g.ProjectId}, {g.Name}, {g.Description}, {g.Stateful}, {g.IsDefault}, {g.Revision}, {g.CreatedAt}, {g.UpdatedAt})
        """);

    public static void Update(Tx tx, SecurityGroupRecord g) => tx.Execute(
        $"UPDATE security_groups SET name = {g.Name}, description = {g.Description}, stateful = {g.Stateful}, revision = revision + 1, updated_at = {g.UpdatedAt} WHERE id = {g.Id}");

    public static void Touch(Tx tx, string id, DateTimeOffset now) =>
        tx.Execute($"UPDATE security_groups SET revision = revision + 1, updated_at = {now} WHERE id = {id}");

    public static void InsertRule(Tx tx, SecurityGroupRuleRecord r) => tx.Execute(
        $"""
        INSERT INTO security_group_rules (id, project_id, security_group_id, direction, ethertype, protocol, port_range_min, port_range_max,
            remote_ip_prefix, remote_group_id, remote_address_group_id, description, revision, created_at, updated_at)
        VALUES ({r.Id}, {r.ProjectId}, {r.SecurityGroupId}, {r.Direction}, {r.Ethertype}, {r.Protocol}, {r.PortRangeMin}, {r.PortRangeMax},
            {r.RemoteIpPrefix}, {r.RemoteGroupId}, {r.RemoteAddressGroupId}, {r.Description}, {r.Revision}, {r.CreatedAt}, {r.UpdatedAt})
        """);

    public static void DeleteRule(Tx tx, string id) => tx.Execute($"DELETE FROM security_group_rules WHERE id = {id}");

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM security_group_rules WHERE security_group_id = {id} OR remote_group_id = {id}");
        tx.Execute($"DELETE FROM network_rbac WHERE object_type = 'security_group' AND object_id = {id}");
        tx.Execute($"DELETE FROM security_groups WHERE id = {id}");
        TagStore.Forget(tx, id);
    }

    /// <summary>
    /// The project's <c>default</c> group, made when first needed: unless the cloud's default rules say otherwise, its members
    /// may talk to each other and to everyone, nobody else to them.
    /// </summary>
    public static string EnsureDefault(Tx tx, string projectId, DateTimeOffset now)
    {
        if (tx.Find($"SELECT id FROM security_groups WHERE project_id = {projectId} AND is_default = 1", row => row.Text()) is { } existing)
            return existing;
        var group = new SecurityGroupRecord
        {
            Id = Guid.NewGuid().ToString(),
            ProjectId = projectId,
            Name = DefaultName,
            Description = "Default security group",
            IsDefault = true,
            CreatedAt = now,
            UpdatedAt = now,
        };
        Insert(tx, group);
        InsertFirstRules(tx, group, now);
        return group.Id;
    }

    /// <summary>What every new group begins with.</summary>
    public static void InsertFirstRules(Tx tx, SecurityGroupRecord group, DateTimeOffset now)
    {
        foreach (var rule in DefaultRuleResource.For(tx, group, now)) InsertRule(tx, rule);
    }
}
