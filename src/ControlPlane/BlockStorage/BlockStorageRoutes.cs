using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.BlockStorage.Backups;
using Cumulet.ControlPlane.BlockStorage.Groups;
using Cumulet.ControlPlane.BlockStorage.Manageable;
using Cumulet.ControlPlane.BlockStorage.Messages;
using Cumulet.ControlPlane.BlockStorage.QosSpecs;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.Services;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.Transfers;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;

namespace Cumulet.ControlPlane.BlockStorage;

// The table of contents: every URL with its policy and its microversions.
public sealed partial class BlockStorageRoom
{
    private void AddRoutes(RouteTable routes)
    {
        routes.Open("GET", "", BlockStorageVersions.Choices);
        routes.Open("GET", "v3", BlockStorageVersions.Show);
        AddVolumes(routes);
        AddVolumeActions(routes);
        AddConnections(routes);
        AddSnapshots(routes);
        AddTypes(routes);
        AddTypeAdministration(routes);
        AddQuotas(routes);
        AddServices(routes);
        AddManageable(routes);
        AddTransfers(routes);
        AddMessages(routes);
        AddGroups(routes);
        AddBackups(routes);
    }

    private void AddVolumes(RouteTable routes)
    {
        var list = new ListVolumes(this);
        var metadata = new MetadataOf(Parts.Database, "volume_metadata", "volume_id", (tx, request) => VolumeAccess.Volume(tx, request, request[0]), "Volume");
        routes.Get("v3/volumes", "volume:get_all", list.Index).FromRows();
        routes.Get("v3/volumes/detail", "volume:get_all", list.Detail).FromRows();
        routes.Get("v3/volumes/summary", "volume:get_all", list.Summary).Since(3, 12);
        routes.Post("v3/volumes", "volume:create", new PostVolume(this).Handle);
        routes.Get("v3/volumes/{id}", "volume:get", new ShowVolume(this).Handle);
        routes.Put("v3/volumes/{id}", "volume:update", new PutVolume(this).Handle);
        routes.Delete("v3/volumes/{id}", "volume:delete", new RemoveVolume(this).Handle);
        var encryption = new VolumeEncryptionMetadata(this);
        routes.Get("v3/volumes/{id}/encryption", "volume_extension:volume_encryption_metadata", encryption.Show);
        routes.Get("v3/volumes/{id}/encryption/{key}", "volume_extension:volume_encryption_metadata", encryption.ShowOne);
        routes.Get("v3/volumes/{id}/metadata", "volume:get_volume_metadata", metadata.List);
        routes.Post("v3/volumes/{id}/metadata", "volume:create_volume_metadata", metadata.Add);
        routes.Put("v3/volumes/{id}/metadata", "volume:update_volume_metadata", metadata.Replace);
        routes.Get("v3/volumes/{id}/metadata/{key}", "volume:get_volume_metadata", metadata.Show);
        routes.Put("v3/volumes/{id}/metadata/{key}", "volume:update_volume_metadata", metadata.SetOne);
        routes.Delete("v3/volumes/{id}/metadata/{key}", "volume:delete_volume_metadata", metadata.Delete);
    }

