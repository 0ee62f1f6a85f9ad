using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterAddPort(Syntax syntax) : RouterInterface(syntax, Resources.Port, "port", isAdd: true);
