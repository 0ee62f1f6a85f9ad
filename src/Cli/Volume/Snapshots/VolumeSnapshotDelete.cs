using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Snapshots;

sealed class VolumeSnapshotDelete(Syntax syntax) : ForceDeleteCommand(syntax, Resources.Snapshot, "snapshot")
{
    public override string Description => "Delete volume snapshot(s)";
}
