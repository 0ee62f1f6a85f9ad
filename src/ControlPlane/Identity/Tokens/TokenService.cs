using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Delegation;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>
/// Makes tokens and says which count. A token has no row: it is sealed (<see cref="TokenSeal"/>), and every check reads
/// user, scope, roles and revocations anew. What was found is remembered until the next identity change; where several
/// processes share a PostgreSQL the others' changes cannot be known, so nothing is remembered there.
/// </summary>
internal sealed class TokenService(Database database, IdentityChanges changes, TokenSeal seal, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private const int MaxRemembered = 20_000;

    private sealed record Remembered(long Generation, Token Token, Caller Caller);

    private readonly ConcurrentDictionary<string, Remembered> _remembered = new(StringComparer.Ordinal);
    private readonly bool _mayRemember = database.Dialect is Dialect.Sqlite;

    public Caller? Authenticate(string text) => Check(text)?.Caller;

    /// <summary>The token, or null where it does not count: not ours, expired, revoked, or its user or scope is gone or off.</summary>
    public Token? Validate(string text) => Check(text)?.Token;

    private Remembered? Check(string text)
    {
        var generation = changes.Generation;
        var now = time.GetUtcNow();
        if (_remembered.TryGetValue(text, out var known) && known.Generation == generation)
            return known.Token.Payload.ExpiresAt > now ? known : null;
        if (seal.Unseal(text) is not { } bytes || TokenPayload.FromBytes(bytes) is not { } payload) return null;
        if (payload.ExpiresAt <= now || database.Read(tx => Load(tx, payload)) is not { } token)
        {
            _remembered.TryRemove(text, out _);
            return null;
        }
        var found = new Remembered(generation, token, token.ToCaller());
        if (!_mayRemember) return found;
        if (_remembered.Count >= MaxRemembered) _remembered.Clear();
        _remembered[text] = found;
        return found;
    }

    /// <summary>The payload's rows, or null where one of them makes the token void.</summary>
    public static Token? Load(Tx tx, TokenPayload payload)
    {
        if (UserStore.Find(tx, payload.UserId) is not { Enabled: true } user) return null;
        if (ProjectStore.FindDomain(tx, user.DomainId) is not { Enabled: true } userDomain) return null;
        var token = new Token { Payload = payload, User = user, UserDomain = userDomain, Roles = [] };
        token = payload.Scope switch
        {
            TokenScope.Project(var project) => WithProject(tx, token, project),
            TokenScope.Domain(var domainId) => ProjectStore.FindDomain(tx, domainId) is { Enabled: true } domain ? token with { Domain = domain } : null,
            _ => token,
        };
        if (token is null) return null;
        if (payload.TrustId is not null) return TrustedToken.Load(tx, token);
        if (IsRevoked(tx, token, [user.Id])) return null;
        if (payload.Scope is TokenScope.Unscoped) return token;
        var roles = AssignmentStore.RolesIn(tx, user.Id, payload.Scope);
        if (payload.ApplicationCredentialId is { } id)
        {
            if (ApplicationCredentialStore.Find(tx, id) is not { } credential || credential.UserId != user.Id) return null;
            // What the owner has lost since is lost to the credential too.
            var given = AssignmentStore.Expand(tx, credential.RoleIds).Select(r => r.Id).ToHashSet();
            roles.RemoveAll(r => !given.Contains(r.Id));
            token = token with { ApplicationCredential = credential };
        }
        return roles.Count == 0 ? null : token with { Roles = roles };
    }

    private static Token? WithProject(Tx tx, Token token, string id)
    {
        if (ProjectStore.FindAny(tx, id) is not { Enabled: true } project) return null;
        if (ProjectStore.FindDomain(tx, project.DomainId ?? project.Id) is not { Enabled: true } domain) return null;
        return token with { Project = project, ProjectDomain = domain };
    }

    internal static bool IsRevoked(Tx tx, Token token, IReadOnlyCollection<string> users)
    {
        string?[] domains = [token.UserDomain.Id, token.ProjectDomain?.Id, token.Domain?.Id];
        string[] projects = token.Project is { } project ? [project.Id] : [];
        return Revocations.Match(tx, token.Payload, users, projects, [.. domains.OfType<string>().Distinct()]);
    }

    public (string Text, Token Token) Issue(Token token) => (seal.Seal(token.Payload.ToBytes()), token);

    /// <summary>Kills exactly this token.</summary>
    public Task Revoke(Token token) =>
        changes.Write(tx => Revocations.Add(tx, Revocations.ByAudit, token.Payload.AuditIds[0], time.GetUtcNow()));

    public static string NewAuditId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}
