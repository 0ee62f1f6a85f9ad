using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Regions;

sealed class RegionDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Region, "region", "<region-id>")
{
    protected override Task Delete(Call call, string name, CancellationToken cancellation) =>
        call.Cloud.Identity.Delete("/regions/" + Uri.EscapeDataString(name), cancellation);
}
