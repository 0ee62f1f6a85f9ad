using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Projects;

/// <summary>Projects and domains in SQL.</summary>
internal static class ProjectStore
{
    internal const string Select =
        "SELECT p.id, p.name, p.domain_id, p.parent_id, p.is_domain, p.enabled, p.description, p.options, p.extra FROM identity_projects p";

    public static Project Read(Row row) => new()
    {
        Id = row.Text(),
        Name = row.Text(),
        DomainId = row.TextOrNull(),
        ParentId = row.TextOrNull(),
        IsDomain = row.Flag(),
        Enabled = row.Flag(),
        Description = row.Text(),
        Options = row.Text(),
        Extra = row.Text(),
    };

    /// <summary>A project or a domain.</summary>
    public static Project? FindAny(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE p.id = {id}"), Read);

    public static Project? FindDomain(Tx tx, string id) => FindAny(tx, id) is { IsDomain: true } domain ? domain : null;

    public static Project? FindDomainByName(Tx tx, string name) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE p.is_domain = 1 AND p.name = {name}"), Read);

    public static Project? FindByName(Tx tx, string domainId, string name) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE p.is_domain = 0 AND p.domain_id = {domainId} AND p.name = {name}"), Read);

    /// <summary>The projects above one, nearest first, without the domain.</summary>
    public static List<Project> Ancestors(Tx tx, Project project)
    {
        var ancestors = new List<Project>();
        var above = project.ParentId;
        while (above is not null && FindAny(tx, above) is { IsDomain: false } parent)
        {
            ancestors.Add(parent);
            above = parent.ParentId;
        }
        return ancestors;
    }

    public static void Insert(Tx tx, Project project) => tx.Execute($"""
        INSERT INTO identity_projects (id, name, domain_id, parent_id, is_domain, enabled, description, options, extra)
        VALUES ({project.Id}, {project.Name}, {project.DomainId}, {project.ParentId}, {project.IsDomain}, {project.Enabled},
          {project.Description}, {project.Options}, {project.Extra})
        """);
}
