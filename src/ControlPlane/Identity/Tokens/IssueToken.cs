using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Catalog;
using Cumulet.ControlPlane.Identity.Delegation;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>
/// POST /v3/auth/tokens. Whatever is wrong with user, secret or scope is the same 401, so that nobody learns which users
/// and projects there are.
/// </summary>
internal sealed class IssueToken(IdentityParts parts, Login login, Passcodes passcodes, AuthReceipts receipts)
{
    /// <summary>Who proved to be whom, and what an earlier token or credential allows at most.</summary>
    private sealed record Proof(User User, TokenPayload? Parent, ApplicationCredential? Credential = null)
    {
        /// <summary>The methods of the receipt that was shown.</summary>
        public IReadOnlyList<string> Earlier { get; init; } = [];
    }

    public async Task<Reply> Handle(ApiRequest request)
    {
        var asked = AuthRequest.Read(await request.Body());
        var proof = await ProveAll(asked, receipts.Shown(request), request.Cancel);
        CheckCombination(asked, proof);
        var payload = NewPayload(asked, proof);
        var rules = MultiFactor.RulesOf(proof.User);
        if (!MultiFactor.IsMet(rules, payload.Methods))
        {
            // A receipt says only who and how: what limits a credential or an earlier token would not be in it.
            return proof is { Parent: null, Credential: null } ? receipts.Of(payload, rules) : throw Fault.Unauthorized();
        }
        var token = asked.Scope is WantedScope.Trust(var trust)
            ? await new ConsumeTrust(parts).Issue(trust, proof.User, payload)
            : parts.Database.Read(tx => Scoped(tx, asked.Scope, proof, payload)) ?? throw Fault.Unauthorized();
        var (text, issued) = parts.Tokens.Issue(token);
        var withCatalog = !request.Query.ContainsKey("nocatalog") && issued.Payload.Scope is not TokenScope.Unscoped;
        var catalog = withCatalog ? parts.Database.Read(tx => CatalogStore.For(tx, issued, CatalogUrl.CloudUrl(request))) : null;
        return TokenJson.Reply(201, issued, catalog).With("X-Subject-Token", text).With("Vary", "X-Auth-Token");
    }

    private async Task<Proof> ProveAll(AuthRequest asked, Token? receipt, CancellationToken cancel)
    {
        var proof = receipt is null ? null : new Proof(receipt.User, null) { Earlier = receipt.Payload.Methods };
        // A passcode counts beside another proof only, and is looked at when that one is right: alone, six digits could be tried out.
        foreach (var method in asked.Methods.OrderBy(m => m is AuthMethod.Passcode))
        {
            var next = method is AuthMethod.Passcode passcode ? ProvePasscode(proof, passcode) : await Prove(method, cancel);
            if (proof is not null && proof.User.Id != next.User.Id) throw Fault.Unauthorized();
            proof = proof is null ? next : proof.Parent is null ? next with { Earlier = proof.Earlier } : proof;
        }
        return proof!;
    }

    private Proof ProvePasscode(Proof? first, AuthMethod.Passcode method)
    {
        if (first is null || parts.Database.Read(tx => FindUser(tx, method.User))?.Id != first.User.Id) throw Fault.Unauthorized();
        return passcodes.IsRight(first.User, method.Code) ? first : throw Fault.Unauthorized();
    }

    // An application credential says itself what it is for, and proves nothing beside another proof.
    private static void CheckCombination(AuthRequest asked, Proof proof)
    {
        if (proof.Credential is null) return;
        if (asked.Methods.Count > 1 || proof.Earlier.Count > 0) throw Fault.Unauthorized();
        if (asked.Scope is WantedScope.Default) return;
        throw Fault.Unauthorized("Error authenticating with application credential: Application credentials cannot request a scope.");
    }

    private async Task<Proof> ProveCredential(AuthMethod.ApplicationCredential method, CancellationToken cancel)
    {
        var (credential, user) = parts.Database.Read(tx =>
        {
            var owner = method.User is { } reference ? FindUser(tx, reference) : null;
            var found = method.Id is { } id
                ? ApplicationCredentialStore.Find(tx, id)
                : owner is not null ? ApplicationCredentialStore.FindByName(tx, owner.Id, method.Name!) : null;
            // Whose it is says the row, never the request: a user named beside the id must be that one.
            if (found is not null && method.User is not null && owner?.Id != found.UserId) found = null;
            return (found, found is null ? null : UserStore.Find(tx, found.UserId));
        });
        var right = await parts.Passwords.IsRight(method.Secret, credential?.SecretHash, cancel);
        if (!right || credential is null || user is null || credential.ExpiresAt <= parts.Time.GetUtcNow()) throw Fault.Unauthorized();
        return new Proof(user, null, credential);
    }

