using Cumulet.Cli.Volume.Attachments;
using Cumulet.Cli.Volume.Backups;
using Cumulet.Cli.Volume.Clusters;
using Cumulet.Cli.Volume.GroupSnapshots;
using Cumulet.Cli.Volume.GroupTypes;
using Cumulet.Cli.Volume.Groups;
using Cumulet.Cli.Volume.Hosts;
using Cumulet.Cli.Volume.Messages;
using Cumulet.Cli.Volume.Qos;
using Cumulet.Cli.Volume.ResourceFilters;
using Cumulet.Cli.Volume.Services;
using Cumulet.Cli.Volume.Snapshots;
using Cumulet.Cli.Volume.Transfers;
using Cumulet.Cli.Volume.Types;
using Cumulet.Cli.Volume.Volumes;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Volume =
    [
        new("block storage cluster list", syntax => new BlockStorageClusterList(syntax)),
        new("block storage cluster set", syntax => new BlockStorageClusterSet(syntax)),
        new("block storage cluster show", syntax => new BlockStorageClusterShow(syntax)),
        new("block storage resource filter list", syntax => new BlockStorageResourceFilterList(syntax)),
        new("block storage resource filter show", syntax => new BlockStorageResourceFilterShow(syntax)),
        new("volume attachment complete", syntax => new VolumeAttachmentComplete(syntax)),
        new("volume attachment create", syntax => new VolumeAttachmentCreate(syntax)),
        new("volume attachment delete", syntax => new VolumeAttachmentDelete(syntax)),
        new("volume attachment list", syntax => new VolumeAttachmentList(syntax)),
        new("volume attachment set", syntax => new VolumeAttachmentSet(syntax)),
        new("volume attachment show", syntax => new VolumeAttachmentShow(syntax)),
        new("volume backup create", syntax => new VolumeBackupCreate(syntax)),
        new("volume backup delete", syntax => new VolumeBackupDelete(syntax)),
        new("volume backup list", syntax => new VolumeBackupList(syntax)),
        new("volume backup record export", syntax => new VolumeBackupRecordExport(syntax)),
        new("volume backup record import", syntax => new VolumeBackupRecordImport(syntax)),
        new("volume backup restore", syntax => new VolumeBackupRestore(syntax)),
        new("volume backup set", syntax => new VolumeBackupSet(syntax)),
        new("volume backup show", syntax => new VolumeBackupShow(syntax)),
        new("volume backup unset", syntax => new VolumeBackupUnset(syntax)),
        new("volume create", syntax => new VolumeCreate(syntax)),
        new("volume delete", syntax => new VolumeDelete(syntax)),
        new("volume group create", syntax => new VolumeGroupCreate(syntax)),
        new("volume group delete", syntax => new VolumeGroupDelete(syntax)),
        new("volume group failover", syntax => new VolumeGroupFailover(syntax)),
        new("volume group list", syntax => new VolumeGroupList(syntax)),
        new("volume group set", syntax => new VolumeGroupSet(syntax)),
        new("volume group show", syntax => new VolumeGroupShow(syntax)),
        new("volume group snapshot create", syntax => new VolumeGroupSnapshotCreate(syntax)),
        new("volume group snapshot delete", syntax => new VolumeGroupSnapshotDelete(syntax)),
        new("volume group snapshot list", syntax => new VolumeGroupSnapshotList(syntax)),
        new("volume group snapshot show", syntax => new VolumeGroupSnapshotShow(syntax)),
        new("volume group type create", syntax => new VolumeGroupTypeCreate(syntax)),
        new("volume group type delete", syntax => new VolumeGroupTypeDelete(syntax)),
        new("volume group type list", syntax => new VolumeGroupTypeList(syntax)),
        new("volume group type set", syntax => new VolumeGroupTypeSet(syntax)),
        new("volume group type show", syntax => new VolumeGroupTypeShow(syntax)),
        new("volume host set", syntax => new VolumeHostSet(syntax)),
        new("volume list", syntax => new VolumeList(syntax)),
        new("volume message delete", syntax => new VolumeMessageDelete(syntax)),
        new("volume message list", syntax => new VolumeMessageList(syntax)),
        new("volume message show", syntax => new VolumeMessageShow(syntax)),
        new("volume migrate", syntax => new VolumeMigrate(syntax)),
        new("volume qos associate", syntax => new VolumeQosAssociate(syntax)),
        new("volume qos create", syntax => new VolumeQosCreate(syntax)),
        new("volume qos delete", syntax => new VolumeQosDelete(syntax)),
        new("volume qos disassociate", syntax => new VolumeQosDisassociate(syntax)),
        new("volume qos list", syntax => new VolumeQosList(syntax)),
        new("volume qos set", syntax => new VolumeQosSet(syntax)),
        new("volume qos show", syntax => new VolumeQosShow(syntax)),
        new("volume qos unset", syntax => new VolumeQosUnset(syntax)),
        new("volume service list", syntax => new VolumeServiceList(syntax)),
        new("volume service set", syntax => new VolumeServiceSet(syntax)),
        new("volume set", syntax => new VolumeSet(syntax)),
        new("volume show", syntax => new VolumeShow(syntax)),
        new("volume snapshot create", syntax => new VolumeSnapshotCreate(syntax)),
        new("volume snapshot delete", syntax => new VolumeSnapshotDelete(syntax)),
        new("volume snapshot list", syntax => new VolumeSnapshotList(syntax)),
        new("volume snapshot set", syntax => new VolumeSnapshotSet(syntax)),
        new("volume snapshot show", syntax => new VolumeSnapshotShow(syntax)),
        new("volume snapshot unset", syntax => new VolumeSnapshotUnset(syntax)),
        new("volume transfer request accept", syntax => new VolumeTransferRequestAccept(syntax)),
        new("volume transfer request create", syntax => new VolumeTransferRequestCreate(syntax)),
        new("volume transfer request delete", syntax => new VolumeTransferRequestDelete(syntax)),
        new("volume transfer request list", syntax => new VolumeTransferRequestList(syntax)),
        new("volume transfer request show", syntax => new VolumeTransferRequestShow(syntax)),
        new("volume type create", syntax => new VolumeTypeCreate(syntax)),
        new("volume type delete", syntax => new VolumeTypeDelete(syntax)),
        new("volume type list", syntax => new VolumeTypeList(syntax)),
        new("volume type set", syntax => new VolumeTypeSet(syntax)),
        new("volume type show", syntax => new VolumeTypeShow(syntax)),
        new("volume type unset", syntax => new VolumeTypeUnset(syntax)),
        new("volume unset", syntax => new VolumeUnset(syntax)),
    ];
}
