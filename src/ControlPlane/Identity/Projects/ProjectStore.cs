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

    public static void Update(Tx tx, Project project) => tx.Execute($"""
        UPDATE identity_projects SET name = {project.Name}, enabled = {project.Enabled}, description = {project.Description},
          options = {project.Options}, extra = {project.Extra} WHERE id = {project.Id}
        """);

    public static List<Project> Children(Tx tx, string id) =>
        tx.Query(new Sql().Add(Sql.Raw(Select)).Add($" WHERE p.parent_id = {id} AND p.is_domain = 0 ORDER BY p.name"), Read);

    /// <summary>Everything below, level by level.</summary>
    public static List<Project> Subtree(Tx tx, string id)
    {
        var all = new List<Project>();
        var level = Children(tx, id);
        while (level.Count > 0)
        {
            all.AddRange(level);
            level = [.. level.SelectMany(p => Children(tx, p.Id))];
        }
        return all;
    }

    public static List<string> Tags(Tx tx, string id) =>
        tx.Query($"SELECT name FROM identity_project_tags WHERE project_id = {id} ORDER BY name", row => row.Text());

    public static ILookup<string, string> TagsOf(Tx tx, IReadOnlyCollection<string> ids) =>
        tx.Query($"SELECT project_id, name FROM identity_project_tags WHERE project_id IN {ids} ORDER BY name", row => (Id: row.Text(), Name: row.Text()))
            .ToLookup(t => t.Id, t => t.Name, StringComparer.Ordinal);

    public static void SetTags(Tx tx, string id, IEnumerable<string> tags)
    {
        tx.Execute($"DELETE FROM identity_project_tags WHERE project_id = {id}");
        foreach (var tag in tags.Distinct(StringComparer.Ordinal))
            tx.Execute($"INSERT INTO identity_project_tags (project_id, name) VALUES ({id}, {tag})");
    }

    /// <summary>Takes a project or domain away with what points at it.</summary>
    public static void Delete(Tx tx, Project project)
    {
        var kind = project.IsDomain ? "domain" : "project";
        tx.Execute($"DELETE FROM identity_assignments WHERE target_id = {project.Id} AND target_kind = {kind}");
        tx.Execute($"DELETE FROM identity_project_tags WHERE project_id = {project.Id}");
        tx.Execute($"DELETE FROM identity_credentials WHERE project_id = {project.Id}");
        tx.Execute($"DELETE FROM identity_application_credentials WHERE project_id = {project.Id}");
        tx.Execute($"DELETE FROM identity_trusts WHERE project_id = {project.Id}");
        tx.Execute($"DELETE FROM identity_limits WHERE project_id = {project.Id}");
        tx.Execute($"DELETE FROM identity_project_endpoints WHERE project_id = {project.Id}");
        tx.Execute($"DELETE FROM identity_project_endpoint_groups WHERE project_id = {project.Id}");
        tx.Execute($"UPDATE identity_users SET default_project_id = NULL WHERE default_project_id = {project.Id}");
        tx.Execute($"DELETE FROM identity_projects WHERE id = {project.Id}");
    }
}
