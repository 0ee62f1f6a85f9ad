using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Aggregates;

sealed class AggregateList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List all aggregates";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var aggregates = await call.Cloud.Compute.List("/os-aggregates", "aggregates", cancellation);
        (string, Func<JsonObject, Cell>)[] columns =
            [Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Availability Zone", "availability_zone")];
        if (!call[_long]) return Table.Of(aggregates, columns);
        // The zone is a column of its own already.
        foreach (var aggregate in aggregates) (aggregate["metadata"] as JsonObject)?.Remove("availability_zone");
        return Table.Of(aggregates, [.. columns, Columns.OrNone("Properties", "metadata", Cell.Pairs), Columns.OrNone("Hosts", "hosts", Cell.List)]);
    }
}
