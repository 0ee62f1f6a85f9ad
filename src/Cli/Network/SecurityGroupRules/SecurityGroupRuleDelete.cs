using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.SecurityGroupRules;

sealed class SecurityGroupRuleDelete(Syntax syntax) : DeleteCommand(syntax, Resources.SecurityGroupRule, "rule")
{
    public override string Description => "Delete security group rule(s)";
}
