using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Ports;

sealed class PortDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Port, "port");
