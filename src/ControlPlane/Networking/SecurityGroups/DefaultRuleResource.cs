using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.SecurityGroups;

internal sealed record DefaultRuleRecord(SecurityGroupRuleRecord Rule, bool ForDefaultGroups, bool ForOtherGroups);

/// <summary>The rules that new security groups begin with; an administrator's choice for the whole cloud.</summary>
internal static class DefaultRuleResource
{
    /// <summary>As remote group: the new group itself.</summary>
    public const string Parent = "PARENT";

    private const string Columns =
        "SELECT d.id, d.direction, d.ethertype, d.protocol, d.port_range_min, d.port_range_max, d.remote_ip_prefix, d.remote_group_id, d.remote_address_group_id, d.description, d.used_in_default_sg, d.used_in_non_default_sg, d.created_at FROM default_security_group_rules d";

    private static readonly string[] FromRules =
        ["direction", "ethertype", "protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "remote_address_group_id", "description"];

    private static readonly Check Group = value => value.ValueKind == System.Text.Json.JsonValueKind.String && value.GetString() == Parent ? null : Checks.Uuid(value);

    public static readonly Resource<DefaultRuleRecord> Declared = new()
    {
        Name = "default_security_group_rule",
        Collection = "default_security_group_rules",
        Attributes =
        [
            Attribute.ReadOnly("id"),
            .. SecurityGroupRuleResource.Declared.Attributes.Where(a => FromRules.Contains(a.Name)),
            new Attribute("remote_group_id", Checks.OrNull(Group)).Fixed().Or("null"),
            new Attribute("used_in_default_sg", Checks.Flag).Fixed().Or("false"),
            new Attribute("used_in_non_default_sg", Checks.Flag).Fixed().Or("true"),
        ],
        List = new ListQuery
        {
            Select = Columns,
            From = "default_security_group_rules d",
            Id = "d.id",
            Filters = new Dictionary<string, Filter>
            {
                ["id"] = new Filter.Exact("d.id"),
                ["direction"] = new Filter.Exact("d.direction"),
                ["ethertype"] = new Filter.Exact("d.ethertype"),
                ["protocol"] = new Filter.Exact("d.protocol"),
                ["description"] = new Filter.Exact("d.description"),
                ["remote_ip_prefix"] = new Filter.Exact("d.remote_ip_prefix"),
                ["remote_group_id"] = new Filter.Exact("d.remote_group_id"),
                ["used_in_default_sg"] = new Filter.Flag("d.used_in_default_sg"),
                ["used_in_non_default_sg"] = new Filter.Flag("d.used_in_non_default_sg"),
            },
            SortKeys = new Dictionary<string, string> { ["id"] = "d.id", ["direction"] = "d.direction", ["ethertype"] = "d.ethertype" },
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = _ => Sql.Raw("1 = 1"),
        Read = Read,
        Complete = (_, _, rules) => rules,
        Id = d => d.Rule.Id,
        Target = _ => new PolicyTarget(),
        Write = (shown, d) => shown.Text("id", d.Rule.Id).Text("direction", d.Rule.Direction).Text("ethertype", d.Rule.Ethertype).Text("protocol", d.Rule.Protocol)
            .Number("port_range_min", d.Rule.PortRangeMin).Number("port_range_max", d.Rule.PortRangeMax).Text("remote_ip_prefix", d.Rule.RemoteIpPrefix)
            .Text("remote_group_id", d.Rule.RemoteGroupId).Text("remote_address_group_id", d.Rule.RemoteAddressGroupId).Text("description", d.Rule.Description)
            .Flag("used_in_default_sg", d.ForDefaultGroups).Flag("used_in_non_default_sg", d.ForOtherGroups),
        NotFound = id => Fault.NotFound($"Default Security Group rule {id} does not exist", "DefaultSecurityGroupRuleNotFound"),
    };

    private static DefaultRuleRecord Read(Row row) => new(
        new SecurityGroupRuleRecord
        {
            Id = row.Text(),
            ProjectId = "",
            SecurityGroupId = "",
            Direction = row.Text(),
            Ethertype = row.Text(),
            Protocol = row.TextOrNull(),
            PortRangeMin = row.IntOrNull(),
            PortRangeMax = row.IntOrNull(),
            RemoteIpPrefix = row.TextOrNull(),
            RemoteGroupId = row.TextOrNull(),
            RemoteAddressGroupId = row.TextOrNull(),
            Description = row.Text(),
            CreatedAt = default,
            UpdatedAt = default,
        },
        row.Flag(), row.Flag());

    public static DefaultRuleRecord Create(Creation creation)
    {
        var tx = creation.Tx;
        var rule = CreateSecurityGroupRule.Checked(creation, null);
        var made = new DefaultRuleRecord(rule, creation.Flag("used_in_default_sg", false), creation.Flag("used_in_non_default_sg", true));
        foreach (var other in tx.Query(Sql.Raw(Columns), Read))
            if (other.Rule with { Id = rule.Id, Description = "", CreatedAt = default, UpdatedAt = default } == rule with { Description = "", CreatedAt = default, UpdatedAt = default }
                && (other.ForDefaultGroups, other.ForOtherGroups) == (made.ForDefaultGroups, made.ForOtherGroups))
                throw Fault.Conflict($"Default Security group rule already exists. Rule id is {other.Rule.Id}.", "DefaultSecurityGroupRuleExists");
        tx.Execute(
            $"""
            INSERT INTO default_security_group_rules (id, direction, ethertype, protocol, port_range_min, port_range_max, remote_ip_prefix, remote_group_id,
                remote_address_group_id, description, used_in_default_sg, used_in_non_default_sg, created_at)
            VALUES ({rule.Id}, {rule.Direction}, {rule.Ethertype}, {rule.Protocol}, {rule.PortRangeMin}, {rule.PortRangeMax}, {rule.RemoteIpPrefix}, {rule.RemoteGroupId},
                {rule.RemoteAddressGroupId}, {rule.Description}, {made.ForDefaultGroups}, {made.ForOtherGroups}, {creation.Now})
            """);
        return made;
    }

    public static void Delete(Removal<DefaultRuleRecord> removal) =>
        removal.Tx.Execute($"DELETE FROM default_security_group_rules WHERE id = {removal.Current.Rule.Id}");

    /// <summary>What a new group begins with.</summary>
    public static IEnumerable<SecurityGroupRuleRecord> For(Tx tx, SecurityGroupRecord owner, DateTimeOffset now) =>
        tx.Query(Sql.Raw(Columns + " ORDER BY d.created_at, d.id"), Read)
            .Where(d => owner.IsDefault ? d.ForDefaultGroups : d.ForOtherGroups)
            .Select(d => d.Rule with
            {
                Id = Guid.NewGuid().ToString(),
                ProjectId = owner.ProjectId,
                SecurityGroupId = owner.Id,
                RemoteGroupId = d.Rule.RemoteGroupId == Parent ? owner.Id : d.Rule.RemoteGroupId,
                CreatedAt = now,
                UpdatedAt = now,
            });
}
