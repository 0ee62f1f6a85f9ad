using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Delegation;

/// <summary>/v3/users/{id}/application_credentials and /v3/users/{id}/access_rules.</summary>
internal sealed class ApplicationCredentialRoutes(IdentityParts parts)
{
    private const string What = "application credentials";

    private static readonly Shape Rule = Shape.Object(
        Member.May("id", Shape.Text(1, 64)),
        Member.May("service", Shape.Text(1, 255)),
        Member.May("path", Shape.Text(1, 128, "^/", "a path starts with '/'")),
        Member.May("method", Shape.OneOf("POST", "GET", "HEAD", "PATCH", "PUT", "DELETE")));

    private static readonly Shape Creation = Shape.Object(
        Member.Must("name", Shape.Name()),
        Member.May("description", Shape.OrNull(Shape.Text(max: 65535))),
        Member.May("secret", Shape.OrNull(Shape.Text(1, PasswordHash.MaxLength))),
        Member.May("expires_at", Shape.OrNull(Shape.Text())),
        Member.May("project_id", Shape.OrNull(Shape.Text(max: 64))),
        Member.May("unrestricted", Shape.OrNull(Shape.StrictFlag)),
        Member.May("roles", Shape.List(Shape.Object(Member.May("id", Shape.Text(1, 64)), Member.May("name", Shape.Text(1, 255))).Open())),
        Member.May("access_rules", Shape.List(Rule))).Open();

    private static PolicyTarget Owner(string? userId) => new() { ["user_id"] = userId, ["target.user.id"] = userId };

    public Task<Reply> List(ApiRequest request)
    {
        request.Authorize(Owner(request[0]));
        Delegated.Refuse(request, What);
        var name = request.Query["name"].ToString();
        var found = parts.Database.Read(tx =>
        {
            RequireUser(tx, request[0]);
            return ApplicationCredentialStore.OfUser(tx, request[0]).Where(c => name.Length == 0 || c.Name == name)
                .Select(c => (Credential: c, Roles: RoleStore.Find(tx, [.. c.RoleIds]))).ToList();
        });
        return IdentityJson.List(request, "application_credentials", found,
            (json, c) => ApplicationCredentialJson.Write(json, request, c.Credential, c.Roles));
    }

    private static void RequireUser(Tx tx, string id)
    {
        if (UserStore.Find(tx, id) is null) throw IdentityFault.NotFound("user", id);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var credential = Authorized(request);
        var roles = parts.Database.Read(tx => RoleStore.Find(tx, [.. credential.RoleIds]));
        return IdentityJson.One(200, "application_credential", json => ApplicationCredentialJson.Write(json, request, credential, roles));
    }

