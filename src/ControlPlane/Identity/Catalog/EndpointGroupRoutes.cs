using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Catalog;

/// <summary>A filter over endpoints, as a JSON object of service_id, region_id and interface.</summary>
internal sealed record EndpointGroup(string Id, string Name, string? Description, string Filters);

/// <summary>/v3/OS-EP-FILTER/endpoint_groups and which projects see them.</summary>
internal sealed class EndpointGroupRoutes(IdentityParts parts)
{
    private const string Select = "SELECT g.id, g.name, g.description, g.filters FROM identity_endpoint_groups g";
    private static readonly Shape Filters = Shape.Object(
        Member.May("service_id", Shape.Text(1, 64)), Member.May("region_id", Shape.Text(1, 255)), Member.May("interface", Shape.OneOf("public", "internal", "admin")));
    private static readonly Member Description = Member.May("description", Shape.OrNull(Shape.Text(max: 65535)));
    private static readonly Shape Creation = Shape.Object(Member.Must("name", Shape.Name()), Member.Must("filters", Filters), Description).Open();
    private static readonly Shape Change = Shape.Object(Member.May("name", Shape.Name()), Member.May("filters", Filters), Description).Open();

    internal static EndpointGroup Read(Row row) => new(row.Text(), row.Text(), row.TextOrNull(), row.Text());

