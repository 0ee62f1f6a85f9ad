using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Catalog;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity;

/// <summary>
/// Keystone v3: who there is, what they may do, and the tokens that say so. The other services ask
/// <see cref="Authenticate"/> in the same process; there is no token validation over the network.
/// </summary>
public sealed class IdentityRoom
{
    private readonly TokenService _tokens;
    private readonly Bootstrap _bootstrap;

    public IdentityRoom(CloudParts parts)
    {
        var (database, time) = (parts.Database, parts.Time);
        var changes = new IdentityChanges(database);
        var passwords = new PasswordHash(parts.Options.PasswordCost, time);
        _tokens = new TokenService(database, changes, TokenSeal.Open(Path.Combine(parts.Options.StateDirectory, "token-keys")), time);
        _bootstrap = new Bootstrap(database, changes, passwords, time, parts.Options);
        Api = new ServiceApi("identity", "identity", FaultStyle.Identity);
        Api.Routes.Open("GET", "", IdentityVersions.List);
        Api.Routes.Open("GET", "v3", IdentityVersions.Show);
        AddTokens(database, passwords, time);
    }

    public ServiceApi Api { get; }

    /// <summary>Who a token stands for; null for one that does not count. Fast: what was checked is remembered until the next change.</summary>
    public Caller? Authenticate(string token) => _tokens.Authenticate(token);

    /// <summary>Fills a new cloud; null where that was done before.</summary>
    public Task<FirstStart?> Bootstrap() => _bootstrap.Run();

    /// <summary>Is there a project (not a domain) of this id?</summary>
    public bool ProjectExists(Tx tx, string id) => ProjectStore.FindAny(tx, id) is { IsDomain: false };

    private void AddTokens(Database database, PasswordHash passwords, TimeProvider time)
    {
        var show = new ShowToken(database, _tokens);
        var routes = Api.Routes;
        routes.Open("POST", "v3/auth/tokens", new IssueToken(database, _tokens, passwords, time).Handle);
        routes.Get("v3/auth/tokens", "identity:validate_token", show.Get).ByTarget();
        routes.Head("v3/auth/tokens", "identity:check_token", show.Head).ByTarget();
        routes.Delete("v3/auth/tokens", "identity:revoke_token", show.Delete).ByTarget();
        routes.Get("v3/auth/catalog", "identity:get_auth_catalog", new ShowCatalog(database, _tokens).Handle);
    }
}