    private void AddVolumeActions(RouteTable routes)
    {
        const string action = "v3/volumes/{id}/action";
        var flags = new VolumeFlags(this);
        var image = new VolumeImageMetadata(this);
        var move = new MoveVolume(this);
        routes.Action(action, "os-extend", "volume:extend", ExtendVolume.Handle);
        routes.Action(action, "os-reset_status", "volume_extension:volume_admin_actions:reset_status", new ResetVolume(this).Handle);
        routes.Action(action, "os-force_delete", "volume_extension:volume_admin_actions:force_delete", new RemoveVolume(this).Force);
        routes.Action(action, "os-set_bootable", "volume:update", flags.SetBootable);
        routes.Action(action, "os-update_readonly_flag", "volume:update_readonly_flag", flags.SetReadonly);
        routes.Action(action, "os-retype", "volume:retype", flags.Retype);
        routes.Action(action, "os-volume_upload_image", "volume_extension:volume_actions:upload_image", UploadVolume.Handle);
        routes.Action(action, "os-set_image_metadata", "volume_extension:volume_image_metadata:set", image.Set);
        routes.Action(action, "os-unset_image_metadata", "volume_extension:volume_image_metadata:remove", image.Unset);
        routes.Action(action, "os-show_image_metadata", "volume_extension:volume_image_metadata:show", image.Show);
        routes.Action(action, "revert", "volume:revert_to_snapshot", ReplaceDisk.Revert).Since(3, 40);
        routes.Action(action, "os-reimage", "volume:reimage", ReplaceDisk.Reimage).Since(3, 68);
        routes.Action(action, "os-migrate_volume", "volume_extension:volume_admin_actions:migrate_volume", move.Migrate);
        routes.Action(action, "os-migrate_volume_completion", "volume_extension:volume_admin_actions:migrate_volume_completion", move.CompleteMigration);
        routes.Action(action, "os-extend_volume_completion", "volume_extension:volume_admin_actions:extend_volume_completion", move.CompleteExtension).Since(3, 71);
        routes.Action(action, "os-unmanage", "volume_extension:volume_unmanage", new ManageableVolumes(this).Unmanage);
    }

    private void AddConnections(RouteTable routes)
    {
        const string action = "v3/volumes/{id}/action";
        var connect = new VolumeConnectionActions(this);
        var attachments = new AttachmentRequests(this);
        routes.Get("v3/attachments", "volume:get_all", attachments.List).Since(3, 27);
        routes.Get("v3/attachments/detail", "volume:get_all", attachments.Detail).Since(3, 27);
        routes.Post("v3/attachments", "volume:attachment_create", attachments.Create).Since(3, 27);
        routes.Get("v3/attachments/{id}", "volume:get", attachments.Show).Since(3, 27);
        routes.Put("v3/attachments/{id}", "volume:attachment_update", attachments.Update).Since(3, 27);
        routes.Delete("v3/attachments/{id}", "volume:attachment_delete", attachments.Delete).Since(3, 27);
        routes.Action("v3/attachments/{id}/action", "os-complete", "volume:attachment_complete", attachments.Complete).Since(3, 44);
        routes.Action(action, "os-attach", "volume_extension:volume_actions:attach", connect.Attach);
        routes.Action(action, "os-detach", "volume_extension:volume_actions:detach", connect.Detach);
        routes.Action(action, "os-force_detach", "volume_extension:volume_admin_actions:force_detach", connect.ForceDetach);
        routes.Action(action, "os-reserve", "volume_extension:volume_actions:reserve", connect.Reserve);
        routes.Action(action, "os-unreserve", "volume_extension:volume_actions:unreserve", connect.Unreserve);
        routes.Action(action, "os-begin_detaching", "volume_extension:volume_actions:begin_detaching", connect.BeginDetaching);
        routes.Action(action, "os-roll_detaching", "volume_extension:volume_actions:roll_detaching", connect.RollDetaching);
        routes.Action(action, "os-initialize_connection", "volume_extension:volume_actions:initialize_connection", connect.InitializeConnection);
        routes.Action(action, "os-terminate_connection", "volume_extension:volume_actions:terminate_connection", connect.TerminateConnection);
    }

