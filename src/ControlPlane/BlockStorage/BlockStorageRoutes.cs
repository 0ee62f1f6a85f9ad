using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
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
    }

    private void AddVolumes(RouteTable routes)
    {
        var list = new ListVolumes(this);
        var metadata = new MetadataOf(Parts.Database, "volume_metadata", "volume_id", (tx, request) => VolumeAccess.Volume(tx, request, request[0]), "Volume");
        routes.Get("v3/volumes", "volume:get_all", list.Index);
        routes.Get("v3/volumes/detail", "volume:get_all", list.Detail);
        routes.Get("v3/volumes/summary", "volume:get_all", list.Summary).Since(3, 12);
        routes.Post("v3/volumes", "volume:create", new PostVolume(this).Handle);
        routes.Get("v3/volumes/{id}", "volume:get", new ShowVolume(this).Handle);
        routes.Put("v3/volumes/{id}", "volume:update", new PutVolume(this).Handle);
        routes.Delete("v3/volumes/{id}", "volume:delete", new RemoveVolume(this).Handle);
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
        routes.Action(action, "os-unmanage", "volume_extension:volume_unmanage", move.Unmanage);
    }

    private void AddConnections(RouteTable routes)
    {
        const string action = "v3/volumes/{id}/action";
        var connect = new VolumeConnectionActions(this);
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
        routes.Get("v3/snapshots", "volume:get_all_snapshots", list.Index);
        routes.Get("v3/snapshots/detail", "volume:get_all_snapshots", list.Detail);
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
}
