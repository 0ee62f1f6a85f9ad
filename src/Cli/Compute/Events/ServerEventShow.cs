using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Events;

sealed class ServerEventShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _request = syntax.Argument("<request-id>", "Request ID of the event");

    public override string Description => "Show server event details.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var id = await EventServer.Id(call, call[_server], cancellation);
        var answer = await call.Cloud.Compute.Get($"/servers/{id}/os-instance-actions/{Uri.EscapeDataString(call[_request])}", cancellation);
        return Record.Sorted(answer["instanceAction"]!.AsObject());
    }
}