    private void AddSnapshots(RouteTable routes)
    {
        var list = new ListSnapshots(this);
        var change = new ChangeSnapshot(this);
        var metadata = new MetadataOf(Parts.Database, "snapshot_metadata", "snapshot_id", (tx, request) => VolumeAccess.Snapshot(tx, request, request[0]), "Snapshot");
        routes.Get("v3/snapshots", "volume:get_all_snapshots", list.Index).FromRows();
        routes.Get("v3/snapshots/detail", "volume:get_all_snapshots", list.Detail).FromRows();
        routes.Post("v3/snapshots", "volume:create_snapshot", new PostSnapshot(this).Handle);
        routes.Get("v3/snapshots/{id}", "volume:get_snapshot", list.Show);
        routes.Put("v3/snapshots/{id}", "volume:update_snapshot", change.Update);
        routes.Delete("v3/snapshots/{id}", "volume:delete_snapshot", change.Delete);
        routes.Get("v3/snapshots/{id}/metadata", "volume:get_snapshot_metadata", metadata.List);
        routes.Post("v3/snapshots/{id}/metadata", "volume:update_snapshot_metadata", metadata.Add);
        routes.Put("v3/snapshots/{id}/metadata", "volume:update_snapshot_metadata", metadata.Replace);
        routes.Get("v3/snapshots/{id}/metadata/{key}", "volume:get_snapshot_metadata", metadata.Show);
        routes.Put("v3/snapshots/{id}/metadata/{key}", "volume:update_snapshot_metadata", metadata.SetOne);
        routes.Delete("v3/snapshots/{id}/metadata/{key}", "volume:delete_snapshot_metadata", metadata.Delete);
        routes.Action("v3/snapshots/{id}/action", "os-reset_status", "volume_extension:snapshot_admin_actions:reset_status", change.ResetStatus);
        routes.Action("v3/snapshots/{id}/action", "os-update_snapshot_status", "snapshot_extension:snapshot_actions:update_snapshot_status", change.UpdateStatus);
        routes.Action("v3/snapshots/{id}/action", "os-force_delete", "volume_extension:snapshot_admin_actions:force_delete", change.ForceDelete);
        routes.Action("v3/snapshots/{id}/action", "os-unmanage", "snapshot_extension:snapshot_unmanage", new ManageableSnapshots(this).Unmanage);
    }

    private void AddTypes(RouteTable routes)
    {
        var read = new ReadVolumeTypes(this);
        var change = new ChangeVolumeTypes(this);
        var specs = new VolumeTypeExtraSpecs(this);
        var access = new VolumeTypeAccess(this);
        routes.Get("v3/types", "volume_extension:type_get_all", read.List);
        routes.Post("v3/types", "volume_extension:type_create", change.Create);
        routes.Get("v3/types/default", "volume_extension:type_get", read.Default);
        routes.Get("v3/types/{id}", "volume_extension:type_get", read.Show);
        routes.Put("v3/types/{id}", "volume_extension:type_update", change.Update);
        routes.Delete("v3/types/{id}", "volume_extension:type_delete", change.Delete);
        routes.Get("v3/types/{id}/extra_specs", "volume_extension:types_extra_specs:index", specs.List);
        routes.Post("v3/types/{id}/extra_specs", "volume_extension:types_extra_specs:create", specs.Create);
        routes.Get("v3/types/{id}/extra_specs/{key}", "volume_extension:types_extra_specs:show", specs.Show);
        routes.Put("v3/types/{id}/extra_specs/{key}", "volume_extension:types_extra_specs:update", specs.Update);
        routes.Delete("v3/types/{id}/extra_specs/{key}", "volume_extension:types_extra_specs:delete", specs.Delete);
        routes.Get("v3/types/{id}/os-volume-type-access", "volume_extension:volume_type_access:get_all_for_type", access.List);
        routes.Action("v3/types/{id}/action", "addProjectAccess", "volume_extension:volume_type_access:addProjectAccess", access.Add);
        routes.Action("v3/types/{id}/action", "removeProjectAccess", "volume_extension:volume_type_access:removeProjectAccess", access.Remove);
    }

