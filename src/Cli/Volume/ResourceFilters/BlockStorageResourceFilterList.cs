using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.ResourceFilters;

sealed class BlockStorageResourceFilterList(Syntax syntax) : ListCommand(syntax)
{
    public override string Description => "List block storage resource filters";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.33", "'block storage resource filter list' command");
        return Table.Of(await call.Cloud.Volume.List("/resource_filters", "resource_filters", cancellation),
            Columns.Headed("Resource", "Filters"));
    }
}
