using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerRemoveFixedIp(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _address = syntax.Argument("<ip-address>", "Fixed IP address to remove");

    public override string Description => "Remove fixed IP address from server";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        var body = new JsonObject { ["removeFixedIp"] = new JsonObject { ["address"] = call[_address] } };
        await call.Cloud.Compute.Post($"/servers/{id}/action", body, cancellation);
    }
}
