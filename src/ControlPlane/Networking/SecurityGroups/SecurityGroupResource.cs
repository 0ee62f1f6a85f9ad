using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Resources;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.SecurityGroups;

/// <summary>Security groups as the API knows them, and their verbs.</summary>
internal static class SecurityGroupResource
{
    public static readonly Resource<SecurityGroupRecord> Declared = new()
    {
        Name = "security_group",
        Collection = "security_groups",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("security_group_rules"), Attribute.ReadOnly("shared"), Attribute.ReadOnly("created_at"),
            Attribute.ReadOnly("updated_at"), Attribute.ReadOnly("revision_number"),
            new Attribute("name", Checks.Text()).Or("\"\""),
            new Attribute("description", Checks.Text()).Or("\"\""),
            new Attribute("stateful", Checks.Flag).Or("true"),
            Attribute.Tags,
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = SecurityGroupStore.Columns,
            From = "security_groups g",
            Id = "g.id",
            Filters = NetworkFilters.For("g").Exact("g", "name").With("stateful", new Filter.Flag("g.stateful"))
                .With("shared", NetworkFilters.SharedWithCaller("security_group", "g.id")),
            SortKeys = NetworkFilters.SortKeys("g", "name", "description").AndBy("g", "stateful", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = SecurityGroupStore.Visible,
        Read = SecurityGroupStore.Read,
        Complete = SecurityGroupStore.Complete,
        Id = g => g.Id,
        Revision = g => g.Revision,
        Target = g => PolicyTarget.OwnedBy(g.ProjectId).AndShared(g.Shared),
        Write = Write,
        NotFound = NetworkFault.SecurityGroupNotFound,
    };

    private static void RefuseDefaultName(string name)
    {
        if (name.Equals(SecurityGroupStore.DefaultName, StringComparison.OrdinalIgnoreCase))
            throw Fault.Conflict("Default security group already exists.", "SecurityGroupDefaultAlreadyExists");
    }

    private static void Write(Shown shown, SecurityGroupRecord g)
    {
        shown.Text("id", g.Id).Text("name", g.Name).Flag("stateful", g.Stateful).Project(g.ProjectId).Flag("shared", g.Shared)
            .Items("security_group_rules", g.Rules, (json, rule) =>
            {
                json.WriteStartObject();
                SecurityGroupRuleResource.Write(new Shown(json, static _ => true), rule);
                json.WriteEndObject();
            })
            .Standard(g.Description, g.Tags, g.CreatedAt, g.UpdatedAt, g.Revision);
    }

    public static SecurityGroupRecord Create(Creation creation)
    {
        var tx = creation.Tx;
        RefuseDefaultName(creation.Text("name"));
        SecurityGroupStore.EnsureDefault(tx, creation.ProjectId, creation.Now);
        QuotaStore.Claim(tx, creation.ProjectId, "security_group");
        var group = new SecurityGroupRecord
        {
            Id = creation.NewId,
            ProjectId = creation.ProjectId,
            Name = creation.Text("name"),
            Description = creation.Text("description"),
            Stateful = creation.Flag("stateful", true),
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
        };
        SecurityGroupStore.Insert(tx, group);
        SecurityGroupStore.InsertFirstRules(tx, group, creation.Now);
        TagStore.Replace(tx, group.Id, creation.Body.GetItems("tags").Select(t => t.GetString()!));
        return group;
    }

    public static SecurityGroupRecord Update(Change<SecurityGroupRecord> change)
    {
        var current = change.Current;
        if (current.IsDefault && change.Has("name"))
            throw Fault.Conflict("Updating default security group not allowed.", "SecurityGroupCannotUpdateDefault");
        if (change.Has("name")) RefuseDefaultName(change.Text("name", ""));
        var stateful = change.Flag("stateful", current.Stateful);
        if (stateful != current.Stateful && InUse(change.Tx, current.Id))
            throw Fault.Conflict($"Security Group {current.Id} in use.", "SecurityGroupInUse");
        SecurityGroupStore.Update(change.Tx, current with
        {
            Name = change.Text("name", current.Name),
            Description = change.Text("description", current.Description),
            Stateful = stateful,
            UpdatedAt = change.Now,
        });
        return current;
    }

    public static void Delete(Removal<SecurityGroupRecord> removal)
    {
        var group = removal.Current;
        if (group.IsDefault && !removal.Request.Caller.IsAdmin)
            throw Fault.Conflict("Insufficient rights for removing default security group.", "SecurityGroupCannotRemoveDefault");
        if (InUse(removal.Tx, group.Id)) throw Fault.Conflict($"Security Group {group.Id} in use.", "SecurityGroupInUse");
        SecurityGroupStore.Delete(removal.Tx, group.Id);
    }

    private static bool InUse(Store.Tx tx, string id) =>
        tx.Exists($"SELECT 1 FROM port_security_groups WHERE security_group_id = {id}");
}
