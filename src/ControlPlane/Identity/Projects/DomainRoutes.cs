using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Projects;

/// <summary>/v3/domains.</summary>
internal sealed class DomainRoutes(IdentityParts parts, IReadOnlyList<Action<Tx, string>> onProjectDelete)
{
    private static readonly string[] Defined =
        ["id", "name", "enabled", "description", "tags", "options", "links", "explicit_domain_id", "is_domain", "domain_id", "parent_id"];

    private static readonly Member[] Both =
    [
        Member.May("description", Shape.OrNull(Shape.Text(max: 65535))),
        Member.May("enabled", Shape.StrictFlag),
        Member.May("tags", ProjectRoutes.Tags),
        Member.May("options", ResourceOptions.Shape),
    ];

    private static readonly Shape Creation = Shape.Object(
        [Member.Must("name", Shape.Name(64)), Member.May("explicit_domain_id", Shape.Text(1, 64)), .. Both]).Open();
    private static readonly Shape Change = Shape.Object([Member.May("name", Shape.Name(64)), .. Both]).Open();

    private static readonly ListQuery Query = new()
    {
        Select = ProjectStore.Select,
        From = "identity_projects p",
        Id = "p.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("name", "p.name")).And("enabled", TextFilters.Flag("p.enabled")),
        SortKeys = new Dictionary<string, string> { ["name"] = "p.name" },
        DefaultOrder = [("name", false)],
    };

    private static PolicyTarget Target(string? id) => new() { ["target.domain.id"] = id };

    public Task<Reply> List(ApiRequest request)
    {
        var own = request.Caller.DomainId;
        request.Authorize(Target(own));
        var visible = new Sql().Add($"p.is_domain = 1");
        if (own is not null) visible.Add($" AND p.id = {own}");
        var (page, tags) = parts.Database.Read(tx =>
        {
            var found = Query.Run(tx, request, visible, ProjectStore.Read);
            return (found, ProjectStore.TagsOf(tx, [.. found.Items.Select(p => p.Id)]));
        });
        return IdentityJson.List(request, "domains", page.Items,
            (json, d) => ProjectJson.WriteDomain(json, request, d, [.. tags[d.Id]]), page.HasMore ? page.Items[^1].Id : null);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var (domain, tags) = parts.Database.Read(tx => (ProjectStore.FindDomain(tx, request[0]), ProjectStore.Tags(tx, request[0])));
        request.Authorize(Target(domain?.Id));
        if (domain is null) throw IdentityFault.NotFound("domain", request[0]);
        return IdentityJson.One(200, "domain", json => ProjectJson.WriteDomain(json, request, domain, tags));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("domain", Creation);
        var domain = new Project
        {
            Id = ExplicitId(body) ?? IdentityId.New(),
            Name = body.GetText("name")!.Trim(),
            IsDomain = true,
            Enabled = body.GetFlag("enabled") ?? true,
            Description = body.GetText("description") ?? "",
            Options = ResourceOptions.Merge("{}", body.Get("options")),
            Extra = ExtraMembers.Merge("{}", body, Defined),
        };
        var tags = body.GetItems("tags").Select(t => t.GetString()!).Order(StringComparer.Ordinal).ToList();
        await parts.Changes.Write(tx =>
        {
            CheckName(tx, domain);
            if (ProjectStore.FindAny(tx, domain.Id) is not null)
                throw IdentityFault.Duplicate("domain", $"Duplicate ID, {domain.Id}");
            ProjectStore.Insert(tx, domain);
            ProjectStore.SetTags(tx, domain.Id, tags);
        });
        return IdentityJson.OneNow(201, "domain", json => ProjectJson.WriteDomain(json, request, domain, tags));
    }

    private static string? ExplicitId(JsonElement body)
    {
        if (body.GetText("explicit_domain_id") is not { } id) return null;
        return Guid.TryParseExact(id, "N", out _) ? id.ToLowerInvariant() : throw Fault.BadRequest("Domain ID does not conform to required UUID format.");
    }

    private static void CheckName(Tx tx, Project domain)
    {
        if (ProjectStore.FindDomainByName(tx, domain.Name) is { } other && other.Id != domain.Id)
            throw IdentityFault.DuplicateName("domain", domain.Name, null);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var id = request[0];
        var body = await request.Body("domain", Change);
        var (domain, tags) = await parts.Changes.Write(tx =>
        {
            var before = ProjectStore.FindDomain(tx, id) ?? throw IdentityFault.NotFound("domain", id);
            ResourceOptions.CheckMutable(before.Options, "domain", id, body);
            var after = before with
            {
                Name = body.GetText("name")?.Trim() ?? before.Name,
                Enabled = body.GetFlag("enabled") ?? before.Enabled,
                Description = body.Has("description") ? body.GetText("description") ?? "" : before.Description,
                Options = ResourceOptions.Merge(before.Options, body.Get("options")),
                Extra = ExtraMembers.Merge(before.Extra, body, Defined),
            };
            CheckName(tx, after);
            ProjectStore.Update(tx, after);
            if (body.Get("tags") is not null) ProjectStore.SetTags(tx, id, body.GetItems("tags").Select(t => t.GetString()!));
            if (before.Enabled && !after.Enabled) Revocations.Add(tx, Revocations.ByDomain, id, parts.Time.GetUtcNow());
            return (after, ProjectStore.Tags(tx, id));
        });
        return IdentityJson.OneNow(200, "domain", json => ProjectJson.WriteDomain(json, request, domain, tags));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var id = request[0];
        await parts.Changes.Write(tx =>
        {
            var domain = ProjectStore.FindDomain(tx, id) ?? throw IdentityFault.NotFound("domain", id);
            ResourceOptions.CheckMutable(domain.Options, "domain", id);
            Delete(tx, domain, onProjectDelete);
        });
        return Reply.Empty();
    }

    /// <summary>A disabled domain goes with everything that lives in it.</summary>
    internal static void Delete(Tx tx, Project domain, IReadOnlyList<Action<Tx, string>> onProjectDelete)
    {
        var id = domain.Id;
        if (id == CallerDomain.DefaultId) throw IdentityFault.Forbidden("delete the default domain");
        if (domain.Enabled) throw IdentityFault.Forbidden("Cannot delete a domain that is enabled, please disable it first.");
        foreach (var user in tx.Query($"SELECT id FROM identity_users WHERE domain_id = {id}", row => row.Text())) UserStore.Delete(tx, user);
        foreach (var group in tx.Query($"SELECT id FROM identity_groups WHERE domain_id = {id}", row => row.Text())) Groups.GroupStore.Delete(tx, group);
        foreach (var role in tx.Query($"SELECT id FROM identity_roles WHERE domain_id = {id}", row => row.Text())) Roles.RoleStore.Delete(tx, role);
        foreach (var project in tx.Query(new Sql().Add(Sql.Raw(ProjectStore.Select)).Add($" WHERE p.domain_id = {id}"), ProjectStore.Read))
        {
            ProjectStore.Delete(tx, project);
            foreach (var hook in onProjectDelete) hook(tx, project.Id);
        }
        tx.Execute($"DELETE FROM identity_domain_config WHERE domain_id = {id}");
        tx.Execute($"DELETE FROM identity_limits WHERE domain_id = {id}");
        ProjectStore.Delete(tx, domain);
    }
}
