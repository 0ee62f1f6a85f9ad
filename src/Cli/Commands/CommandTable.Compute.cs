using Cumulet.Cli.Compute.Flavors;
using Cumulet.Cli.Compute.Keypairs;
using Cumulet.Cli.Compute.Servers;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Compute =
    [
        new("flavor create", syntax => new FlavorCreate(syntax)),
        new("flavor delete", syntax => new FlavorDelete(syntax)),
        new("flavor list", syntax => new FlavorList(syntax)),
        new("flavor set", syntax => new FlavorSet(syntax)),
        new("flavor show", syntax => new FlavorShow(syntax)),
        new("flavor unset", syntax => new FlavorUnset(syntax)),
        new("keypair create", syntax => new KeypairCreate(syntax)),
        new("keypair delete", syntax => new KeypairDelete(syntax)),
        new("keypair list", syntax => new KeypairList(syntax)),
        new("keypair show", syntax => new KeypairShow(syntax)),
        new("server create", syntax => new ServerCreate(syntax)),
        new("server delete", syntax => new ServerDelete(syntax)),
        new("server list", syntax => new ServerList(syntax)),
        new("server show", syntax => new ServerShow(syntax)),
    ];
}
