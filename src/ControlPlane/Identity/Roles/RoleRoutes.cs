using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>/v3/roles. A role of a domain is asked about under its own policies.</summary>
internal sealed class RoleRoutes(IdentityParts parts)
{
    private static readonly string[] Defined = ["id", "name", "domain_id", "description", "options", "links"];
    private static readonly Member[] Both =
    [
        Member.May("description", Shape.OrNull(Shape.Text(max: 255))),
        Member.May("domain_id", Shape.OrNull(Shape.Text(max: 64))),
        Member.May("options", ResourceOptions.Shape),
    ];

    private static readonly Shape Creation = Shape.Object([Member.Must("name", Shape.Name()), .. Both]).Open();
    private static readonly Shape Change = Shape.Object([Member.May("name", Shape.Name()), .. Both]).Open();

    private static readonly ListQuery Query = new()
    {
        Select = RoleStore.Select,
        From = "identity_roles r",
        Id = "r.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("name", "r.name"), ("domain_id", "r.domain_id")),
        SortKeys = new Dictionary<string, string> { ["name"] = "r.name" },
        DefaultOrder = [("name", false)],
    };

    internal static PolicyTarget Target(Role? role) => new()
    {
        ["target.role.id"] = role?.Id,
        ["target.role.name"] = role?.Name,
        ["target.role.domain_id"] = role?.DomainId,
    };

    public Task<Reply> List(ApiRequest request)
    {
        var domain = request.Query["domain_id"].ToString();
        Ask(request, domain.Length > 0 ? "identity:list_domain_roles" : null, new PolicyTarget());
        // Without a domain only the roles of the whole cloud are listed.
        var visible = domain.Length > 0 ? new Sql().Add($"r.domain_id = {domain}") : Sql.Raw("r.domain_id IS NULL");
        var page = parts.Database.Read(tx => Query.Run(tx, request, visible, RoleStore.Read));
        return IdentityJson.List(request, "roles", page.Items, (json, r) => RoleJson.Write(json, request, r), page.HasMore ? page.Items[^1].Id : null);
    }

    // The route names the policy for roles of the cloud; one of a domain replaces it.
    private static void Ask(ApiRequest request, string? instead, PolicyTarget target)
    {
        if (instead is null)
        {
            request.Authorize(target);
            return;
        }
        request.AuthorizeInstead(instead, target);
    }

    private Role Authorized(ApiRequest request, string domainPolicy)
    {
        var role = parts.Database.Read(tx => RoleStore.Find(tx, request[0]));
        Ask(request, role?.DomainId is null ? null : domainPolicy, Target(role));
        return role ?? throw IdentityFault.NotFound("role", request[0]);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var role = Authorized(request, "identity:get_domain_role");
        return IdentityJson.One(200, "role", json => RoleJson.Write(json, request, role));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("role", Creation);
        var role = new Role
        {
            Id = IdentityId.New(),
            Name = body.GetText("name")!,
            DomainId = body.GetText("domain_id"),
            Description = body.GetText("description"),
            Options = ResourceOptions.Merge("{}", body.Get("options")),
            Extra = ExtraMembers.Merge("{}", body, Defined),
        };
        Ask(request, role.DomainId is null ? null : "identity:create_domain_role", Target(role));
        await parts.Changes.Write(tx =>
        {
            if (role.DomainId is { } domain && ProjectStore.FindDomain(tx, domain) is null) throw IdentityFault.NotFound("domain", domain);
            CheckName(tx, role);
            RoleStore.Insert(tx, role);
        });
        return IdentityJson.OneNow(201, "role", json => RoleJson.Write(json, request, role));
    }

    private static void CheckName(Tx tx, Role role)
    {
        if (RoleStore.FindByName(tx, role.Name, role.DomainId) is { } other && other.Id != role.Id)
            throw IdentityFault.DuplicateName("role", role.Name, role.DomainId);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var known = Authorized(request, "identity:update_domain_role");
        var body = await request.Body("role", Change);
        if (body.Has("domain_id") && body.GetText("domain_id") != known.DomainId) throw Fault.BadRequest("Cannot change Domain ID.");
        var role = await parts.Changes.Write(tx =>
        {
            var before = RoleStore.Find(tx, known.Id) ?? throw IdentityFault.NotFound("role", known.Id);
            ResourceOptions.CheckMutable(before.Options, "role", before.Id, body);
            var after = before with
            {
                Name = body.GetText("name") ?? before.Name,
                Description = body.Has("description") ? body.GetText("description") : before.Description,
                Options = ResourceOptions.Merge(before.Options, body.Get("options")),
                Extra = ExtraMembers.Merge(before.Extra, body, Defined),
            };
            CheckName(tx, after);
            RoleStore.Update(tx, after);
            return after;
        });
        return IdentityJson.OneNow(200, "role", json => RoleJson.Write(json, request, role));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var known = Authorized(request, "identity:delete_domain_role");
        await parts.Changes.Write(tx =>
        {
            var role = RoleStore.Find(tx, known.Id) ?? throw IdentityFault.NotFound("role", known.Id);
            ResourceOptions.CheckMutable(role.Options, "role", role.Id);
            RoleStore.Delete(tx, role.Id);
        });
        return Reply.Empty();
    }
}
