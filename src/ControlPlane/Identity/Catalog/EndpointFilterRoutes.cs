using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Catalog;

/// <summary>/v3/OS-EP-FILTER: a project with endpoints of its own sees only these in its tokens' catalog.</summary>
internal sealed class EndpointFilterRoutes(IdentityParts parts)
{
    /// <summary>The endpoints a project is limited to; null where it sees all.</summary>
    public static HashSet<string>? Visible(Tx tx, string projectId)
    {
        var direct = tx.Query($"SELECT endpoint_id FROM identity_project_endpoints WHERE project_id = {projectId}", row => row.Text());
        var groups = EndpointGroupRoutes.OfProject(tx, projectId);
        if (direct.Count == 0 && groups.Count == 0) return null;
        var all = direct.ToHashSet(StringComparer.Ordinal);
        foreach (var group in groups)
            all.UnionWith(tx.Query(new Sql().Add($"SELECT e.id FROM identity_endpoints e WHERE {EndpointGroupRoutes.Matching(group.Filters)}"), row => row.Text()));
        return all;
    }

    public Task<Reply> ListEndpoints(ApiRequest request)
    {
        var found = parts.Database.Read(tx =>
        {
            if (ProjectStore.FindAny(tx, request[0]) is null) throw IdentityFault.NotFound("project", request[0]);
            var ids = Visible(tx, request[0]) ?? [];
            return tx.Query(new Sql().Add(Sql.Raw(EndpointRoutes.Select)).Add($" WHERE e.id IN {ids} ORDER BY e.id"), EndpointRoutes.Read);
        });
        return IdentityJson.List(request, "endpoints", found, (json, e) => EndpointRoutes.Write(json, request, e));
    }

    public Task<Reply> ListProjects(ApiRequest request)
    {
        var found = parts.Database.Read(tx =>
        {
            if (EndpointRoutes.Find(tx, request[0]) is null) throw IdentityFault.NotFound("endpoint", request[0]);
            var projects = tx.Query(new Sql().Add(Sql.Raw(ProjectStore.Select)).Add($"""
                 WHERE p.id IN (SELECT project_id FROM identity_project_endpoints) OR p.id IN (SELECT project_id FROM identity_project_endpoint_groups)
                ORDER BY p.name
                """), ProjectStore.Read);
            return projects.FindAll(p => Visible(tx, p.Id)?.Contains(request[0]) is true);
        });
        return IdentityJson.List(request, "projects", found, (json, p) => ProjectJson.Write(json, request, p, []));
    }

    private static (string Project, string Endpoint) Pair(Tx tx, ApiRequest request) =>
        (ProjectStore.FindAny(tx, request[0])?.Id ?? throw IdentityFault.NotFound("project", request[0]),
            EndpointRoutes.Find(tx, request[1])?.Id ?? throw IdentityFault.NotFound("endpoint", request[1]));

    private static bool IsAssociated(Tx tx, string project, string endpoint) =>
        tx.Exists($"SELECT 1 FROM identity_project_endpoints WHERE project_id = {project} AND endpoint_id = {endpoint}");

    private static Fault NotAssociated(string project, string endpoint) =>
        Fault.NotFound($"Endpoint {endpoint} not found in project {project}");

    public Task<Reply> Check(ApiRequest request) => parts.Database.Read(tx =>
    {
        var (project, endpoint) = Pair(tx, request);
        return IsAssociated(tx, project, endpoint) ? Task.FromResult(Reply.Empty()) : throw NotAssociated(project, endpoint);
    });

    public async Task<Reply> Add(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var (project, endpoint) = Pair(tx, request);
            if (!IsAssociated(tx, project, endpoint))
                tx.Execute($"INSERT INTO identity_project_endpoints (project_id, endpoint_id) VALUES ({project}, {endpoint})");
        });
        return Reply.Empty();
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var (project, endpoint) = Pair(tx, request);
            if (tx.Execute($"DELETE FROM identity_project_endpoints WHERE project_id = {project} AND endpoint_id = {endpoint}") == 0)
                throw NotAssociated(project, endpoint);
        });
        return Reply.Empty();
    }
}
