using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.ImpliedRoles;

sealed class ImpliedRoleList(Syntax syntax) : ListCommand(syntax)
{
    public override string Description => "List implied roles";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var rules = await call.Cloud.Identity.List("/role_inferences", "role_inferences", cancellation);
        return Table.Of(rules.SelectMany(rule => rule.Items("implies").Select(implied => (Prior: rule["prior_role"], Implied: implied))),
        [
            ("Prior Role ID", pair => new Cell(pair.Prior.Text("id"))), ("Prior Role Name", pair => new Cell(pair.Prior.Text("name"))),
            ("Implied Role ID", pair => new Cell(pair.Implied.Text("id"))),
            ("Implied Role Name", pair => new Cell(pair.Implied.Text("name"))),
        ]);
    }
}
