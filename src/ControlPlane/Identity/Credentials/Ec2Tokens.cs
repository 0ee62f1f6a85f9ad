using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Catalog;
using Cumulet.ControlPlane.Identity.Delegation;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Credentials;

/// <summary>
/// POST /v3/ec2tokens and /v3/s3tokens: a service shows a request that was signed with EC2 keys and gets the token of
/// their owner. Only services and administrators may ask: a signed URL in anybody's hands is no log-in.
/// </summary>
internal sealed class Ec2Tokens(IdentityParts parts, CredentialStore store)
{
    /// <summary>How old a signature may be, and how far ahead its clock.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(15);

    public async Task<Reply> Ec2(ApiRequest request)
    {
        var credentials = Credentials(await request.Body());
        var token = Exchange(credentials, Ec2Signature.SignedAt(credentials), secret => Ec2Signature.IsRight(credentials, secret));
        var (text, _) = parts.Tokens.Issue(token);
        return Answer(request, token).With("X-Subject-Token", text);
    }

    public async Task<Reply> S3(ApiRequest request)
    {
        var credentials = Credentials(await request.Body());
        var text = TextToSign(credentials) ?? throw Fault.Unauthorized();
        if (text.Split('\n') is not ["AWS4-HMAC-SHA256", var date, var scope, _] || scope.Split('/') is not [var day, var region, var service, "aws4_request"]
            || service is not ("s3" or "iam" or "sts") || !date.StartsWith(day, StringComparison.Ordinal))
            throw Fault.Unauthorized();
        var token = Exchange(credentials, Ec2Signature.ParseTime(date), secret =>
            Ec2Signature.Equal(credentials.GetText("signature") ?? "", Ec2Signature.Sign(secret, day, region, service, text)));
        return Answer(request, token);
    }

    private static string? TextToSign(JsonElement credentials)
    {
        var token = (credentials.GetText("token") ?? "").TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return token.Length > 0 && Base64Url.IsValid(token) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)) : null;
    }

    private static JsonElement Credentials(JsonElement body) =>
        body.Get("credentials") ?? body.Get("credential") ?? body.Get("ec2Credentials") ?? throw Reference.Missing("credentials", "body");

    private Token Exchange(JsonElement credentials, DateTimeOffset? signedAt, Func<string, bool> isRight)
    {
        var now = StoredTime.FromMicroseconds(parts.Time.GetUtcNow().ToMicroseconds());
        if (credentials.GetText("access") is not { } access || signedAt is not { } at || at + MaxAge < now || at - MaxAge > now) throw Fault.Unauthorized();
        return parts.Database.Read(tx =>
        {
            if (store.Find(tx, CredentialStore.Ec2Id(access)) is not { Type: "ec2", ProjectId: { } project } credential) throw Fault.Unauthorized();
            var blob = Ec2Blob.Read(credential.Blob);
            if (blob.Access != access || blob.Secret.Length == 0 || blob.TrustId is not null || !isRight(blob.Secret)) throw Fault.Unauthorized();
            var bound = blob.ApplicationCredentialId is { } id ? ApplicationCredentialStore.Find(tx, id) : null;
            if (blob.ApplicationCredentialId is not null && (bound is null || bound.ProjectId != project || bound.ExpiresAt <= now)) throw Fault.Unauthorized();
            return TokenService.Load(tx, new TokenPayload
            {
                UserId = credential.UserId,
                Methods = ["ec2credential"],
                Scope = new TokenScope.Project(project),
                IssuedAt = now,
                ExpiresAt = IssueToken.Earlier(now + TokenService.Lifetime, bound?.ExpiresAt),
                AuditIds = [TokenService.NewAuditId()],
                ApplicationCredentialId = bound?.Id,
            }) ?? throw Fault.Unauthorized();
        });
    }

    private Reply Answer(ApiRequest request, Token token) =>
        TokenJson.Reply(200, token, parts.Database.Read(tx => CatalogStore.For(tx, token, CatalogUrl.CloudUrl(request))));
}