    private void AddTypeAdministration(RouteTable routes)
    {
        var encryption = new TypeEncryption(this);
        var defaults = new DefaultTypes(this);
        var qos = new QosRequests(this);
        routes.Get("v3/types/{id}/encryption", "volume_extension:volume_type_encryption:get", encryption.Show);
        routes.Get("v3/types/{id}/encryption/{key}", "volume_extension:volume_type_encryption:get", encryption.ShowOne);
        routes.Post("v3/types/{id}/encryption", "volume_extension:volume_type_encryption:create", encryption.Create);
        routes.Put("v3/types/{id}/encryption/{key}", "volume_extension:volume_type_encryption:update", encryption.Update);
        routes.Delete("v3/types/{id}/encryption/{key}", "volume_extension:volume_type_encryption:delete", encryption.Delete);
        routes.Get("v3/default-types", "volume_extension:default_get_all", defaults.List).Since(3, 62);
        routes.Get("v3/default-types/{project}", "volume_extension:default_get", defaults.Show).Since(3, 62);
        routes.Put("v3/default-types/{project}", "volume_extension:default_set_or_update", defaults.Set).Since(3, 62);
        routes.Delete("v3/default-types/{project}", "volume_extension:default_unset", defaults.Unset).Since(3, 62);
        routes.Get("v3/qos-specs", "volume_extension:qos_specs_manage:get_all", qos.List);
        routes.Post("v3/qos-specs", "volume_extension:qos_specs_manage:create", qos.Create);
        routes.Get("v3/qos-specs/{id}", "volume_extension:qos_specs_manage:get", qos.Show);
        routes.Put("v3/qos-specs/{id}", "volume_extension:qos_specs_manage:update", qos.Update);
        routes.Delete("v3/qos-specs/{id}", "volume_extension:qos_specs_manage:delete", qos.Delete);
        routes.Put("v3/qos-specs/{id}/delete_keys", "volume_extension:qos_specs_manage:update", qos.DeleteKeys);
        routes.Get("v3/qos-specs/{id}/associations", "volume_extension:qos_specs_manage:get_all", qos.Associations);
        routes.Get("v3/qos-specs/{id}/associate", "volume_extension:qos_specs_manage:update", qos.Associate);
        routes.Get("v3/qos-specs/{id}/disassociate", "volume_extension:qos_specs_manage:update", qos.Disassociate);
        routes.Get("v3/qos-specs/{id}/disassociate_all", "volume_extension:qos_specs_manage:update", qos.DisassociateAll);
    }

    private void AddQuotas(RouteTable routes)
    {
        var quotas = new QuotaRequests(this);
        routes.Get("v3/os-quota-sets/{project}", "volume_extension:quotas:show", quotas.Show).ByTarget();
        routes.Get("v3/os-quota-sets/{project}/defaults", "volume_extension:quotas:show", quotas.Defaults).ByTarget();
        routes.Put("v3/os-quota-sets/{project}", "volume_extension:quotas:update", quotas.Update);
        routes.Delete("v3/os-quota-sets/{project}", "volume_extension:quotas:delete", quotas.Delete);
        routes.Get("v3/os-quota-class-sets/{name}", "volume_extension:quota_classes:get", quotas.ShowClass);
        routes.Put("v3/os-quota-class-sets/{name}", "volume_extension:quota_classes:update", quotas.UpdateClass);
        routes.Get("v3/limits", "limits_extension:used_limits", quotas.ShowLimits);
    }

    private void AddServices(RouteTable routes)
    {
        var services = new ServiceRequests(this);
        var pools = new PoolRequests(this);
        routes.Get("v3/os-availability-zone", "volume:get_all", services.Zones);
        routes.Get("v3/extensions", "volume:get_all", Extensions.List);
        routes.Get("v3/resource_filters", "volume:get_all", pools.ResourceFilters).Since(3, 33);
        routes.Get("v3/os-services", "volume_extension:services:index", services.List);
        routes.Put("v3/os-services/enable", "volume_extension:services:update", services.Enable);
        routes.Put("v3/os-services/disable", "volume_extension:services:update", services.Disable);
        routes.Put("v3/os-services/disable-log-reason", "volume_extension:services:update", services.DisableWithReason);
        routes.Put("v3/os-services/freeze", "volume:freeze_host", services.Freeze);
        routes.Put("v3/os-services/thaw", "volume:thaw_host", services.Thaw);
        routes.Put("v3/os-services/failover_host", "volume:failover_host", services.FailOver);
        routes.Put("v3/os-services/failover", "volume:failover_host", services.FailOver).Since(3, 26);
        routes.Put("v3/os-services/get-log", "volume_extension:services:update", services.Levels).Since(3, 32);
        routes.Put("v3/os-services/set-log", "volume_extension:services:update", services.Levels).Since(3, 32);
        routes.Get("v3/os-hosts", "volume_extension:hosts", services.Hosts);
        routes.Get("v3/os-hosts/{host}", "volume_extension:hosts", services.ShowHost);
        routes.Get("v3/scheduler-stats/get_pools", "scheduler_extension:scheduler_stats:get_pools", pools.Pools);
        routes.Get("v3/capabilities/{host}", "volume_extension:capabilities", pools.Capabilities);
        routes.Get("v3/clusters", "clusters:get_all", pools.NoClusters).Since(3, 7);
        routes.Get("v3/clusters/detail", "clusters:get_all", pools.NoClusters).Since(3, 7);
        routes.Get("v3/clusters/{name}", "clusters:get", pools.NoCluster).Since(3, 7);
        routes.Put("v3/clusters/enable", "clusters:update", pools.SwitchCluster).Since(3, 7);
        routes.Put("v3/clusters/disable", "clusters:update", pools.SwitchCluster).Since(3, 7);
        routes.Post("v3/workers/cleanup", "workers:cleanup", pools.RefuseCleanup).Since(3, 24);
    }

