using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterRemoveSubnet(Syntax syntax) : RouterInterface(syntax, Resources.Subnet, "subnet", isAdd: false);
