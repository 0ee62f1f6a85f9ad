using Cumulet.ControlPlane.Api;
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
    private readonly List<Action<Tx, string>> _onProjectDelete = [];

    public IdentityRoom(CloudParts parts)
    {
        var (database, time, options) = (parts.Database, parts.Time, parts.Options);
        var changes = new IdentityChanges(database);
        var passwords = new PasswordHash(options.PasswordCost, time);
        var seal = TokenSeal.Open(Path.Combine(options.StateDirectory, "token-keys"));
        _tokens = new TokenService(database, changes, seal, time);
        _bootstrap = new Bootstrap(database, changes, passwords, time, options);
        Api = new ServiceApi("identity", "identity", FaultStyle.Identity);
        var identity = new IdentityParts(database, changes, passwords, options.PasswordRules, _tokens, seal, time);
        IdentityRoutes.AddTo(Api.Routes, identity, _onProjectDelete);
    }

    public ServiceApi Api { get; }

    /// <summary>Who a token stands for; null for one that does not count. Fast: what was checked is remembered until the next change.</summary>
    public Caller? Authenticate(string token) => _tokens.Authenticate(token);

    /// <summary>Fills a new cloud; null where that was done before.</summary>
    public Task<FirstStart?> Bootstrap() => _bootstrap.Run();

    /// <summary>Is there a project (not a domain) of this id?</summary>
    public bool ProjectExists(Tx tx, string id) => ProjectStore.FindAny(tx, id) is { IsDomain: false };

    /// <summary>Called in the transaction that deletes a project, with its id. To be added before the first request.</summary>
    public void OnProjectDelete(Action<Tx, string> action) => _onProjectDelete.Add(action);
}
