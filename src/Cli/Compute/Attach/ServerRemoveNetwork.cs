using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerRemoveNetwork(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server to remove the ports from (name or ID)");
    private readonly Argument<string> _network = syntax.Argument("<network>", "Network whose ports are removed (name or ID)");

    public override string Description => "Remove all ports of a network from server";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var network = call.Cloud.FindId(Resources.Network, call[_network], cancellation);
        var server = await call.Cloud.FindId(Resources.Server with { Noun = "Server", SaysFoundFor = true }, call[_server], cancellation);
        var id = await network;
        var interfaces = await call.Cloud.Compute.List($"/servers/{server}/os-interface", "interfaceAttachments", cancellation);
        foreach (var port in interfaces.Where(port => port.Text("net_id") == id))
            await call.Cloud.Compute.Delete($"/servers/{server}/os-interface/{port.Text("port_id")}", cancellation);
    }
}
