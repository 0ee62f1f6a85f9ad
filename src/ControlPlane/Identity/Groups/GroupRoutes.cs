using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Groups;

/// <summary>/v3/groups and who is in them.</summary>
internal sealed class GroupRoutes(IdentityParts parts)
{
    private static readonly string[] Defined = ["id", "name", "domain_id", "description", "links"];
    private static readonly Member[] Both =
        [Member.May("description", Shape.OrNull(Shape.Text(max: 65535))), Member.May("domain_id", Shape.Text(1, 64))];
    private static readonly Shape Creation = Shape.Object([Member.Must("name", Shape.Name(64)), .. Both]).Open();
    private static readonly Shape Change = Shape.Object([Member.May("name", Shape.Name(64)), .. Both]).Open();

    private static readonly ListQuery Query = new()
    {
        Select = GroupStore.Select,
        From = "identity_groups g",
        Id = "g.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("name", "g.name"), ("domain_id", "g.domain_id")),
        SortKeys = new Dictionary<string, string> { ["name"] = "g.name" },
        DefaultOrder = [("name", false)],
    };

    private static readonly ListQuery Members = new()
    {
        Select = UserStore.Select + " JOIN identity_memberships m ON m.user_id = u.id",
        From = "identity_users u JOIN identity_memberships m ON m.user_id = u.id",
        Id = "u.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("name", "u.name"), ("domain_id", "u.domain_id")).And("enabled", TextFilters.Flag("u.enabled"))
            .And("password_expires_at", new Filter.Custom((values, _) => ExpiryFilter.Read(values))),
        SortKeys = new Dictionary<string, string> { ["name"] = "u.name" },
        DefaultOrder = [("name", false)],
    };

    private static PolicyTarget Target(Group? group, User? user = null) => new()
    {
        ["target.group.id"] = group?.Id,
        ["target.group.domain_id"] = group?.DomainId,
        ["target.user.id"] = user?.Id,
        ["target.user.domain_id"] = user?.DomainId,
    };

    private static void Write(Utf8JsonWriter json, ApiRequest request, Group group)
    {
        json.WriteString("id", group.Id);
        json.WriteString("name", group.Name);
        json.WriteString("domain_id", group.DomainId);
        json.WriteString("description", group.Description);
        ExtraMembers.Write(json, group.Extra);
        IdentityJson.WriteSelf(json, request, $"groups/{group.Id}");
    }

    public Task<Reply> List(ApiRequest request)
    {
        var domain = request.Caller.DomainId;
        request.Authorize(new PolicyTarget { ["target.group.domain_id"] = domain });
        var visible = domain is null ? Sql.Raw("1 = 1") : new Sql().Add($"g.domain_id = {domain}");
        return Answer(request, visible);
    }

    /// <summary>GET /v3/users/{id}/groups.</summary>
    public Task<Reply> ListOfUser(ApiRequest request)
    {
        var user = parts.Database.Read(tx => UserStore.Find(tx, request[0]));
        request.Authorize(UserRoutes.Target(user));
        if (user is null) throw IdentityFault.NotFound("user", request[0]);
        return Answer(request, new Sql().Add($"g.id IN (SELECT group_id FROM identity_memberships WHERE user_id = {user.Id})"));
    }

    private Task<Reply> Answer(ApiRequest request, Sql visible)
    {
        var page = parts.Database.Read(tx => Query.Run(tx, request, visible, GroupStore.Read));
        return IdentityJson.List(request, "groups", page.Items, (json, g) => Write(json, request, g), page.HasMore ? page.Items[^1].Id : null);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var group = Authorized(request);
        return IdentityJson.One(200, "group", json => Write(json, request, group));
    }

