using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Users;

/// <summary>/v3/users.</summary>
internal sealed class UserRoutes(IdentityParts parts, PasswordChange passwordChange, Login login)
{
    private static readonly string[] Defined =
        ["id", "name", "domain_id", "enabled", "default_project_id", "password", "original_password", "options", "links", "password_expires_at", "federated"];

    private static readonly Shape Options = Shape.Object(
        Member.May("ignore_change_password_upon_first_use", Shape.OrNull(Shape.StrictFlag)),
        Member.May("ignore_password_expiry", Shape.OrNull(Shape.StrictFlag)),
        Member.May("ignore_lockout_failure_attempts", Shape.OrNull(Shape.StrictFlag)),
        Member.May("ignore_user_inactivity", Shape.OrNull(Shape.StrictFlag)),
        Member.May("lock_password", Shape.OrNull(Shape.StrictFlag)),
        Member.May("multi_factor_auth_enabled", Shape.OrNull(Shape.StrictFlag)),
        Member.May("multi_factor_auth_rules", Shape.OrNull(Shape.List(Shape.List(Shape.Text(1))))));

    private static readonly Member[] Both =
    [
        Member.May("description", Shape.OrNull(Shape.Text(max: 65535))),
        Member.May("default_project_id", Shape.OrNull(Shape.Text(max: 64))),
        Member.May("enabled", Shape.StrictFlag),
        Member.May("federated", Shape.List(Shape.AnyObject)),
        Member.May("password", Shape.OrNull(Shape.Text(max: int.MaxValue))),
        Member.May("options", Options),
    ];

    private static readonly Shape Creation = Shape.Object(
        [Member.Must("name", Shape.Name()), Member.May("domain_id", Shape.Text(1, 64)), .. Both]).Open();
    private static readonly Shape Change = Shape.Object(
        [Member.May("name", Shape.Name()), Member.May("domain_id", Shape.Text(1, 64)), .. Both]).Open();
    private static readonly Shape NewPassword = Shape.Object(
        Member.Must("original_password", Shape.Text(max: int.MaxValue)), Member.Must("password", Shape.Text(max: int.MaxValue)));

    private static readonly ListQuery Query = new()
    {
        Select = UserStore.Select,
        From = "identity_users u",
        Id = "u.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("name", "u.name"), ("domain_id", "u.domain_id"), ("id", "u.id"))
            .And("enabled", TextFilters.Flag("u.enabled"))
            .And("password_expires_at", new Filter.Custom((values, _) => ExpiryFilter.Read(values)))
            .And("idp_id", new Filter.Custom((_, _) => Sql.Raw("1 = 0")))
            .And("unique_id", new Filter.Custom((_, _) => Sql.Raw("1 = 0")))
            .And("protocol_id", new Filter.Custom((_, _) => Sql.Raw("1 = 0"))),
        SortKeys = new Dictionary<string, string> { ["name"] = "u.name" },
        DefaultOrder = [("name", false)],
        MarkerNotFound = marker => Fault.NotFound($"Marker {marker} could not be found."),
    };

    internal static PolicyTarget Target(User? user) => new()
    {
        ["target.user.id"] = user?.Id,
        ["target.user.domain_id"] = user?.DomainId,
        ["user_id"] = user?.Id,
    };

    public Task<Reply> List(ApiRequest request)
    {
        var domain = request.Caller.DomainId;
        request.Authorize(new PolicyTarget { ["target.domain_id"] = domain });
        var visible = domain is null ? Sql.Raw("1 = 1") : new Sql().Add($"u.domain_id = {domain}");
        var page = parts.Database.Read(tx => Query.Run(tx, request, visible, UserStore.Read));
        return IdentityJson.List(request, "users", page.Items, (json, u) => UserJson.Write(json, request, u), page.HasMore ? page.Items[^1].Id : null);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var user = Authorized(request);
        return IdentityJson.One(200, "user", json => UserJson.Write(json, request, user));
    }

