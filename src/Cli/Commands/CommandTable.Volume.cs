using Cumulet.Cli.Volume.Services;
using Cumulet.Cli.Volume.Snapshots;
using Cumulet.Cli.Volume.Types;
using Cumulet.Cli.Volume.Volumes;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Volume =
    [
        new("volume create", syntax => new VolumeCreate(syntax)),
        new("volume delete", syntax => new VolumeDelete(syntax)),
        new("volume list", syntax => new VolumeList(syntax)),
        new("volume migrate", syntax => new VolumeMigrate(syntax)),
        new("volume service list", syntax => new VolumeServiceList(syntax)),
        new("volume set", syntax => new VolumeSet(syntax)),
        new("volume show", syntax => new VolumeShow(syntax)),
        new("volume snapshot create", syntax => new VolumeSnapshotCreate(syntax)),
        new("volume snapshot delete", syntax => new VolumeSnapshotDelete(syntax)),
        new("volume snapshot list", syntax => new VolumeSnapshotList(syntax)),
        new("volume snapshot set", syntax => new VolumeSnapshotSet(syntax)),
        new("volume snapshot show", syntax => new VolumeSnapshotShow(syntax)),
        new("volume snapshot unset", syntax => new VolumeSnapshotUnset(syntax)),
        new("volume type create", syntax => new VolumeTypeCreate(syntax)),
        new("volume type delete", syntax => new VolumeTypeDelete(syntax)),
        new("volume type list", syntax => new VolumeTypeList(syntax)),
        new("volume type set", syntax => new VolumeTypeSet(syntax)),
        new("volume type show", syntax => new VolumeTypeShow(syntax)),
        new("volume type unset", syntax => new VolumeTypeUnset(syntax)),
        new("volume unset", syntax => new VolumeUnset(syntax)),
    ];
}
