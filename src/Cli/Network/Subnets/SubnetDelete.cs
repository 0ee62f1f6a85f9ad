using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Subnets;

sealed class SubnetDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Subnet, "subnet");
