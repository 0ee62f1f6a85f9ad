using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Projects;

/// <summary>/v3/projects: the tree of projects inside a domain.</summary>
internal sealed class ProjectRoutes(IdentityParts parts, IReadOnlyList<Action<Tx, string>> onDelete)
{
    /// <summary>Levels of projects below a domain, Keystone's max_project_tree_depth.</summary>
    private const int MaxDepth = 5;
    private static readonly string[] Defined =
        ["id", "name", "domain_id", "parent_id", "is_domain", "enabled", "description", "tags", "options", "links"];

    private static readonly Shape Tag = Shape.Text(1, 255, "^[^,/]*$", "a tag has 1 to 255 characters without ',' and '/'");
    internal static readonly Shape Tags = Shape.List(Tag, max: 80, unique: true);

    private static readonly Member[] Both =
    [
        Member.May("description", Shape.OrNull(Shape.Text(max: 65535))),
        Member.May("enabled", Shape.StrictFlag),
        Member.May("is_domain", Shape.StrictFlag),
        Member.May("parent_id", Shape.OrNull(Shape.Text(max: 64))),
        Member.May("domain_id", Shape.OrNull(Shape.Text(max: 64))),
        Member.May("tags", Tags),
        Member.May("options", ResourceOptions.Shape),
    ];

    private static readonly Shape Creation = Shape.Object([Member.Must("name", Shape.Name(64)), .. Both]).Open();
    private static readonly Shape Change = Shape.Object([Member.May("name", Shape.Name(64)), .. Both]).Open();

    private static readonly ListQuery Query = new()
    {
        Select = ProjectStore.Select,
        From = "identity_projects p",
        Id = "p.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("name", "p.name"), ("domain_id", "p.domain_id"), ("parent_id", "p.parent_id"))
            .And("enabled", TextFilters.Flag("p.enabled"))
            .And("is_domain", new Filter.Ignored())
            .And("tags", TagFilter("AND", wanted: true)).And("tags-any", TagFilter("OR", wanted: true))
            .And("not-tags", TagFilter("AND", wanted: false)).And("not-tags-any", TagFilter("OR", wanted: false)),
        SortKeys = new Dictionary<string, string> { ["name"] = "p.name", ["id"] = "p.id" },
        DefaultOrder = [("name", false)],
        MarkerNotFound = marker => Fault.NotFound($"Marker {marker} could not be found."),
    };

