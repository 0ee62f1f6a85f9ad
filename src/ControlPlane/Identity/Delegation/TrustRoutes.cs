using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Delegation;

/// <summary>/v3/OS-TRUST/trusts. Redelegation is not offered: a trust's token makes no further trust.</summary>
internal sealed class TrustRoutes(IdentityParts parts)
{
    private const string What = "trusts";
    private static readonly Shape Creation = Shape.Object(
        Member.Must("trustor_user_id", Shape.Text(1, 64)),
        Member.Must("trustee_user_id", Shape.Text(1, 64)),
        Member.Must("impersonation", Shape.StrictFlag),
        Member.May("project_id", Shape.OrNull(Shape.Text(max: 64))),
        Member.May("remaining_uses", Shape.OrNull(Shape.Integer(1))),
        Member.May("expires_at", Shape.OrNull(Shape.Text())),
        Member.May("allow_redelegation", Shape.OrNull(Shape.StrictFlag)),
        Member.May("redelegated_trust_id", Shape.OrNull(Shape.Text(max: 64))),
        Member.May("redelegation_count", Shape.OrNull(Shape.Integer(0))),
        Member.May("roles", Shape.List(Shape.Object(Member.May("id", Shape.Text(1, 64)), Member.May("name", Shape.Text(1, 255))).Open()))).Open();

    private static PolicyTarget Target(string? trustor, string? trustee) =>
        new() { ["target.trust.trustor_user_id"] = trustor, ["target.trust.trustee_user_id"] = trustee };

    private static void Write(Utf8JsonWriter json, ApiRequest request, Trust trust, IReadOnlyList<Role>? roles)
    {
        json.WriteString("id", trust.Id);
        json.WriteString("trustor_user_id", trust.TrustorUserId);
        json.WriteString("trustee_user_id", trust.TrusteeUserId);
        json.WriteString("project_id", trust.ProjectId);
        json.WriteBoolean("impersonation", trust.Impersonation);
        if (trust.ExpiresAt is { } expires) json.WriteString("expires_at", TimeText.MicrosecondsZ(expires));
        else json.WriteNull("expires_at");
        if (trust.RemainingUses is { } uses) json.WriteNumber("remaining_uses", uses);
        else json.WriteNull("remaining_uses");
        json.WriteNull("deleted_at");
        json.WriteNumber("redelegation_count", 0);
        if (roles is not null) WriteRoles(json, request, trust, roles);
        IdentityJson.WriteSelf(json, request, $"OS-TRUST/trusts/{trust.Id}");
    }

