using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Ports;

sealed class PortShow(Syntax syntax) : ShowByNameCommand(syntax, Resources.Port, "port", PortFields.Show);
