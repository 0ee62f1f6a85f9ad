using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerMigrate(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<bool> _live = syntax.Flag("--live-migration", "Move it while it runs");
    private readonly Option<string?> _host = syntax.Value("--host", "<hostname>", "Host to move it to (admin only) (needs 2.30 live, 2.56 cold)");
    private readonly Option<bool> _shared = syntax.FlagIn("disks", "--shared-migration", "Its disks are on shared storage");
    private readonly Option<bool> _block = syntax.FlagIn("disks", "--block-migration", "Copy its disks");
    private readonly Option<bool> _overcommit = syntax.FlagIn("overcommit", "--disk-overcommit", "Allow more disks than there is space");
    private readonly Option<bool> _noOvercommit = syntax.FlagIn("overcommit", "--no-disk-overcommit", "Do not allow it (default)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until it is done");

    public override string Description => "Migrate server to different host";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        if (!call[_live] && (call[_block] || call[_shared])) throw new CommandError("--shared-migration and --block-migration need --live-migration");
        if (call.Has(_host)) compute.Need(call[_live] ? "2.30" : "2.56", "--host option");
        _ = call[_noOvercommit];
        var id = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        JsonObject body;
        if (call[_live])
        {
            var how = new JsonObject { ["host"] = call[_host] };
            how["block_migration"] = compute.AtLeast("2.25") && !call[_block] && !call[_shared] ? "auto" : call[_block];
            if (!compute.AtLeast("2.25")) how["disk_over_commit"] = call[_overcommit];
            body = new JsonObject { ["os-migrateLive"] = how };
        }
        else
        {
            body = new JsonObject { ["migrate"] = call[_host] is { } host ? new JsonObject { ["host"] = host } : null };
        }

        await compute.Post($"/servers/{id}/action", body, cancellation);
        if (!call[_wait]) return;
        await ServersAction.Wait(call, id, ["ACTIVE", "VERIFY_RESIZE"], "migrating server", cancellation);
        call.Terminal.Error.WriteLine("Complete");
    }
}
