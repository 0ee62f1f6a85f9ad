using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Catalog;

sealed class CatalogList(Syntax syntax) : ListCommand(syntax)
{
    public override string Description => "List services in the service catalog";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var catalog = await call.Cloud.Catalog(cancellation);
        return Table.Of(catalog.Entries.OfType<JsonObject>(),
            [Columns.Of("Name", "name"), Columns.Of("Type", "type"), Columns.Of("Endpoints", "endpoints", CatalogFields.Endpoints)]);
    }
}
