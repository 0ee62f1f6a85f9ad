using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Endpoints;

sealed class EndpointDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Endpoint, "endpoint", "<endpoint-id>")
{
    protected override Task Delete(Call call, string name, CancellationToken cancellation) =>
        call.Cloud.Identity.Delete("/endpoints/" + Uri.EscapeDataString(name), cancellation);
}
