using Cumulet.Cli.Network.Agents;
using Cumulet.Cli.Network.FloatingIps;
using Cumulet.Cli.Network.Networks;
using Cumulet.Cli.Network.Ports;
using Cumulet.Cli.Network.Routers;
using Cumulet.Cli.Network.SecurityGroupRules;
using Cumulet.Cli.Network.SecurityGroups;
using Cumulet.Cli.Network.Subnets;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Network =
    [
        new("floating ip create", syntax => new FloatingIpCreate(syntax)),
        new("floating ip delete", syntax => new FloatingIpDelete(syntax)),
        new("floating ip list", syntax => new FloatingIpList(syntax)),
        new("floating ip set", syntax => new FloatingIpSet(syntax)),
        new("floating ip show", syntax => new FloatingIpShow(syntax)),
        new("floating ip unset", syntax => new FloatingIpUnset(syntax)),
        new("network agent delete", syntax => new NetworkAgentDelete(syntax)),
        new("network agent list", syntax => new NetworkAgentList(syntax)),
        new("network agent set", syntax => new NetworkAgentSet(syntax)),
        new("network agent show", syntax => new NetworkAgentShow(syntax)),
        new("network create", syntax => new NetworkCreate(syntax)),
        new("network delete", syntax => new NetworkDelete(syntax)),
        new("network list", syntax => new NetworkList(syntax)),
        new("network set", syntax => new NetworkSet(syntax)),
        new("network show", syntax => new NetworkShow(syntax)),
        new("network unset", syntax => new NetworkUnset(syntax)),
        new("port create", syntax => new PortCreate(syntax)),
        new("port delete", syntax => new PortDelete(syntax)),
        new("port list", syntax => new PortList(syntax)),
        new("port set", syntax => new PortSet(syntax)),
        new("port show", syntax => new PortShow(syntax)),
        new("port unset", syntax => new PortUnset(syntax)),
        new("router add port", syntax => new RouterAddPort(syntax)),
        new("router add subnet", syntax => new RouterAddSubnet(syntax)),
        new("router create", syntax => new RouterCreate(syntax)),
        new("router delete", syntax => new RouterDelete(syntax)),
        new("router list", syntax => new RouterList(syntax)),
        new("router remove port", syntax => new RouterRemovePort(syntax)),
        new("router remove subnet", syntax => new RouterRemoveSubnet(syntax)),
        new("router set", syntax => new RouterSet(syntax)),
        new("router show", syntax => new RouterShow(syntax)),
        new("router unset", syntax => new RouterUnset(syntax)),
        new("security group create", syntax => new SecurityGroupCreate(syntax)),
        new("security group delete", syntax => new SecurityGroupDelete(syntax)),
        new("security group list", syntax => new SecurityGroupList(syntax)),
        new("security group rule create", syntax => new SecurityGroupRuleCreate(syntax)),
        new("security group rule delete", syntax => new SecurityGroupRuleDelete(syntax)),
        new("security group rule list", syntax => new SecurityGroupRuleList(syntax)),
        new("security group rule show", syntax => new SecurityGroupRuleShow(syntax)),
        new("security group set", syntax => new SecurityGroupSet(syntax)),
        new("security group show", syntax => new SecurityGroupShow(syntax)),
        new("security group unset", syntax => new SecurityGroupUnset(syntax)),
        new("subnet create", syntax => new SubnetCreate(syntax)),
        new("subnet delete", syntax => new SubnetDelete(syntax)),
        new("subnet list", syntax => new SubnetList(syntax)),
        new("subnet set", syntax => new SubnetSet(syntax)),
        new("subnet show", syntax => new SubnetShow(syntax)),
        new("subnet unset", syntax => new SubnetUnset(syntax)),
    ];
}
