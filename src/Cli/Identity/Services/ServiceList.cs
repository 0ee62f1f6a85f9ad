using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Services;

sealed class ServiceList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List services";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var services = await call.Cloud.Identity.List("/services", "services", cancellation);
        (string, Func<JsonObject, Cell>)[] columns = [Columns.Of("ID", "id"), Columns.Of("Name", "name"), Columns.Of("Type", "type")];
        return Table.Of(services, call[_long] ? [.. columns, Columns.Of("Description", "description"), Columns.Of("Enabled", "enabled")] : columns);
    }
}
