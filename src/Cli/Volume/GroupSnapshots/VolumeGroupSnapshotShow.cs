using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.GroupSnapshots;

sealed class VolumeGroupSnapshotShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _snapshot = syntax.Argument("<snapshot>", "Volume group snapshot to display (name or ID)");

    public override string Description => "Show detailed information for a volume group snapshot.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.14", "'volume group snapshot show' command");
        return GroupSnapshotFields.Show(await call.Cloud.Find(Resources.VolumeGroupSnapshot, call[_snapshot], cancellation));
    }
}
