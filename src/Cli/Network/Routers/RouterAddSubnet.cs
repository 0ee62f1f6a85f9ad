using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterAddSubnet(Syntax syntax) : RouterInterface(syntax, Resources.Subnet, "subnet", isAdd: true);
