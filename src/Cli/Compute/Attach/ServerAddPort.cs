using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerAddPort(Syntax syntax) : ServerAddInterface(syntax, Resources.Port, "port", "port_id");