    // Whose credential it is says its row, not the path in which somebody put it.
    private ApplicationCredential Authorized(ApiRequest request)
    {
        var credential = parts.Database.Read(tx => ApplicationCredentialStore.Find(tx, request[1]));
        request.Authorize(Owner(credential?.UserId ?? request[0]));
        Delegated.Refuse(request, What);
        return credential is not null && credential.UserId == request[0]
            ? credential
            : throw IdentityFault.NotFound("Application Credential", request[1]);
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        request.Authorize(Owner(request[0]));
        Delegated.Refuse(request, What);
        var body = await request.Body("application_credential", Creation);
        var caller = request.Caller;
        if (body.GetText("project_id") is { } project && project != caller.ProjectId)
            throw Fault.BadRequest("Invalid application credential: the project is that of the token; leave project_id out.");
        var secret = body.GetText("secret") ?? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(64));
        var hash = await parts.Passwords.Make(secret, request.Cancel);
        var expires = TimeInput.Future(body, "expires_at", parts.Time.GetUtcNow());
        var (credential, roles) = await parts.Changes.Write(tx =>
        {
            var given = RolesFor(tx, request, body);
            var made = new ApplicationCredential
            {
                Id = IdentityId.New(),
                Name = body.GetText("name")!,
                UserId = caller.UserId,
                ProjectId = request.ProjectId,
                Description = body.GetText("description"),
                SecretHash = hash,
                Unrestricted = body.GetFlag("unrestricted") ?? false,
                ExpiresAt = expires,
                RoleIds = [.. given.Select(r => r.Id)],
                Rules = body.Get("access_rules") is null ? null : [.. body.GetItems("access_rules").Select(r => RuleFor(tx, caller.UserId, r))],
            };
            if (ApplicationCredentialStore.FindByName(tx, made.UserId, made.Name) is not null)
                throw IdentityFault.DuplicateName("application_credential", made.Name, null);
            ApplicationCredentialStore.Insert(tx, made);
            return (made, given);
        });
        return IdentityJson.OneNow(201, "application_credential", json => ApplicationCredentialJson.Write(json, request, credential, roles, secret));
    }

    // Never more than the token itself has.
    private static List<Role> RolesFor(Tx tx, ApiRequest request, JsonElement body)
    {
        var own = AssignmentStore.RolesIn(tx, request.Caller.UserId, new TokenScope.Project(request.ProjectId))
            .Where(r => request.Caller.Roles.Contains(r.Name.ToLowerInvariant())).ToList();
        if (!body.GetItems("roles").Any()) return own;
        var wanted = body.GetItems("roles").Select(r => FindRole(tx, r).Id).ToList();
        var all = AssignmentStore.Expand(tx, wanted);
        if (wanted.Concat(all.Select(r => r.Id)).Any(id => own.All(o => o.Id != id)))
            throw Fault.BadRequest("Invalid application credential: Cannot create an application credential with unassigned role");
        return all;
    }

    private static Role FindRole(Tx tx, JsonElement role)
    {
        if (role.GetText("id") is { } id) return RoleStore.Find(tx, id) ?? throw IdentityFault.NotFound("role", id);
        var name = role.GetText("name") ?? throw Reference.Missing("id or name", "roles");
        return RoleStore.FindByName(tx, name, null) ?? throw IdentityFault.NotFound("role", name);
    }

    private static KeptRule RuleFor(Tx tx, string userId, JsonElement rule)
    {
        if (rule.GetText("id") is { } id)
            return ApplicationCredentialStore.RulesOfUser(tx, userId).Find(k => k.Id == id) ?? throw IdentityFault.NotFound("Access Rule", id);
        if (rule.GetText("service") is not { } service || rule.GetText("path") is not { } path || rule.GetText("method") is not { } method)
            throw Fault.BadRequest("Invalid input for field 'access_rules': a rule has service, path and method, or the id of one that is there.");
        return ApplicationCredentialStore.Keep(tx, userId, new AccessRule(service, path, method));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var credential = Authorized(request);
        await parts.Changes.Write(tx => ApplicationCredentialStore.Delete(tx, credential.Id));
        return Reply.Empty();
    }

    public Task<Reply> ListRules(ApiRequest request)
    {
        request.Authorize(Owner(request[0]));
        var rules = parts.Database.Read(tx =>
        {
            RequireUser(tx, request[0]);
            return ApplicationCredentialStore.RulesOfUser(tx, request[0]);
        });
        return IdentityJson.List(request, "access_rules", rules, (json, r) => WriteRule(json, request, r));
    }

    private static void WriteRule(Utf8JsonWriter json, ApiRequest request, KeptRule rule)
    {
        ApplicationCredentialJson.WriteRule(json, rule);
        IdentityJson.WriteSelf(json, request, $"users/{request[0]}/access_rules/{rule.Id}");
    }

    public Task<Reply> ShowRule(ApiRequest request)
    {
        request.Authorize(Owner(request[0]));
        var rule = parts.Database.Read(tx => FindRule(tx, request));
        return IdentityJson.One(200, "access_rule", json => WriteRule(json, request, rule));
    }

    private static KeptRule FindRule(Tx tx, ApiRequest request) =>
        ApplicationCredentialStore.RulesOfUser(tx, request[0]).Find(k => k.Id == request[1]) ?? throw IdentityFault.NotFound("Access Rule", request[1]);

    public async Task<Reply> DeleteRule(ApiRequest request)
    {
        request.Authorize(Owner(request[0]));
        Delegated.Refuse(request, What);
        await parts.Changes.Write(tx =>
        {
            var rule = FindRule(tx, request);
            if (tx.Exists($"SELECT 1 FROM identity_application_credential_rules WHERE rule_id = {rule.Id}"))
                throw Fault.Forbidden($"You are not authorized to perform the requested action: access rule {rule.Id} is in use by an application credential.");
            tx.Execute($"DELETE FROM identity_access_rules WHERE id = {rule.Id}");
        });
        return Reply.Empty();
    }
}
