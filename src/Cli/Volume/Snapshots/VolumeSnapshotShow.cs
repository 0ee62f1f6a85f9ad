using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Snapshots;

sealed class VolumeSnapshotShow(Syntax syntax)
    : ShowByNameCommand(syntax, Resources.Snapshot, "volume snapshot", SnapshotFields.Show, "<snapshot>");
