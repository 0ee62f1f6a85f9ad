using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.SecurityGroupRules;

sealed class SecurityGroupRuleShow(Syntax syntax)
    : ShowByNameCommand(syntax, Resources.SecurityGroupRule, "security group rule", SecurityGroupRuleFields.Show, "<rule>");
