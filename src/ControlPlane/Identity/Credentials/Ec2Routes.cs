using System.Security.Cryptography;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Delegation;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;

namespace Cumulet.ControlPlane.Identity.Credentials;

/// <summary>/v3/users/{id}/credentials/OS-EC2: access and secret keys, made here and kept as credentials of type ec2.</summary>
internal sealed class Ec2Routes(IdentityParts parts, CredentialStore store)
{
    private const string What = "EC2 credentials";
    private static readonly Shape Creation = Shape.Object(Member.Must("tenant_id", Shape.Text(1, 64))).Open();

    private static PolicyTarget Target(string? userId) => new() { ["target.credential.user_id"] = userId, ["user_id"] = userId };

    private static void Write(Utf8JsonWriter json, ApiRequest request, Credential credential)
    {
        var blob = Ec2Blob.Read(credential.Blob);
        json.WriteString("user_id", credential.UserId);
        json.WriteString("tenant_id", credential.ProjectId);
        json.WriteString("access", blob.Access);
        json.WriteString("secret", blob.Secret);
        json.WriteString("trust_id", blob.TrustId);
        IdentityJson.WriteSelf(json, request, $"users/{credential.UserId}/credentials/OS-EC2/{blob.Access}");
    }

    public Task<Reply> List(ApiRequest request)
    {
        request.Authorize(Target(request[0]));
        Delegated.Refuse(request, What);
        var found = parts.Database.Read(tx =>
        {
            if (UserStore.Find(tx, request[0]) is null) throw IdentityFault.NotFound("user", request[0]);
            return store.List(tx, request[0], "ec2");
        });
        found.RemoveAll(c => request.Caller.IsDelegated && c.ProjectId != request.Caller.ProjectId);
        return IdentityJson.List(request, "credentials", found, (json, c) => Write(json, request, c));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        request.Authorize(Target(request[0]));
        Delegated.Refuse(request, What);
        var body = await request.Body();
        Creation.Check(body, "credential", request.Version);
        var project = body.GetText("tenant_id")!;
        Delegated.RefuseOther(request, project);
        var access = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var blob = new Ec2Blob(access, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), null, request.Caller.ApplicationCredentialId);
        var made = new Credential(CredentialStore.Ec2Id(access), request[0], project, "ec2", blob.ToText(), "{}");
        await parts.Changes.Write(tx =>
        {
            if (UserStore.Find(tx, made.UserId) is null) throw IdentityFault.NotFound("user", made.UserId);
            if (ProjectStore.FindAny(tx, project) is null) throw IdentityFault.NotFound("project", project);
            // Keys for a project are worth what the owner may do there: without a role nothing.
            if (AssignmentStore.RolesIn(tx, made.UserId, new TokenScope.Project(project)).Count == 0)
                throw IdentityFault.Forbidden($"the user has no role on project {project}");
            store.Insert(tx, made);
        });
        return IdentityJson.OneNow(201, "credential", json => Write(json, request, made));
    }

    private Credential Authorized(ApiRequest request)
    {
        var credential = parts.Database.Read(tx => store.Find(tx, CredentialStore.Ec2Id(request[1])));
        request.Authorize(Target(credential?.UserId ?? request[0]));
        Delegated.Refuse(request, What);
        if (credential is null || credential.UserId != request[0] || credential.Type != "ec2")
            throw IdentityFault.NotFound("credential", request[1]);
        Delegated.RefuseOther(request, credential.ProjectId);
        return credential;
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var credential = Authorized(request);
        return IdentityJson.One(200, "credential", json => Write(json, request, credential));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var credential = Authorized(request);
        await parts.Changes.Write(tx => CredentialStore.Delete(tx, credential.Id));
        return Reply.Empty();
    }
}
