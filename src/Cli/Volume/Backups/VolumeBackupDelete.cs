using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Backup, "backup")
{
    private readonly Option<bool> _force = syntax.Flag("--force", "Delete it in whatever status it is");

    public override string Description => "Delete volume backup(s)";

    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Backup, name, cancellation);
        if (call[_force])
            await call.Cloud.Volume.Post($"/backups/{id}/action", new JsonObject { ["os-force_delete"] = null }, cancellation);
        else
            await call.Cloud.Volume.Delete("/backups/" + id, cancellation);
    }
}