    private void AddManageable(RouteTable routes)
    {
        var (volumes, snapshots) = (new ManageableVolumes(this), new ManageableSnapshots(this));
        foreach (var path in (string[])["os-volume-manage", "manageable_volumes"])
        {
            routes.Get($"v3/{path}", "volume_extension:list_manageable", volumes.List);
            routes.Get($"v3/{path}/detail", "volume_extension:list_manageable", volumes.Detail);
            routes.Post($"v3/{path}", "volume_extension:volume_manage", volumes.Manage);
        }
        foreach (var path in (string[])["os-snapshot-manage", "manageable_snapshots"])
        {
            routes.Get($"v3/{path}", "snapshot_extension:list_manageable", snapshots.List);
            routes.Get($"v3/{path}/detail", "snapshot_extension:list_manageable", snapshots.Detail);
            routes.Post($"v3/{path}", "snapshot_extension:snapshot_manage", snapshots.Manage);
        }
    }

    private void AddTransfers(RouteTable routes)
    {
        foreach (var path in (string[])["os-volume-transfer", "volume-transfers"])
        {
            var transfers = new TransferRequests(this, path);
            routes.Get($"v3/{path}", "volume:get_all_transfers", transfers.List);
            routes.Get($"v3/{path}/detail", "volume:get_all_transfers", transfers.Detail);
            routes.Post($"v3/{path}", "volume:create_transfer", transfers.Create);
            routes.Get($"v3/{path}/{{id}}", "volume:get_transfer", transfers.Show);
            routes.Delete($"v3/{path}/{{id}}", "volume:delete_transfer", transfers.Delete);
            routes.Post($"v3/{path}/{{id}}/accept", "volume:accept_transfer", transfers.Accept);
        }
    }

    private void AddMessages(RouteTable routes)
    {
        var messages = new MessageRequests(this);
        routes.Get("v3/messages", "message:get_all", messages.List).Since(3, 3);
        routes.Get("v3/messages/{id}", "message:get", messages.Show).Since(3, 3);
        routes.Delete("v3/messages/{id}", "message:delete", messages.Delete).Since(3, 3);
    }

