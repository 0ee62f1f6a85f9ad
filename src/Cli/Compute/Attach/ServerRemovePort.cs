using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerRemovePort(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server to remove the port from (name or ID)");
    private readonly Argument<string> _port = syntax.Argument("<port>", "Port to remove (name or ID)");

    public override string Description => "Remove port from server";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var port = call.Cloud.FindId(Resources.Port, call[_port], cancellation);
        var server = await call.Cloud.FindId(Resources.Server with { Noun = "Server", SaysFoundFor = true }, call[_server], cancellation);
        await call.Cloud.Compute.Delete($"/servers/{server}/os-interface/{await port}", cancellation);
    }
}
