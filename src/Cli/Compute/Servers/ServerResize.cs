using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerResize(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<string?> _flavor = syntax.ValueIn("what", "--flavor", "<flavor>", "Give it this flavor (name or ID)");
    private readonly Option<bool> _confirm = syntax.FlagIn("what", "--confirm", "Older form of 'server resize confirm'");
    private readonly Option<bool> _revert = syntax.FlagIn("what", "--revert", "Older form of 'server resize revert'");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until it is done");

    public override string Description => "Scale server to a new flavor";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        JsonObject? body = null;
        if (call[_flavor] is { } flavor)
        {
            var chosen = await call.Cloud.FindId(Resources.Flavor, flavor, cancellation);
            body = new JsonObject { ["resize"] = new JsonObject { ["flavorRef"] = chosen } };
        }
        else if (call[_confirm]) body = new JsonObject { ["confirmResize"] = null };
        else if (call[_revert]) body = new JsonObject { ["revertResize"] = null };
        if (body is null) throw call.Wrong("one of the arguments --flavor --confirm --revert is required");
        await call.Cloud.Compute.Post($"/servers/{id}/action", body, cancellation);
        if (!call[_wait] || !call.Has(_flavor)) return;
        await ServersAction.Wait(call, id, ["ACTIVE", "VERIFY_RESIZE"], "resizing server", cancellation);
        call.Terminal.Error.WriteLine("Complete");
    }
}
