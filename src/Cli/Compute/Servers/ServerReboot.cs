using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerReboot(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<bool> _hard = syntax.FlagIn("how", "--hard", "Switch it off and on");
    private readonly Option<bool> _soft = syntax.FlagIn("how", "--soft", "Ask the guest to (default)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until it is done");

    public override string Description => "Perform a hard or soft server reboot";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        _ = call[_soft];
        var id = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        var body = new JsonObject { ["reboot"] = new JsonObject { ["type"] = call[_hard] ? "HARD" : "SOFT" } };
        await call.Cloud.Compute.Post($"/servers/{id}/action", body, cancellation);
        if (!call[_wait]) return;
        await ServersAction.Wait(call, id, ["ACTIVE"], "rebooting server", cancellation);
        call.Terminal.Error.WriteLine("Complete");
    }
}