    private static EndpointGroup Need(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE g.id = {id}"), Read) ?? throw IdentityFault.NotFound("Endpoint Group", id);

    private static void Write(Utf8JsonWriter json, ApiRequest request, EndpointGroup group)
    {
        json.WriteString("id", group.Id);
        json.WriteString("name", group.Name);
        json.WriteString("description", group.Description);
        json.WritePropertyName("filters");
        json.WriteRawValue(group.Filters);
        IdentityJson.WriteSelf(json, request, $"OS-EP-FILTER/endpoint_groups/{group.Id}");
    }

    /// <summary>The endpoints that a group's filter lets through.</summary>
    internal static Sql Matching(string filters)
    {
        using var json = JsonDocument.Parse(filters);
        var where = Sql.Raw("1 = 1");
        if (json.RootElement.GetText("service_id") is { } service) where.Add($" AND e.service_id = {service}");
        if (json.RootElement.GetText("region_id") is { } region) where.Add($" AND e.region_id = {region}");
        if (json.RootElement.GetText("interface") is { } kind) where.Add($" AND e.interface = {kind}");
        return where;
    }

    public Task<Reply> List(ApiRequest request)
    {
        var name = request.Query["name"].ToString();
        var found = parts.Database.Read(tx => tx.Query(Sql.Raw(Select + " ORDER BY g.name, g.id"), Read));
        if (name.Length > 0) found.RemoveAll(g => g.Name != name);
        return IdentityJson.List(request, "endpoint_groups", found, (json, g) => Write(json, request, g));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var group = parts.Database.Read(tx => Need(tx, request[0]));
        return IdentityJson.One(200, "endpoint_group", json => Write(json, request, group));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("endpoint_group", Creation);
        var group = new EndpointGroup(IdentityId.New(), body.GetText("name")!, body.GetText("description"), body.GetProperty("filters").GetRawText());
        await parts.Changes.Write(tx => tx.Execute($"""
            INSERT INTO identity_endpoint_groups (id, name, description, filters) VALUES ({group.Id}, {group.Name}, {group.Description}, {group.Filters})
            """));
        return IdentityJson.OneNow(201, "endpoint_group", json => Write(json, request, group));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("endpoint_group", Change);
        var group = await parts.Changes.Write(tx =>
        {
            var before = Need(tx, request[0]);
            var after = before with
            {
                Name = body.GetText("name") ?? before.Name,
                Description = body.Has("description") ? body.GetText("description") : before.Description,
                Filters = body.Get("filters") is { } filters ? ExtraMembers.Merge(before.Filters, filters, []) : before.Filters,
            };
            tx.Execute($"UPDATE identity_endpoint_groups SET name = {after.Name}, description = {after.Description}, filters = {after.Filters} WHERE id = {after.Id}");
            return after;
        });
        return IdentityJson.OneNow(200, "endpoint_group", json => Write(json, request, group));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var group = Need(tx, request[0]);
            tx.Execute($"DELETE FROM identity_project_endpoint_groups WHERE endpoint_group_id = {group.Id}");
            tx.Execute($"DELETE FROM identity_endpoint_groups WHERE id = {group.Id}");
        });
        return Reply.Empty();
    }

    public Task<Reply> ListEndpoints(ApiRequest request)
    {
        var found = parts.Database.Read(tx =>
            tx.Query(new Sql().Add(Sql.Raw(EndpointRoutes.Select)).Add($" WHERE {Matching(Need(tx, request[0]).Filters)} ORDER BY e.id"), EndpointRoutes.Read));
        return IdentityJson.List(request, "endpoints", found, (json, e) => EndpointRoutes.Write(json, request, e));
    }

    public Task<Reply> ListProjects(ApiRequest request)
    {
        var found = parts.Database.Read(tx => tx.Query(new Sql().Add(Sql.Raw(ProjectStore.Select)).Add($"""
             JOIN identity_project_endpoint_groups a ON a.project_id = p.id WHERE a.endpoint_group_id = {Need(tx, request[0]).Id} ORDER BY p.name
            """), ProjectStore.Read));
        return IdentityJson.List(request, "projects", found, (json, p) => ProjectJson.Write(json, request, p, []));
    }

    /// <summary>GET /v3/OS-EP-FILTER/projects/{id}/endpoint_groups.</summary>
    public Task<Reply> ListOfProject(ApiRequest request)
    {
        var found = parts.Database.Read(tx =>
        {
            if (ProjectStore.FindAny(tx, request[0]) is null) throw IdentityFault.NotFound("project", request[0]);
            return OfProject(tx, request[0]);
        });
        return IdentityJson.List(request, "endpoint_groups", found, (json, g) => Write(json, request, g));
    }

    internal static List<EndpointGroup> OfProject(Tx tx, string projectId) => tx.Query(new Sql().Add(Sql.Raw(Select)).Add($"""
         JOIN identity_project_endpoint_groups a ON a.endpoint_group_id = g.id WHERE a.project_id = {projectId} ORDER BY g.name, g.id
        """), Read);

    public Task<Reply> ShowProject(ApiRequest request)
    {
        var project = parts.Database.Read(tx =>
        {
            var (group, found) = Pair(tx, request);
            return IsAssociated(tx, group, found) ? found : throw NotAssociated();
        });
        return IdentityJson.One(200, "project", json => ProjectJson.Write(json, request, project, []));
    }

    private static Fault NotAssociated() => Fault.NotFound("Endpoint Group Project Association not found");

    private static bool IsAssociated(Tx tx, EndpointGroup group, Project project) => tx.Exists(
        $"SELECT 1 FROM identity_project_endpoint_groups WHERE project_id = {project.Id} AND endpoint_group_id = {group.Id}");

    private static (EndpointGroup, Project) Pair(Tx tx, ApiRequest request) =>
        (Need(tx, request[0]), ProjectStore.FindAny(tx, request[1]) ?? throw IdentityFault.NotFound("project", request[1]));

    public async Task<Reply> AddProject(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var (group, project) = Pair(tx, request);
            if (IsAssociated(tx, group, project)) return;
            tx.Execute($"INSERT INTO identity_project_endpoint_groups (project_id, endpoint_group_id) VALUES ({project.Id}, {group.Id})");
        });
        return Reply.Empty();
    }

    public async Task<Reply> RemoveProject(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var gone = tx.Execute($"DELETE FROM identity_project_endpoint_groups WHERE project_id = {request[1]} AND endpoint_group_id = {request[0]}");
            if (gone == 0) throw NotAssociated();
        });
        return Reply.Empty();
    }
}
