using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Projects;

/// <summary>What GET /v3/projects/{id} adds on request: what stands above and below, as a list or as nested ids.</summary>
internal sealed class ProjectFamily
{
    private readonly Project _project;
    private List<(Project Project, IReadOnlyList<string> Tags)>? _parents;
    private List<(Project Project, IReadOnlyList<string> Tags)>? _subtree;
    private List<Project>? _parentIds;
    private List<Project>? _subtreeIds;

    private ProjectFamily(Project project) => _project = project;

    public static ProjectFamily Read(Tx tx, ApiRequest request, Project project)
    {
        var family = new ProjectFamily(project);
        bool Asked(string name) => request.Query.ContainsKey(name);
        if (Asked("parents_as_list") && Asked("parents_as_ids"))
            throw Fault.BadRequest("Cannot use parents_as_list and parents_as_ids query params at the same time.");
        if (Asked("subtree_as_list") && Asked("subtree_as_ids"))
            throw Fault.BadRequest("Cannot use subtree_as_list and subtree_as_ids query params at the same time.");
        if (Asked("parents_as_list")) family._parents = Tagged(tx, Allowed(tx, request, ProjectStore.Ancestors(tx, project)));
        if (Asked("subtree_as_list")) family._subtree = Tagged(tx, Allowed(tx, request, ProjectStore.Subtree(tx, project.Id)));
        if (Asked("parents_as_ids")) family._parentIds = ProjectStore.Ancestors(tx, project);
        if (Asked("subtree_as_ids")) family._subtreeIds = ProjectStore.Subtree(tx, project.Id);
        return family;
    }

    // The lists show whole projects, so only those the caller has a role on.
    private static IEnumerable<Project> Allowed(Tx tx, ApiRequest request, List<Project> projects) => request.Caller.IsAdmin
        ? projects
        : projects.Where(p => AssignmentStore.RolesIn(tx, request.Caller.UserId, new TokenScope.Project(p.Id)).Count > 0);

    private static List<(Project, IReadOnlyList<string>)> Tagged(Tx tx, IEnumerable<Project> projects) =>
        [.. projects.ToList().Select(p => (p, (IReadOnlyList<string>)ProjectStore.Tags(tx, p.Id)))];

    public void Write(Utf8JsonWriter json, ApiRequest request)
    {
        if (_parents is not null) WriteList(json, request, "parents", _parents);
        if (_subtree is not null) WriteList(json, request, "subtree", _subtree);
        if (_parentIds is not null) WriteParentIds(json);
        if (_subtreeIds is not null)
        {
            json.WritePropertyName("subtree");
            WriteBelow(json, _project.Id, _subtreeIds.ToLookup(p => p.ParentId));
        }
    }

    private static void WriteList(Utf8JsonWriter json, ApiRequest request, string name, List<(Project Project, IReadOnlyList<string> Tags)> projects)
    {
        json.WriteStartArray(name);
        foreach (var (project, tags) in projects)
        {
            json.WriteStartObject();
            json.WriteStartObject("project");
            ProjectJson.Write(json, request, project, tags);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteParentIds(Utf8JsonWriter json)
    {
        json.WritePropertyName("parents");
        var ids = _parentIds!.Select(p => p.Id).ToList();
        // The domain stands on top as a parent that itself has none.
        if (_project.DomainId is { } domain) ids.Add(domain);
        foreach (var id in ids)
        {
            json.WriteStartObject();
            json.WritePropertyName(id);
        }
        json.WriteNullValue();
        foreach (var _ in ids) json.WriteEndObject();
    }

    private static void WriteBelow(Utf8JsonWriter json, string id, ILookup<string?, Project> children)
    {
        if (!children[id].Any())
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        foreach (var child in children[id])
        {
            json.WritePropertyName(child.Id);
            WriteBelow(json, child.Id, children);
        }
        json.WriteEndObject();
    }
}
