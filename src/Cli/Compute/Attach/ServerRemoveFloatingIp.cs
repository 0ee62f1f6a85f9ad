using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerRemoveFloatingIp(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _address = syntax.Argument("<ip-address>", "Floating IP address to remove");

    public override string Description => "Remove floating IP address from server";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        _ = call[_server];
        var floating = await call.Cloud.FindId(Resources.FloatingIp, call[_address], cancellation);
        var body = new JsonObject { ["floatingip"] = new JsonObject { ["port_id"] = null } };
        await call.Cloud.Network.Put("/floatingips/" + floating, body, cancellation);
    }
}
