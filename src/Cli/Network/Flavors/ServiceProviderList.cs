using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Flavors;

sealed class ServiceProviderList(Syntax syntax) : ListCommand(syntax)
{
    public override string Description => "List Service Providers";

    protected override async Task<Table> List(Call call, CancellationToken cancellation) =>
        Table.Of(await call.Cloud.Network.List("/service-providers", "service_providers", cancellation),
            [Columns.OrNone("Service Type", "service_type"), Columns.OrNone("Name", "name"), Columns.OrNone("Default", "default")]);
}
