using Cumulet.Cli.Compute.Flavors;
using Cumulet.Cli.Compute.Keypairs;
using Cumulet.Cli.Compute.Servers;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Compute =
    [
        new("flavor list", syntax => new FlavorList(syntax)),
        new("keypair list", syntax => new KeypairList(syntax)),
        new("server create", syntax => new ServerCreate(syntax)),
        new("server delete", syntax => new ServerDelete(syntax)),
        new("server list", syntax => new ServerList(syntax)),
        new("server show", syntax => new ServerShow(syntax)),
    ];
}
