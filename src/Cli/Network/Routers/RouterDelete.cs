using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Router, "router");
