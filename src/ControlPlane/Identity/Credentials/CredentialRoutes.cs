using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Delegation;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;

namespace Cumulet.ControlPlane.Identity.Credentials;

/// <summary>/v3/credentials: everybody's own; an administrator's view of all.</summary>
internal sealed class CredentialRoutes(IdentityParts parts, CredentialStore store)
{
    private const string What = "credentials";
    private static readonly string[] Defined = ["id", "user_id", "project_id", "type", "blob", "links"];
    private static readonly Member[] Both =
        [Member.May("project_id", Shape.OrNull(Shape.Text(max: 64)))];

    private static readonly Shape Creation = Shape.Object(
        [Member.Must("blob", Shape.Text(1, 65535)), Member.Must("type", Shape.Text(1, 255)), Member.Must("user_id", Shape.Text(1, 64)), Member.May("id", Shape.OrNull(Shape.Text(max: 64))), .. Both]).Open();
    private static readonly Shape Change = Shape.Object(
        [Member.May("blob", Shape.Text(1, 65535)), Member.May("type", Shape.Text(1, 255)), Member.May("user_id", Shape.Text(1, 64)), .. Both]).Open();

    private static PolicyTarget Target(string? userId) => new() { ["target.credential.user_id"] = userId };

    private static void Write(Utf8JsonWriter json, ApiRequest request, Credential credential)
    {
        json.WriteString("id", credential.Id);
        json.WriteString("user_id", credential.UserId);
        json.WriteString("type", credential.Type);
        json.WriteString("blob", credential.Blob);
        json.WriteString("project_id", credential.ProjectId);
        ExtraMembers.Write(json, credential.Extra);
        IdentityJson.WriteSelf(json, request, $"credentials/{credential.Id}");
    }

    public Task<Reply> List(ApiRequest request)
    {
        request.Authorize(Target(request.Caller.SystemScope ? null : request.Caller.UserId));
        Delegated.Refuse(request, What);
        string? Text(string name) => request.Query[name].ToString() is { Length: > 0 } value ? value : null;
        var found = parts.Database.Read(tx => store.List(tx, Text("user_id"), Text("type")));
        found.RemoveAll(c => !request.Allows("identity:get_credential", Target(c.UserId))
            || (request.Caller.IsDelegated && c.ProjectId != request.Caller.ProjectId));
        return IdentityJson.List(request, "credentials", found, (json, c) => Write(json, request, c));
    }

    private Credential Authorized(ApiRequest request)
    {
        var credential = parts.Database.Read(tx => store.Find(tx, request[0]));
        request.Authorize(Target(credential?.UserId));
        Delegated.Refuse(request, What);
        if (credential is null) throw IdentityFault.NotFound("credential", request[0]);
        Delegated.RefuseOther(request, credential.ProjectId);
        return credential;
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var credential = Authorized(request);
        return IdentityJson.One(200, "credential", json => Write(json, request, credential));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("credential", Creation);
        var made = new Credential(IdentityId.New(), body.GetText("user_id")!, body.GetText("project_id"), body.GetText("type")!,
            body.GetText("blob")!, ExtraMembers.Merge("{}", body, Defined));
        request.Authorize(Target(made.UserId));
        Delegated.Refuse(request, What);
        Delegated.RefuseOther(request, made.ProjectId);
        if (IsEc2(made)) made = Ec2(made, request.Caller.ApplicationCredentialId);
        await parts.Changes.Write(tx =>
        {
            if (UserStore.Find(tx, made.UserId) is null) throw IdentityFault.NotFound("user", made.UserId);
            if (made.ProjectId is { } project && ProjectStore.FindAny(tx, project) is null) throw IdentityFault.NotFound("project", project);
            if (store.Find(tx, made.Id) is not null) throw IdentityFault.Duplicate("credential", $"Duplicate entry found with ID {made.Id}");
            store.Insert(tx, made);
        });
        return IdentityJson.OneNow(201, "credential", json => Write(json, request, made));
    }

    private static bool IsEc2(Credential credential) => credential.Type.Equals("ec2", StringComparison.OrdinalIgnoreCase);

    // EC2 keys made through a delegation stay bound to it: the blob remembers which.
    private static Credential Ec2(Credential made, string? applicationCredential)
    {
        if (made.ProjectId is null) throw Reference.Missing("project_id", "credential");
        var blob = Ec2Blob.Read(made.Blob);
        return made with { Id = CredentialStore.Ec2Id(blob.Access), Blob = applicationCredential is null ? made.Blob : blob.BoundTo(applicationCredential) };
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var known = Authorized(request);
        var body = await request.Body("credential", Change);
        var after = known with
        {
            UserId = body.GetText("user_id") ?? known.UserId,
            ProjectId = body.Has("project_id") ? body.GetText("project_id") : known.ProjectId,
            Type = body.GetText("type") ?? known.Type,
            Blob = body.GetText("blob") ?? known.Blob,
            Extra = ExtraMembers.Merge(known.Extra, body, Defined),
        };
        // The owner of tomorrow is asked about as well as today's, and a plain owner moves nothing to another project.
        request.Authorize(Target(after.UserId));
        Delegated.RefuseOther(request, after.ProjectId);
        if (!request.Caller.IsAdmin && after.ProjectId != known.ProjectId && after.ProjectId != request.Caller.ProjectId)
            throw IdentityFault.Forbidden("a credential can be moved to the project of the token only");
        CheckEc2(known, after);
        await parts.Changes.Write(tx =>
        {
            if (after.UserId != known.UserId && UserStore.Find(tx, after.UserId) is null) throw IdentityFault.NotFound("user", after.UserId);
            if (after.ProjectId is { } project && ProjectStore.FindAny(tx, project) is null) throw IdentityFault.NotFound("project", project);
            store.Update(tx, after);
        });
        return IdentityJson.OneNow(200, "credential", json => Write(json, request, after));
    }

    private static void CheckEc2(Credential before, Credential after)
    {
        if (IsEc2(after) && after.ProjectId is null) throw Reference.Missing("project_id", "credential");
        if (!IsEc2(before))
        {
            if (IsEc2(after)) throw Fault.BadRequest("the type of a credential cannot become ec2; make a new one.");
            return;
        }
        var (old, now) = (Ec2Blob.Read(before.Blob), Ec2Blob.Read(after.Blob));
        if (old.ApplicationCredentialId != now.ApplicationCredentialId) throw Fault.BadRequest("app_cred_id can not be updated for credential");
        if (old.TrustId != now.TrustId) throw Fault.BadRequest("trust_id can not be updated for credential");
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var credential = Authorized(request);
        await parts.Changes.Write(tx => CredentialStore.Delete(tx, credential.Id));
        return Reply.Empty();
    }
}
