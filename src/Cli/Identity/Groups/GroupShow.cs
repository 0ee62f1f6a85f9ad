using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Groups;

sealed class GroupShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<group>", "Group to display (name or ID)");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain it is in (name or ID)");

    public override string Description => "Display group details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        Entity.Show(await Entity.Find(call, Resources.Group, call[_group], _domain, cancellation));
}