    private static void WriteRoles(Utf8JsonWriter json, ApiRequest request, Trust trust, IReadOnlyList<Role> roles)
    {
        json.WriteStartArray("roles");
        foreach (var role in roles)
        {
            json.WriteStartObject();
            RoleJson.Write(json, request, role);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("roles_links");
        json.WriteString("self", $"{request.ServiceUrl}/v3/OS-TRUST/trusts/{trust.Id}/roles");
        json.WriteNull("next");
        json.WriteNull("previous");
        json.WriteEndObject();
    }

    public Task<Reply> List(ApiRequest request)
    {
        var (trustor, trustee) = (request.Query["trustor_user_id"].ToString(), request.Query["trustee_user_id"].ToString());
        if (trustor.Length > 0) request.AuthorizeInstead("identity:list_trusts_for_trustor", Target(trustor, null));
        else if (trustee.Length > 0) request.AuthorizeInstead("identity:list_trusts_for_trustee", Target(null, trustee));
        else request.Authorize(new PolicyTarget());
        Delegated.RefuseAny(request, What);
        var where = Sql.Raw(" WHERE 1 = 1");
        if (trustor.Length > 0) where.Add($" AND t.trustor_user_id = {trustor}");
        if (trustee.Length > 0) where.Add($" AND t.trustee_user_id = {trustee}");
        var trusts = parts.Database.Read(tx => tx.Query(new Sql().Add(Sql.Raw(TrustStore.Select)).Add(where).Add($" ORDER BY t.id"), TrustStore.Read));
        return IdentityJson.List(request, "trusts", trusts, (json, t) => Write(json, request, t, null));
    }

    private (Trust Trust, List<Role> Roles) Authorized(ApiRequest request)
    {
        var (trust, roles) = parts.Database.Read(tx => TrustStore.Find(tx, request[0]) is { } found && !IsOver(found)
            ? (found, RoleStore.Find(tx, [.. found.RoleIds]))
            : throw IdentityFault.NotFound("trust", request[0]));
        request.Authorize(Target(trust.TrustorUserId, trust.TrusteeUserId));
        Delegated.RefuseAny(request, What);
        return (trust, roles);
    }

    private bool IsOver(Trust trust) => trust.RemainingUses == 0 || trust.ExpiresAt <= parts.Time.GetUtcNow();

    public Task<Reply> Show(ApiRequest request)
    {
        var (trust, roles) = Authorized(request);
        return IdentityJson.One(200, "trust", json => Write(json, request, trust, roles));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("trust", Creation);
        request.Authorize(Target(body.GetText("trustor_user_id"), null));
        Delegated.RefuseAny(request, What);
        if (body.GetText("trustor_user_id") != request.Caller.UserId)
            throw IdentityFault.Forbidden("The authenticated user should match the trustor");
        if (body.GetText("project_id") is not null && !body.GetItems("roles").Any())
            throw IdentityFault.Forbidden("At least one role should be specified");
        if (body.GetFlag("allow_redelegation") is true || body.GetLong("redelegation_count") > 0)
            throw IdentityFault.Forbidden("redelegation of trusts is switched off; leave allow_redelegation and redelegation_count out");
        var expires = TimeInput.Future(body, "expires_at", parts.Time.GetUtcNow());
        var (trust, roles) = await parts.Changes.Write(tx =>
        {
            if (UserStore.Find(tx, body.GetText("trustee_user_id")!) is null)
                throw IdentityFault.NotFound("user", body.GetText("trustee_user_id")!);
            var lent = RolesFor(tx, request, body);
            var made = new Trust
            {
                Id = IdentityId.New(),
                TrustorUserId = request.Caller.UserId,
                TrusteeUserId = body.GetText("trustee_user_id")!,
                ProjectId = body.GetText("project_id"),
                Impersonation = body.GetFlag("impersonation") is true,
                ExpiresAt = expires,
                RemainingUses = body.GetLong("remaining_uses"),
                RoleIds = [.. lent.Select(r => r.Id)],
            };
            TrustStore.Insert(tx, made);
            return (made, lent);
        });
        return IdentityJson.OneNow(201, "trust", json => Write(json, request, trust, roles));
    }

    private static List<Role> RolesFor(Tx tx, ApiRequest request, JsonElement body)
    {
        if (body.GetText("project_id") is not { } project) return [];
        var own = AssignmentStore.RolesIn(tx, request.Caller.UserId, new TokenScope.Project(project));
        var lent = new List<Role>();
        foreach (var role in body.GetItems("roles"))
        {
            var (id, name) = (role.GetText("id"), role.GetText("name"));
            if (id is null && name is null) throw Reference.Missing("id or name", "roles");
            lent.Add(own.Find(r => id is not null ? r.Id == id : r.Name == name) ?? throw IdentityFault.NotFound("role", id ?? name!));
        }
        return [.. lent.DistinctBy(r => r.Id)];
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var (trust, _) = Authorized(request);
        await parts.Changes.Write(tx => TrustStore.Delete(tx, trust.Id));
        return Reply.Empty();
    }

    public Task<Reply> ListRoles(ApiRequest request)
    {
        var (_, roles) = Authorized(request);
        return IdentityJson.List(request, "roles", roles, (json, r) => RoleJson.Write(json, request, r));
    }

    public Task<Reply> ShowRole(ApiRequest request)
    {
        var (_, roles) = Authorized(request);
        var role = roles.Find(r => r.Id == request[1]) ?? throw IdentityFault.NotFound("role", request[1]);
        return IdentityJson.One(200, "role", json => RoleJson.Write(json, request, role));
    }
}
