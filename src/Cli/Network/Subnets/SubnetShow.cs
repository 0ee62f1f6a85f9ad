using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Subnets;

sealed class SubnetShow(Syntax syntax) : ShowByNameCommand(syntax, Resources.Subnet, "subnet", SubnetFields.Show);
