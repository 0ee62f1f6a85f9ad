using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.AccessRules;

sealed class AccessRuleShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _rule = syntax.Argument("<access-rule>", "Access rule to display (ID)");

    public override string Description => "Display access rule details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        Entity.Show(await call.Cloud.Find(await AccessRule.Own(call, cancellation), call[_rule], cancellation));
}
