using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.ResourceFilters;

sealed class BlockStorageResourceFilterShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _resource = syntax.Argument("<resource>", "Kind of thing to show the filters of: volume, snapshot");

    public override string Description => "Show filters for a block storage resource type";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.33", "'block storage resource filter show' command");
        var path = "/resource_filters" + new Query().With("resource", call[_resource]);
        var filters = await call.Cloud.Volume.List(path, "resource_filters", cancellation);
        return filters is [var first, ..] ? Record.Sorted(first)
            : throw new CommandError($"No resource filter with a name of '{call[_resource]}' exists.");
    }
}
