using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Hypervisors;

sealed class HypervisorStatsShow(Syntax syntax) : ShowCommand(syntax)
{
    public override string Description => "Display hypervisor stats details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        Record.Sorted((await call.Cloud.Compute.Get("/os-hypervisors/statistics", cancellation))["hypervisor_statistics"]!.AsObject());
}
