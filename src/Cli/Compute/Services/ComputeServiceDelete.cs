using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Services;

sealed class ComputeServiceDelete(Syntax syntax) : DeleteCommand(syntax, Resources.ComputeService, "compute service", "<service>")
{
    protected override Task Delete(Call call, string name, CancellationToken cancellation)
    {
        call.Cloud.Compute.Prefer("2.53");
        return call.Cloud.Compute.Delete("/os-services/" + Uri.EscapeDataString(name), cancellation);
    }
}
