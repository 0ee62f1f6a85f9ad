using Cumulet.Cli.Network.Networks;
using Cumulet.Cli.Network.SecurityGroups;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Network =
    [
        new("network list", syntax => new NetworkList(syntax)),
        new("security group list", syntax => new SecurityGroupList(syntax)),
    ];
}
