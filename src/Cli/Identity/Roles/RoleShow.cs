using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Roles;

sealed class RoleShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _role = syntax.Argument("<role>", "Role to display (name or ID)");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain it is in (name or ID)");

    public override string Description => "Display role details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        Entity.Show(await Entity.Find(call, Resources.Role, call[_role], _domain, cancellation));
}
