using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.SecurityGroups;

sealed class SecurityGroupShow(Syntax syntax)
    : ShowByNameCommand(syntax, Resources.SecurityGroup, "security group", SecurityGroupFields.Show, "<group>");
