using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Volumes;

sealed class VolumeMigrate(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _volume = syntax.Argument("<volume>", "Volume to migrate (name or ID)");
    private readonly Option<string?> _host = syntax.Needed("--host", "<host>", "Destination: host@backend#pool");
    private readonly Option<bool> _copy = syntax.Flag("--force-host-copy", "Copy it even where the backend knows a shorter way");
    private readonly Option<bool> _lock = syntax.Flag("--lock-volume", "Let nothing stop the migration");

    public override string Description => "Migrate volume to a new host";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Volume, call[_volume], cancellation);
        var move = new JsonObject { ["host"] = call[_host], ["force_host_copy"] = call[_copy], ["lock_volume"] = call[_lock] };
        await call.Cloud.Volume.Post($"/volumes/{id}/action", new JsonObject { ["os-migrate_volume"] = move }, cancellation);
    }
}
