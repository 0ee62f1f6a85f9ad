using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterRemovePort(Syntax syntax) : RouterInterface(syntax, Resources.Port, "port", isAdd: false);
