using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.SecurityGroups;

sealed class SecurityGroupDelete(Syntax syntax) : DeleteCommand(syntax, Resources.SecurityGroup, "group")
{
    public override string Description => "Delete security group(s)";
}