    private Group Authorized(ApiRequest request)
    {
        var group = parts.Database.Read(tx => GroupStore.Find(tx, request[0]));
        request.Authorize(Target(group));
        return group ?? throw IdentityFault.NotFound("group", request[0]);
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("group", Creation);
        var group = new Group
        {
            Id = IdentityId.New(),
            Name = body.GetText("name")!.Trim(),
            DomainId = CallerDomain.For(request, body),
            Description = body.GetText("description") ?? "",
            Extra = ExtraMembers.Merge("{}", body, Defined),
        };
        request.Authorize(Target(group));
        await parts.Changes.Write(tx =>
        {
            if (ProjectStore.FindDomain(tx, group.DomainId) is null) throw IdentityFault.NotFound("domain", group.DomainId);
            CheckName(tx, group);
            GroupStore.Insert(tx, group);
        });
        return IdentityJson.OneNow(201, "group", json => Write(json, request, group));
    }

    private static void CheckName(Tx tx, Group group)
    {
        if (GroupStore.FindByName(tx, group.DomainId, group.Name) is { } other && other.Id != group.Id)
            throw IdentityFault.DuplicateName("group", group.Name, group.DomainId);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var known = Authorized(request);
        var body = await request.Body("group", Change);
        if (body.GetText("domain_id") is { } domain && domain != known.DomainId) throw Fault.BadRequest("Cannot change Domain ID.");
        var group = await parts.Changes.Write(tx =>
        {
            var before = GroupStore.Find(tx, known.Id) ?? throw IdentityFault.NotFound("group", known.Id);
            var after = before with
            {
                Name = body.GetText("name")?.Trim() ?? before.Name,
                Description = body.Has("description") ? body.GetText("description") ?? "" : before.Description,
                Extra = ExtraMembers.Merge(before.Extra, body, Defined),
            };
            CheckName(tx, after);
            GroupStore.Update(tx, after);
            return after;
        });
        return IdentityJson.OneNow(200, "group", json => Write(json, request, group));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var group = Authorized(request);
        await parts.Changes.Write(tx => GroupStore.Delete(tx, group.Id));
        return Reply.Empty();
    }

    public Task<Reply> ListMembers(ApiRequest request)
    {
        var group = Authorized(request);
        var page = parts.Database.Read(tx => Members.Run(tx, request, new Sql().Add($"m.group_id = {group.Id}"), UserStore.Read));
        return IdentityJson.List(request, "users", page.Items, (json, u) => UserJson.Write(json, request, u), page.HasMore ? page.Items[^1].Id : null);
    }

    public Task<Reply> CheckMember(ApiRequest request)
    {
        var (group, user) = Pair(request);
        if (!parts.Database.Read(tx => GroupStore.IsMember(tx, group.Id, user.Id)))
            throw Fault.NotFound($"User '{user.Id}' not found in group '{group.Id}'");
        return Task.FromResult(Reply.Empty());
    }

    public async Task<Reply> AddMember(ApiRequest request)
    {
        var (group, user) = Pair(request);
        await parts.Changes.Write(tx =>
        {
            if (!GroupStore.IsMember(tx, group.Id, user.Id))
                tx.Execute($"INSERT INTO identity_memberships (user_id, group_id) VALUES ({user.Id}, {group.Id})");
        });
        return Reply.Empty();
    }

    public async Task<Reply> RemoveMember(ApiRequest request)
    {
        var (group, user) = Pair(request);
        await parts.Changes.Write(tx =>
        {
            var gone = tx.Execute($"DELETE FROM identity_memberships WHERE user_id = {user.Id} AND group_id = {group.Id}");
            if (gone == 0) throw Fault.NotFound($"User '{user.Id}' not found in group '{group.Id}'");
        });
        return Reply.Empty();
    }

    private (Group, User) Pair(ApiRequest request)
    {
        var (group, user) = parts.Database.Read(tx => (GroupStore.Find(tx, request[0]), UserStore.Find(tx, request[1])));
        request.Authorize(Target(group, user));
        return (group ?? throw IdentityFault.NotFound("group", request[0]), user ?? throw IdentityFault.NotFound("user", request[1]));
    }
}
