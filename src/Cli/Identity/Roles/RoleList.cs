using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Roles;

sealed class RoleList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Keep roles of this domain (name or ID)");

    public override string Description => "List roles";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var domain = call[_domain] is { } name ? await call.Cloud.Find(Resources.Domain, name, cancellation) : null;
        var roles = await call.Cloud.Identity.List("/roles" + new Query().With("domain_id", domain?.Id()), "roles", cancellation);
        (string, Func<JsonObject, Cell>)[] columns = [Columns.Of("ID", "id"), Columns.Of("Name", "name")];
        return Table.Of(roles, domain is null ? columns : [.. columns, ("Domain", _ => new Cell(domain.Text("name")))]);
    }
}
