using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.ImpliedRoles;

/// <summary>The two roles of a rule: who has the first has the second as well.</summary>
sealed class ImpliedRole(Syntax syntax)
{
    private readonly Argument<string> _role = syntax.Argument("<role>", "Role that implies the other (name or ID)");
    private readonly Option<string?> _implied = syntax.Needed("--implied-role", "<role>", "Role that it implies (name or ID)");

    public async Task<string> Path(Call call, CancellationToken cancellation) =>
        $"/roles/{await call.Cloud.FindId(Resources.Role, call[_role], cancellation)}/implies/"
        + await call.Cloud.FindId(Resources.Role, call[_implied]!, cancellation);
}
