using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Snapshots;

sealed class VolumeSnapshotDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Snapshot, "snapshot")
{
    private readonly Option<bool> _force = syntax.Flag("--force", "Delete it in whatever status it is");

    public override string Description => "Delete volume snapshot(s)";

    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Snapshot, name, cancellation);
        if (call[_force])
            await call.Cloud.Volume.Post($"/snapshots/{id}/action", new JsonObject { ["os-force_delete"] = null }, cancellation);
        else
            await call.Cloud.Volume.Delete("/snapshots/" + id, cancellation);
    }
}
