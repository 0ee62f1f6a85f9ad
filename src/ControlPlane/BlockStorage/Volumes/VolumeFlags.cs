using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>The actions that change only a volume's row: os-set_bootable, os-update_readonly_flag, os-retype.</summary>
internal sealed class VolumeFlags(BlockStorageRoom room)
{
    private static readonly ObjectShape BootableShape = Shape.Object(Member.Must("bootable", Shape.Flag));
    private static readonly ObjectShape ReadonlyShape = Shape.Object(Member.Must("readonly", Shape.Flag));

    private static readonly ObjectShape RetypeShape = Shape.Object(
        Member.Must("new_type", Shape.Text()),
        Member.May("migration_policy", Shape.OrNull(Shape.OneOf("on-demand", "never"))));

    private DateTimeOffset Now => room.Parts.Time.GetUtcNow();

    public async Task<Reply> SetBootable(ApiRequest request)
    {
        var body = await request.Body("os-set_bootable", BootableShape);
        await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            tx.Execute($"UPDATE volumes SET bootable = {body.GetFlag("bootable")}, updated_at = {Now} WHERE id = {volume.Id}");
        });
        return Reply.Empty(200);
    }

    public async Task<Reply> SetReadonly(ApiRequest request)
    {
        var body = await request.Body("os-update_readonly_flag", ReadonlyShape);
        var flag = body.GetFlag("readonly") == true;
        await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            if (volume.Status != VolumeStatus.Available)
                throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} status must be available to update readonly flag, but current status is: {volume.Status}.");
            tx.Execute($"UPDATE volumes SET readonly = {flag}, updated_at = {Now} WHERE id = {volume.Id}");
            VolumeStore.SetMap(tx, "volume_admin_metadata", volume.Id, new Dictionary<string, string> { ["readonly"] = flag ? "True" : "False" });
        });
        return Reply.Empty(202);
    }

    /// <summary>All types have the one pool, so a volume changes its type where it lies; to another encryption by a copy, to or from multiattach not at all: that is another kind of disk.</summary>
    public async Task<Reply> Retype(ApiRequest request)
    {
        var body = await request.Body("os-retype", RetypeShape);
        var name = body.GetText("new_type")!;
        await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            var type = VolumeTypeStore.FindFor(tx, name, request.Caller.ProjectId, request.Caller.IsAdmin) ?? throw BlockStorageFault.NoType(name);
            if (VolumeTypeStore.IsMultiattach(tx, type.Id) != volume.Multiattach)
                throw BlockStorageFault.InvalidInput($"Volume {volume.Id} cannot be retyped between multiattach and not: make a volume of type {type.Name} and copy the data in a server.");
            if (volume.Status is not (VolumeStatus.Available or VolumeStatus.InUse) || volume.GroupId is not null || volume.VolumeTypeId == type.Id)
                throw BlockStorageFault.InvalidVolume("Retype needs volume to be in available or in-use state, not be part of an active migration or a consistency group, requested type has to be different that the one from the volume, and for in-use volumes front-end qos specs cannot change.");
            VolumeQuota.RequireType(tx, volume.ProjectId, volume.SizeGib, type);
            if (!VolumeEncryption.Agree(tx, volume.VolumeTypeId, type.Id))
            {
                if (body.GetText("migration_policy") != "on-demand")
                    throw BlockStorageFault.InvalidInput($"The encryption of {type.Name} is another, so volume {volume.Id} would be copied, and that is not allowed: ask for it with migration_policy on-demand.");
                room.ReplaceDisk.BeginRetype(tx, volume, type, request.RequestId);
                return;
            }
            tx.Execute($"UPDATE volumes SET volume_type_id = {type.Id}, updated_at = {Now} WHERE id = {volume.Id}");
        });
        return Reply.Empty(202);
    }
}