    private static Filter TagFilter(string word, bool wanted) => new Filter.Custom((values, _) =>
    {
        var all = new Sql();
        foreach (var tag in values.SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!all.IsEmpty) all.Add(Sql.Raw($" {word} "));
            all.Add($"EXISTS (SELECT 1 FROM identity_project_tags t WHERE t.project_id = p.id AND t.name = {tag})");
        }
        if (all.IsEmpty) return null;
        return wanted ? new Sql().Add($"({all})") : new Sql().Add($"NOT ({all})");
    });

    internal static PolicyTarget Target(Project? project) => new()
    {
        ["target.project.id"] = project?.Id,
        ["target.project.domain_id"] = project?.DomainId,
    };

    public Task<Reply> List(ApiRequest request)
    {
        var domain = request.Caller.DomainId;
        request.Authorize(new PolicyTarget { ["target.domain_id"] = domain });
        var isDomain = request.Query["is_domain"].ToString() is { Length: > 0 } asked && TextFilters.IsTrue(asked);
        var visible = new Sql().Add($"p.is_domain = {isDomain}");
        if (domain is not null) visible.Add($" AND p.domain_id = {domain}");
        var (page, tags) = parts.Database.Read(tx =>
        {
            var found = Query.Run(tx, request, visible, ProjectStore.Read);
            return (found, ProjectStore.TagsOf(tx, [.. found.Items.Select(p => p.Id)]));
        });
        return IdentityJson.List(request, "projects", page.Items,
            (json, p) => ProjectJson.Write(json, request, p, [.. tags[p.Id]]), page.HasMore ? page.Items[^1].Id : null);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var id = request[0];
        return parts.Database.Read(tx =>
        {
            var found = ProjectStore.FindAny(tx, id);
            request.Authorize(Target(found));
            var project = found ?? throw IdentityFault.NotFound("project", id);
            var family = ProjectFamily.Read(tx, request, project);
            var tags = ProjectStore.Tags(tx, id);
            return IdentityJson.One(200, "project", json =>
            {
                ProjectJson.Write(json, request, project, tags);
                family.Write(json, request);
            });
        });
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("project", Creation);
        var isDomain = body.GetFlag("is_domain") is true;
        var project = new Project
        {
            Id = IdentityId.New(),
            Name = body.GetText("name")!.Trim(),
            IsDomain = isDomain,
            DomainId = isDomain ? null : ParentDomain(body) ?? CallerDomain.For(request, body),
            ParentId = isDomain ? null : body.GetText("parent_id"),
            Enabled = body.GetFlag("enabled") ?? true,
            Description = body.GetText("description") ?? "",
            Options = ResourceOptions.Merge("{}", body.Get("options")),
            Extra = ExtraMembers.Merge("{}", body, Defined),
        };
        if (!isDomain && project.ParentId is null) project = project with { ParentId = project.DomainId };
        request.Authorize(Target(project));
        if (isDomain && body.GetText("parent_id") is not null)
            throw Fault.BadRequest("Invalid input for field 'parent_id': a project that acts as a domain has no parent; leave it out.");
        var tags = body.GetItems("tags").Select(t => t.GetString()!).Order(StringComparer.Ordinal).ToList();
        await parts.Changes.Write(tx =>
        {
            CheckPlace(tx, project);
            CheckName(tx, project);
            ProjectStore.Insert(tx, project);
            ProjectStore.SetTags(tx, project.Id, tags);
        });
        return IdentityJson.OneNow(201, "project", json => ProjectJson.Write(json, request, project, tags));
    }

    private string? ParentDomain(JsonElement body) =>
        body.GetText("domain_id") is null && body.GetText("parent_id") is { } parent
            ? parts.Database.Read(tx => ProjectStore.FindAny(tx, parent)) is { } above ? above.DomainId ?? above.Id : null
            : null;

    private static void CheckPlace(Tx tx, Project project)
    {
        if (project.IsDomain) return;
        if (ProjectStore.FindDomain(tx, project.DomainId!) is null) throw IdentityFault.NotFound("domain", project.DomainId!);
        var parent = ProjectStore.FindAny(tx, project.ParentId!) ?? throw IdentityFault.NotFound("project", project.ParentId!);
        if ((parent.DomainId ?? parent.Id) != project.DomainId)
            throw Fault.BadRequest($"Cannot create project, since it specifies its domain_id {project.DomainId}, but specifies a parent in a different domain ({parent.DomainId ?? parent.Id}).");
        if (!parent.Enabled)
            throw Fault.Forbidden($"cannot create a project in a branch containing a disabled project: {parent.Id}");
        if (ProjectStore.Ancestors(tx, project).Count >= MaxDepth)
            throw Fault.Forbidden($"Max hierarchy depth reached for {parent.Id} branch.");
    }

    internal static void CheckName(Tx tx, Project project)
    {
        var other = project.IsDomain
            ? ProjectStore.FindDomainByName(tx, project.Name)
            : ProjectStore.FindByName(tx, project.DomainId!, project.Name);
        if (other is null || other.Id == project.Id) return;
        throw IdentityFault.Duplicate("project", project.IsDomain
            ? $"it is not permitted to have two projects acting as domains with the same name: {project.Name}"
            : $"it is not permitted to have two projects with either the same name or same id in the same domain: name is {project.Name}, project id {other.Id}");
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var id = request[0];
        var known = parts.Database.Read(tx => ProjectStore.FindAny(tx, id));
        request.Authorize(Target(known));
        if (known is null) throw IdentityFault.NotFound("project", id);
        var body = await request.Body("project", Change);
        var (project, tags) = await parts.Changes.Write(tx =>
        {
            var before = ProjectStore.FindAny(tx, id) ?? throw IdentityFault.NotFound("project", id);
            var after = Apply(tx, before, body);
            if (body.Get("tags") is not null) ProjectStore.SetTags(tx, id, body.GetItems("tags").Select(t => t.GetString()!));
            if (before.Enabled && !after.Enabled) RevokeFor(tx, after);
            return (after, ProjectStore.Tags(tx, id));
        });
        return IdentityJson.OneNow(200, "project", json => ProjectJson.Write(json, request, project, tags));
    }

    private Project Apply(Tx tx, Project before, JsonElement body)
    {
        ResourceOptions.CheckMutable(before.Options, "project", before.Id, body);
        if (body.Has("domain_id") && body.GetText("domain_id") != before.DomainId)
            throw Fault.BadRequest("Cannot change Domain ID.");
        if (body.GetFlag("is_domain") is { } isDomain && isDomain != before.IsDomain)
            throw Fault.BadRequest("Update of `is_domain` is not allowed.");
        if (body.Has("parent_id") && body.GetText("parent_id") != before.ParentId)
            throw Fault.Forbidden("Update of `parent_id` is not allowed.");
        var after = before with
        {
            Name = body.GetText("name")?.Trim() ?? before.Name,
            Enabled = body.GetFlag("enabled") ?? before.Enabled,
            Description = body.Has("description") ? body.GetText("description") ?? "" : before.Description,
            Options = ResourceOptions.Merge(before.Options, body.Get("options")),
            Extra = ExtraMembers.Merge(before.Extra, body, Defined),
        };
        CheckName(tx, after);
        CheckEnabled(tx, before, after);
        ProjectStore.Update(tx, after);
        return after;
    }

    private static void CheckEnabled(Tx tx, Project before, Project after)
    {
        if (before.Enabled == after.Enabled || after.IsDomain) return;
        if (after.Enabled && ProjectStore.Ancestors(tx, after).Any(p => !p.Enabled))
            throw Fault.Forbidden($"Cannot enable project {after.Id} since it has disabled parents.");
        if (!after.Enabled && ProjectStore.Subtree(tx, after.Id).Any(p => p.Enabled))
            throw Fault.Forbidden($"Cannot disable project {after.Id} since its subtree contains enabled projects.");
    }

    private void RevokeFor(Tx tx, Project project) =>
        Revocations.Add(tx, project.IsDomain ? Revocations.ByDomain : Revocations.ByProject, project.Id, parts.Time.GetUtcNow());

    public async Task<Reply> Delete(ApiRequest request)
    {
        var id = request[0];
        var known = parts.Database.Read(tx => ProjectStore.FindAny(tx, id));
        request.Authorize(Target(known));
        if (known is null) throw IdentityFault.NotFound("project", id);
        await parts.Changes.Write(tx =>
        {
            var project = ProjectStore.FindAny(tx, id) ?? throw IdentityFault.NotFound("project", id);
            ResourceOptions.CheckMutable(project.Options, "project", id);
            if (project.IsDomain)
            {
                DomainRoutes.Delete(tx, project, onDelete);
                return;
            }
            if (ProjectStore.Children(tx, id).Count > 0)
                throw Fault.Forbidden($"Cannot delete the project {id} since it is not a leaf in the hierarchy.");
            ProjectStore.Delete(tx, project);
            foreach (var hook in onDelete) hook(tx, id);
        });
        return Reply.Empty();
    }
}