    /// <summary>The user of the path; 403 comes before 404, so that nobody finds out who there is.</summary>
    private User Authorized(ApiRequest request)
    {
        var user = parts.Database.Read(tx => UserStore.Find(tx, request[0]));
        request.Authorize(Target(user));
        return user ?? throw IdentityFault.NotFound("user", request[0]);
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("user", Creation);
        var user = new User
        {
            Id = IdentityId.New(),
            Name = body.GetText("name")!.Trim(),
            DomainId = CallerDomain.For(request, body),
            DefaultProjectId = body.GetText("default_project_id"),
            Enabled = body.GetFlag("enabled") ?? true,
            Options = ResourceOptions.Merge("{}", body.Get("options")),
            Extra = ExtraMembers.Merge("{}", body, Defined),
            CreatedAt = parts.Time.GetUtcNow(),
        };
        request.Authorize(Target(user));
        var hash = await Hash(body, request.Cancel);
        user = await parts.Changes.Write(tx =>
        {
            if (ProjectStore.FindDomain(tx, user.DomainId) is null) throw IdentityFault.NotFound("domain", user.DomainId);
            CheckName(tx, user);
            CheckDefaultProject(user.DefaultProjectId, tx);
            UserStore.Insert(tx, user);
            if (hash is not null)
                UserStore.SetPassword(tx, user.Id, hash, user.CreatedAt, passwordChange.Expiry(user, user.CreatedAt, selfService: false), selfService: false);
            return UserStore.Find(tx, user.Id)!;
        });
        return IdentityJson.OneNow(201, "user", json => UserJson.Write(json, request, user));
    }

    private async Task<string?> Hash(JsonElement body, CancellationToken cancel)
    {
        if (body.GetText("password") is not { } password) return null;
        passwordChange.CheckForm(password);
        return await parts.Passwords.Make(password, cancel);
    }

    private static void CheckName(Tx tx, User user)
    {
        if (UserStore.FindByName(tx, user.DomainId, user.Name) is { } other && other.Id != user.Id)
            throw IdentityFault.DuplicateName("user", user.Name, user.DomainId);
    }

    private static void CheckDefaultProject(string? id, Tx tx)
    {
        if (id is not null && ProjectStore.FindDomain(tx, id) is not null)
            throw Fault.BadRequest($"User's default project ID cannot be a domain ID: {id}");
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var known = Authorized(request);
        var body = await request.Body("user", Change);
        if (body.GetText("domain_id") is { } domain && domain != known.DomainId) throw Fault.BadRequest("Cannot change Domain ID.");
        var hash = await Hash(body, request.Cancel);
        var user = await parts.Changes.Write(tx =>
        {
            var before = UserStore.Find(tx, known.Id) ?? throw IdentityFault.NotFound("user", known.Id);
            var after = before with
            {
                Name = body.GetText("name")?.Trim() ?? before.Name,
                DefaultProjectId = body.Has("default_project_id") ? body.GetText("default_project_id") : before.DefaultProjectId,
                Enabled = body.GetFlag("enabled") ?? before.Enabled,
                Options = ResourceOptions.Merge(before.Options, body.Get("options")),
                Extra = ExtraMembers.Merge(before.Extra, body, Defined),
            };
            CheckName(tx, after);
            if (after.DefaultProjectId != before.DefaultProjectId) CheckDefaultProject(after.DefaultProjectId, tx);
            UserStore.Update(tx, after);
            if (hash is not null) passwordChange.Set(tx, after, hash, selfService: false);
            if (before.Enabled && !after.Enabled) Revocations.Add(tx, Revocations.ByUser, after.Id, parts.Time.GetUtcNow());
            return UserStore.Find(tx, after.Id)!;
        });
        return IdentityJson.OneNow(200, "user", json => UserJson.Write(json, request, user));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var user = Authorized(request);
        await parts.Changes.Write(tx =>
        {
            if (UserStore.Find(tx, user.Id) is null) throw IdentityFault.NotFound("user", user.Id);
            UserStore.Delete(tx, user.Id);
            Revocations.Add(tx, Revocations.ByUser, user.Id, parts.Time.GetUtcNow());
        });
        return Reply.Empty();
    }

    /// <summary>POST /v3/users/{id}/password: who knows the old one may set a new one, with or without a token.</summary>
    public async Task<Reply> ChangePassword(ApiRequest request)
    {
        var body = await request.Body("user", NewPassword);
        var known = parts.Database.Read(tx => UserStore.Find(tx, request[0]));
        var user = await login.Prove(known, body.GetText("original_password")!, allowExpired: true, request.Cancel);
        var password = body.GetText("password")!;
        passwordChange.CheckForm(password);
        if (ResourceOptions.IsOn(user.Options, "lock_password"))
            throw Fault.BadRequest("You cannot change your password at this time due to password policy disallowing password changes. Please contact your administrator to reset your password.");
        await passwordChange.CheckHistory(user.Id, password, request.Cancel);
        var hash = await parts.Passwords.Make(password, request.Cancel);
        await parts.Changes.Write(tx =>
        {
            var now = UserStore.Find(tx, user.Id) ?? throw Fault.Unauthorized();
            // Somebody else was faster with the same old password.
            if (now.PasswordHash != user.PasswordHash) throw Fault.Unauthorized();
            passwordChange.CheckAge(tx, user.Id);
            passwordChange.Set(tx, now, hash, selfService: true);
        });
        return Reply.Empty();
    }
}
