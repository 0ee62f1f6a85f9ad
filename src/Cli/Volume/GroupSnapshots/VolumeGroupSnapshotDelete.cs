using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.GroupSnapshots;

sealed class VolumeGroupSnapshotDelete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _snapshot = syntax.Argument("<snapshot>", "Volume group snapshot to delete (name or ID)");

    public override string Description => "Delete a volume group snapshot.";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.14", "'volume group snapshot delete' command");
        var id = await call.Cloud.FindId(Resources.VolumeGroupSnapshot, call[_snapshot], cancellation);
        await call.Cloud.Volume.Delete("/group_snapshots/" + id, cancellation);
    }
}
