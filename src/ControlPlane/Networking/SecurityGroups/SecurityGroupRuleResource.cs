using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.SecurityGroups;

/// <summary>Security group rules as the API knows them.</summary>
internal static class SecurityGroupRuleResource
{
    public static readonly Resource<SecurityGroupRuleRecord> Declared = new()
    {
        Name = "security_group_rule",
        Collection = "security_group_rules",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("normalized_cidr"), Attribute.ReadOnly("created_at"), Attribute.ReadOnly("updated_at"),
            Attribute.ReadOnly("revision_number"), Attribute.ReadOnly("belongs_to_default_sg"),
            new Attribute("security_group_id", Checks.Uuid).Fixed().Must(),
            new Attribute("direction", Checks.OneOf("ingress", "egress")).Fixed().Must(),
            new Attribute("ethertype", Checks.OrNull(Checks.Text())).Fixed(),
            new Attribute("protocol", Checks.Any).Fixed(),
            new Attribute("port_range_min", Checks.Any).Fixed(),
            new Attribute("port_range_max", Checks.Any).Fixed(),
            new Attribute("remote_ip_prefix", Checks.OrNull(Checks.Text())).Fixed(),
            new Attribute("remote_group_id", Checks.OrNull(Checks.Text())).Fixed(),
            new Attribute("remote_address_group_id", Checks.OrNull(Checks.Text())).Fixed(),
            new Attribute("description", Checks.Text()).Fixed(),
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = SecurityGroupStore.RuleColumns,
            From = "security_group_rules r",
            Id = "r.id",
            Filters = new Dictionary<string, Filter>
            {
                ["id"] = new Filter.Exact("r.id"),
                ["project_id"] = new Filter.Exact("r.project_id"),
                ["tenant_id"] = new Filter.Exact("r.project_id"),
                ["description"] = new Filter.Exact("r.description"),
                ["revision_number"] = new Filter.Whole("r.revision"),
                ["belongs_to_default_sg"] = new Filter.Flag("g.is_default"),
                ["port_range_min"] = new Filter.Whole("r.port_range_min"),
                ["port_range_max"] = new Filter.Whole("r.port_range_max"),
            }.Exact("r", "security_group_id", "direction", "ethertype", "protocol", "remote_ip_prefix", "remote_group_id", "remote_address_group_id"),
            SortKeys = NetworkFilters.SortKeys("r", "security_group_id", "direction", "ethertype", "protocol", "remote_ip_prefix", "remote_group_id")
                .AndBy("r", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = caller => caller.IsAdmin || caller.Roles.Contains("service")
            ? Sql.Raw("1 = 1")
            : new Sql().Add($"r.project_id = {caller.ProjectId} OR g.project_id = {caller.ProjectId}"),
        Read = SecurityGroupStore.ReadRule,
        Complete = (_, _, rules) => rules,
        Id = r => r.Id,
        Target = r =>
        {
            var target = PolicyTarget.OwnedBy(r.ProjectId);
            target["security_group:project_id"] = r.ProjectId;
            target["security_group:tenant_id"] = r.ProjectId;
            return target;
        },
        Write = Write,
        NotFound = NetworkFault.SecurityGroupRuleNotFound,
    };

    public static void Write(Shown shown, SecurityGroupRuleRecord r)
    {
        var normalized = IpNumber.TryCidr(r.RemoteIpPrefix, out var cidr, out _) ? cidr.ToString() : null;
        shown.Text("id", r.Id).Project(r.ProjectId).Text("security_group_id", r.SecurityGroupId).Text("ethertype", r.Ethertype)
            .Text("direction", r.Direction).Text("protocol", r.Protocol).Number("port_range_min", r.PortRangeMin)
            .Number("port_range_max", r.PortRangeMax).Text("remote_ip_prefix", r.RemoteIpPrefix)
            .Text("remote_address_group_id", r.RemoteAddressGroupId).Text("normalized_cidr", normalized)
            .Text("remote_group_id", r.RemoteGroupId).Flag("belongs_to_default_sg", r.BelongsToDefaultGroup)
            .Text("description", r.Description).Text("created_at", TimeText.Seconds(r.CreatedAt))
            .Text("updated_at", TimeText.Seconds(r.UpdatedAt)).Number("revision_number", r.Revision);
    }

    public static void Delete(Removal<SecurityGroupRuleRecord> removal)
    {
        SecurityGroupStore.DeleteRule(removal.Tx, removal.Current.Id);
        SecurityGroupStore.Touch(removal.Tx, removal.Current.SecurityGroupId, removal.Now);
    }
}
