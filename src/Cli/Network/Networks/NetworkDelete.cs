using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Networks;

sealed class NetworkDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Network, "network");
