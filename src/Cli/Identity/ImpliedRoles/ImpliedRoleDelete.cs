using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.ImpliedRoles;

sealed class ImpliedRoleDelete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ImpliedRole _rule = new(syntax);

    public override string Description => "Deletes an association between prior and implied roles";

    protected override async Task Act(Call call, CancellationToken cancellation) =>
        await call.Cloud.Identity.Delete(await _rule.Path(call, cancellation), cancellation);
}