    private async Task<Proof> Prove(AuthMethod method, CancellationToken cancel) => method switch
    {
        AuthMethod.Password(var user, var secret) => await ProvePassword(user, secret, cancel),
        AuthMethod.ByToken(var text) => ProveToken(text),
        AuthMethod.ApplicationCredential credential => await ProveCredential(credential, cancel),
        _ => throw Fault.Unauthorized(),
    };

    private async Task<Proof> ProvePassword(Reference reference, string secret, CancellationToken cancel)
    {
        var user = parts.Database.Read(tx => FindUser(tx, reference));
        return new Proof(await login.Prove(user, secret, allowExpired: false, cancel), null);
    }

    private Proof ProveToken(string text)
    {
        var token = parts.Tokens.Validate(text) ?? throw Fault.NotFound("Could not find token.");
        if (token.Payload.TrustId is not null || token.Payload.ApplicationCredentialId is not null)
            throw Fault.Forbidden("You are not authorized to perform the requested action: a token of a trust or an application credential cannot be exchanged for another token.");
        return new Proof(token.User, token.Payload);
    }

    internal static User? FindUser(Tx tx, Reference reference)
    {
        if (reference.Id is { } id) return UserStore.Find(tx, id);
        return FindDomain(tx, reference.Domain!) is { } domain ? UserStore.FindByName(tx, domain.Id, reference.Name!) : null;
    }

    private static Project? FindDomain(Tx tx, Reference reference) =>
        reference.Id is { } id ? ProjectStore.FindDomain(tx, id) : ProjectStore.FindDomainByName(tx, reference.Name!);

    // A token made from a token never lives longer than that one, and belongs to its chain.
    private TokenPayload NewPayload(AuthRequest asked, Proof proof)
    {
        var now = StoredTime.FromMicroseconds(parts.Time.GetUtcNow().ToMicroseconds());
        var audit = TokenService.NewAuditId();
        return new TokenPayload
        {
            UserId = proof.User.Id,
            Methods = [.. asked.Methods.Select(m => m.Method).Concat(proof.Earlier).Concat(proof.Parent?.Methods ?? []).Distinct()],
            Scope = proof.Credential is { } credential ? new TokenScope.Project(credential.ProjectId) : new TokenScope.Unscoped(),
            IssuedAt = now,
            ExpiresAt = Earlier(proof.Parent?.ExpiresAt ?? now + TokenService.Lifetime, proof.Credential?.ExpiresAt),
            ApplicationCredentialId = proof.Credential?.Id,
            AuditIds = proof.Parent is { } parent ? [audit, parent.AuditIds[^1]] : [audit],
        };
    }

    internal static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private static Token? Scoped(Tx tx, WantedScope wanted, Proof proof, TokenPayload payload)
    {
        if (proof.Credential is not null) return TokenService.Load(tx, payload);
        if (wanted is WantedScope.Default) return InDefaultProject(tx, proof, payload) ?? TokenService.Load(tx, payload);
        TokenScope? scope = wanted switch
        {
            WantedScope.Unscoped => new TokenScope.Unscoped(),
            WantedScope.Project(var which) => FindProject(tx, which) is { } project ? new TokenScope.Project(project.Id) : null,
            WantedScope.Domain(var which) => FindDomain(tx, which) is { } domain ? new TokenScope.Domain(domain.Id) : null,
            WantedScope.System => new TokenScope.System(),
            _ => null,
        };
        return scope is null ? null : TokenService.Load(tx, payload with { Scope = scope });
    }

    private static Token? InDefaultProject(Tx tx, Proof proof, TokenPayload payload) =>
        proof.User.DefaultProjectId is { } id ? TokenService.Load(tx, payload with { Scope = new TokenScope.Project(id) }) : null;

    private static Project? FindProject(Tx tx, Reference which)
    {
        if (which.Id is { } id) return ProjectStore.FindAny(tx, id);
        return FindDomain(tx, which.Domain!) is { } domain ? ProjectStore.FindByName(tx, domain.Id, which.Name!) : null;
    }
}
