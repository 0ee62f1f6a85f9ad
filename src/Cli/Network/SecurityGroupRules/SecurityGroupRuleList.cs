using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.SecurityGroupRules;

sealed class SecurityGroupRuleList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Argument<string?> _group = syntax.OptionalArgument("<group>", "Keep the rules of this security group (name or ID)");
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Accepted for compatibility");
    private readonly Option<string?> _protocol = syntax.Value("--protocol", "<protocol>", "Keep rules for this IP protocol");
    private readonly Option<string?> _type = syntax.Value("--ethertype", "<ethertype>", "Keep rules for IPv4 or IPv6");
    private readonly Option<bool> _ingress = syntax.FlagIn("direction", "--ingress", "Keep rules for what comes in");
    private readonly Option<bool> _egress = syntax.FlagIn("direction", "--egress", "Keep rules for what goes out");
    private readonly Option<bool> _long = syntax.Flag("--long", "Accepted for compatibility");

    public override string Description => "List security group rules";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        _ = call[_all] || call[_long];
        var group = await call.Cloud.FindIdOrNull(Resources.SecurityGroup, call.Optional(_group), cancellation);
        var type = call[_type] is { } wanted ? SecurityGroupRuleCreate.EtherType(wanted) : null;
        var query = new Query().With("security_group_id", group).With("direction", call[_ingress] ? "ingress" : call[_egress] ? "egress" : null)
            .With("protocol", call[_protocol]).With("ethertype", type);
        var rules = await call.Cloud.Network.List("/security-group-rules" + query, "security_group_rules", cancellation);
        return Table.Of(rules, group is null ? SecurityGroupRuleFields.OfAllGroups : SecurityGroupRuleFields.OfOneGroup);
    }
}
