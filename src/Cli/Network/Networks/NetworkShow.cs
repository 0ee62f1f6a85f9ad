using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Networks;

sealed class NetworkShow(Syntax syntax) : ShowByNameCommand(syntax, Resources.Network, "network", NetworkFields.Show);
