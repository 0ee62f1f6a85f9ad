using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Manageable;

/// <summary>
/// os-unmanage takes a volume out of the cloud's books and leaves its disk in the pool; POST manageable_volumes takes such a
/// disk in as a new volume. Nothing is copied: the layer only changes its holder, in one transaction.
/// </summary>
internal sealed class ManageableVolumes(BlockStorageRoom room)
{
    private static readonly ObjectShape NewShape = Shape.Object(
        Member.May("host", Shape.OrNull(Shape.Text(1, 255))),
        Member.May("cluster", BodyShapes.NameOrNull).Since(3, 16),
        Member.Must("ref", ManageableList.Reference),
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("display_name", BodyShapes.NameOrNull),
        Member.May("display_description", BodyShapes.DescriptionOrNull),
        Member.May("volume_type", BodyShapes.NameOrNull),
        Member.May("availability_zone", BodyShapes.NameOrNull),
        Member.May("metadata", BodyShapes.PairsOrNull),
        Member.May("bootable", Shape.Flag)).Open();

    public async Task<Reply> Unmanage(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            if (volume.EncryptionKeyId is not null) throw BlockStorageFault.InvalidVolume("Unmanaging encrypted volumes is not supported.");
            var snapshots = SnapshotStore.OfVolume(tx, volume.Id).Count + UnmanagedDiskStore.SnapshotsOf(tx, volume.Id).Count;
            if (volume.Status is not (VolumeStatus.Available or VolumeStatus.Error) || volume.GroupId is not null || snapshots > 0
                || room.Layers.HeldBy(tx, CreateVolume.Holder(volume.Id)) is not { } layer)
                throw BlockStorageFault.InvalidVolume(
                    "Volume status must be available or error and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.");
            UnmanagedDiskStore.Add(tx, room.Layers, new(UnmanagedDisk.OfVolume(volume.Id), null, volume.SizeGib, volume.Multiattach), layer.Id);
            room.Layers.Release(tx, CreateVolume.Holder(volume.Id));
            VolumeStore.Delete(tx, volume.Id);
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> Manage(ApiRequest request)
    {
        var body = await request.Body("volume", NewShape);
        ManageableList.RequireHost(room, body.GetText("cluster") is null ? body.GetText("host") : "");
        var details = await room.Parts.Database.Write(tx =>
        {
            var disk = UnmanagedDiskStore.Require(tx, body.GetProperty("ref"), snapshot: false);
            var volume = New(tx, request, body, disk);
            room.Layers.Hold(tx, volume.LayerId, CreateVolume.Holder(volume.Id));
            UnmanagedDiskStore.Remove(tx, room.Layers, disk);
            VolumeStore.Insert(tx, volume);
            VolumeStore.SetMap(tx, "volume_metadata", volume.Id, body.GetMap("metadata"));
            return VolumeDetails.Of(tx, volume);
        });
        return JsonWriting.Wrapped("volume", json => VolumeJson.WriteDetail(json, request, details, extended: false), 202);
    }

    private VolumeRecord New(Tx tx, ApiRequest request, JsonElement body, UnmanagedDisk disk)
    {
        var type = TypeOf(tx, request, body.GetText("volume_type"), disk);
        VolumeQuota.RequireVolume(tx, request.ProjectId, disk.SizeGib, type);
        return new VolumeRecord
        {
            Id = Guid.NewGuid().ToString(),
            ProjectId = request.ProjectId,
            UserId = request.Caller.UserId,
            Name = (body.GetText("name") ?? body.GetText("display_name"))?.Trim(),
            Description = (body.GetText("description") ?? body.GetText("display_description"))?.Trim(),
            SizeGib = disk.SizeGib,
            Status = VolumeStatus.Available,
            Bootable = body.GetFlag("bootable") == true,
            Multiattach = disk.Multiattach,
            VolumeTypeId = type.Id,
            AvailabilityZone = BlockStorageRoom.Zone,
            Host = BlockStorageRoom.HostOf(room.Parts),
            LayerId = room.Layers.HeldBy(tx, disk.Holder)!.Id,
            CreatedAt = room.Parts.Time.GetUtcNow(),
        };
    }

    // A disk is what it is: plain, and in the form that several servers can write to, or not.
    private static VolumeTypeRecord TypeOf(Tx tx, ApiRequest request, string? wanted, UnmanagedDisk disk)
    {
        var type = wanted is { Length: > 0 }
            ? VolumeTypeStore.FindFor(tx, wanted, request.ProjectId, all: request.Caller.IsAdmin) ?? throw BlockStorageFault.NoType(wanted)
            : VolumeTypeStore.DefaultOf(tx, request.ProjectId);
        if (VolumeTypeStore.IsEncrypted(tx, type.Id) || VolumeTypeStore.IsMultiattach(tx, type.Id) != disk.Multiattach)
            throw Fault.BadRequest(
                $"Manage existing volume failed due to volume type mismatch: type {type.Name} is for disks that are encrypted or multi-attach, and {disk.Name} is not as it asks; name a type with the same two properties as the disk.");
        return type;
    }

    public Task<Reply> List(ApiRequest request) => Write(request, detail: false);

    public Task<Reply> Detail(ApiRequest request) => Write(request, detail: true);

    private Task<Reply> Write(ApiRequest request, bool detail)
    {
        ManageableList.RequireHost(room, request.Query["host"].ToString());
        var rows = room.Parts.Database.Read(tx => UnmanagedDiskStore.Volumes(tx)
            .ConvertAll(d => new ManageableRow(d.Name, d.SizeGib, null, null, null))
            .Concat(tx.Query($"SELECT id, size_gib FROM volumes ORDER BY id", row => (Id: row.Text(), Size: row.Long()))
                .Select(v => new ManageableRow(UnmanagedDisk.OfVolume(v.Id), v.Size, v.Id, "already managed", null))).ToList());
        return Task.FromResult(ManageableList.Write(request, "manageable-volumes", rows, detail));
    }
}