    private void AddGroups(RouteTable routes)
    {
        var types = new GroupTypeRequests(this);
        var groups = new GroupRequests(this);
        var snapshots = new GroupSnapshotRequests(this);
        routes.Get("v3/group_types", "group:get_all", types.List).Since(3, 11);
        routes.Post("v3/group_types", "group:group_types:create", types.Create).Since(3, 11);
        routes.Get("v3/group_types/default", "group:get_all", types.Default).Since(3, 11);
        routes.Get("v3/group_types/{id}", "group:get_all", types.Show).Since(3, 11);
        routes.Put("v3/group_types/{id}", "group:group_types:update", types.Update).Since(3, 11);
        routes.Delete("v3/group_types/{id}", "group:group_types:delete", types.Delete).Since(3, 11);
        routes.Get("v3/group_types/{id}/group_specs", "group:group_types_specs:get_all", types.ListSpecs).Since(3, 11);
        routes.Post("v3/group_types/{id}/group_specs", "group:group_types_specs:create", types.AddSpecs).Since(3, 11);
        routes.Get("v3/group_types/{id}/group_specs/{key}", "group:group_types_specs:get", types.ShowSpec).Since(3, 11);
        routes.Put("v3/group_types/{id}/group_specs/{key}", "group:group_types_specs:update", types.SetSpec).Since(3, 11);
        routes.Delete("v3/group_types/{id}/group_specs/{key}", "group:group_types_specs:delete", types.DeleteSpec).Since(3, 11);
        routes.Get("v3/groups", "group:get_all", groups.List).Since(3, 13);
        routes.Get("v3/groups/detail", "group:get_all", groups.Detail).Since(3, 13);
        routes.Post("v3/groups", "group:create", groups.Create).Since(3, 13);
        routes.Get("v3/groups/{id}", "group:get", groups.Show).Since(3, 13);
        routes.Put("v3/groups/{id}", "group:update", groups.Update).Since(3, 13);
        routes.Action("v3/groups/action", "create-from-src", "group:create", groups.CreateFromSource).Since(3, 14);
        routes.Action("v3/groups/{id}/action", "delete", "group:delete", groups.Delete).Since(3, 13);
        routes.Action("v3/groups/{id}/action", "reset_status", "group:reset_status", groups.ResetStatus).Since(3, 20);
        routes.Action("v3/groups/{id}/action", "enable_replication", "group:enable_replication", groups.RefuseReplication).Since(3, 38);
        routes.Action("v3/groups/{id}/action", "disable_replication", "group:disable_replication", groups.RefuseReplication).Since(3, 38);
        routes.Action("v3/groups/{id}/action", "failover_replication", "group:failover_replication", groups.RefuseReplication).Since(3, 38);
        routes.Action("v3/groups/{id}/action", "list_replication_targets", "group:list_replication_targets", groups.ReplicationTargets).Since(3, 38);
        routes.Get("v3/group_snapshots", "group:get_all_group_snapshots", snapshots.List).Since(3, 14);
        routes.Get("v3/group_snapshots/detail", "group:get_all_group_snapshots", snapshots.Detail).Since(3, 14);
        routes.Post("v3/group_snapshots", "group:create_group_snapshot", snapshots.Create).Since(3, 14);
        routes.Get("v3/group_snapshots/{id}", "group:get_group_snapshot", snapshots.Show).Since(3, 14);
        routes.Delete("v3/group_snapshots/{id}", "group:delete_group_snapshot", snapshots.Delete).Since(3, 14);
        routes.Action("v3/group_snapshots/{id}/action", "reset_status", "group:reset_group_snapshot_status", snapshots.ResetStatus).Since(3, 19);
    }

    private void AddBackups(RouteTable routes)
    {
        var backups = new BackupRequests(this);
        var records = new BackupRecords(this);
        routes.Get("v3/backups", "backup:get_all", backups.List);
        routes.Get("v3/backups/detail", "backup:get_all", backups.Detail);
        routes.Post("v3/backups", "backup:create", CreateBackup.Handle);
        routes.Post("v3/backups/import_record", "backup:backup-import", records.Import);
        routes.Get("v3/backups/{id}", "backup:get", backups.Show);
        routes.Put("v3/backups/{id}", "backup:update", backups.Update).Since(3, 9);
        routes.Delete("v3/backups/{id}", "backup:delete", backups.Delete);
        routes.Post("v3/backups/{id}/restore", "backup:restore", backups.Restore);
        routes.Get("v3/backups/{id}/export_record", "backup:export-import", records.Export);
        routes.Action("v3/backups/{id}/action", "os-reset_status", "volume_extension:backup_admin_actions:reset_status", backups.ResetStatus);
        routes.Action("v3/backups/{id}/action", "os-force_delete", "volume_extension:backup_admin_actions:force_delete", backups.ForceDelete);
    }
}
