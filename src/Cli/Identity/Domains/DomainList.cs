using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Domains;

sealed class DomainList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Keep domains of this name");
    private readonly Option<bool> _enabled = syntax.Flag("--enabled", "Keep enabled domains");

    public override string Description => "List domains";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("name", call[_name]).With("enabled", call[_enabled] ? true : null);
        var domains = await call.Cloud.Identity.List("/domains" + query, "domains", cancellation);
        return Table.Of(domains,
            [Columns.Of("ID", "id"), Columns.Of("Name", "name"), Columns.Of("Enabled", "enabled"), Columns.Of("Description", "description")]);
    }
}
