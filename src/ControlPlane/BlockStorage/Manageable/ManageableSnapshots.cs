using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Manageable;

/// <summary>The same for snapshots: one that is unmanaged stays below its volume's disk, and can be managed for that volume only.</summary>
internal sealed class ManageableSnapshots(BlockStorageRoom room)
{
    private static readonly ObjectShape NewShape = Shape.Object(
        Member.Must("volume_id", Shape.Uuid),
        Member.Must("ref", ManageableList.Reference),
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("metadata", BodyShapes.PairsOrNull));

    public async Task<Reply> Unmanage(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            var snapshot = VolumeAccess.Snapshot(tx, request, request[0]);
            if (VolumeStore.Find(tx, snapshot.VolumeId) is not { } volume || volume.EncryptionKeyId is not null)
                throw BlockStorageFault.InvalidSnapshot("Unmanaging encrypted snapshots is not supported.");
            if (snapshot.GroupSnapshotId is not null || snapshot.Status is not "available" || snapshot.LayerId is not { } layer)
                throw BlockStorageFault.InvalidSnapshot("Snapshot status must be available and must not be part of a group.");
            UnmanagedDiskStore.Add(tx, room.Layers, new(UnmanagedDisk.OfSnapshot(snapshot.Id), volume.Id, snapshot.SizeGib, false), layer);
            room.Layers.Release(tx, CreateSnapshot.Holder(snapshot.Id));
            SnapshotStore.Delete(tx, snapshot.Id);
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> Manage(ApiRequest request)
    {
        var body = await request.Body("snapshot", NewShape);
        var details = await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, body.GetText("volume_id")!);
            var disk = UnmanagedDiskStore.Require(tx, body.GetProperty("ref"), snapshot: true);
            if (disk.VolumeId != volume.Id)
                throw Fault.BadRequest($"Manage existing snapshot failed due to invalid backend reference: {disk.Name} is a snapshot of volume {disk.VolumeId}; name that as volume_id.");
            var snapshot = New(tx, request, body, disk, volume);
            room.Layers.Hold(tx, snapshot.LayerId!.Value, CreateSnapshot.Holder(snapshot.Id));
            UnmanagedDiskStore.Remove(tx, room.Layers, disk);
            SnapshotStore.Insert(tx, snapshot);
            foreach (var (name, value) in body.GetMap("metadata"))
                tx.Execute($"INSERT INTO snapshot_metadata (snapshot_id, name, value) VALUES ({snapshot.Id}, {name}, {value})");
            return SnapshotDetails.Of(tx, snapshot);
        });
        return JsonWriting.Wrapped("snapshot", json => SnapshotJson.Write(json, request, details, detail: true, extended: false), 202);
    }

    private SnapshotRecord New(Tx tx, ApiRequest request, JsonElement body, UnmanagedDisk disk, VolumeRecord volume)
    {
        var type = VolumeTypeStore.Find(tx, volume.VolumeTypeId) ?? throw BlockStorageFault.NoType(volume.VolumeTypeId);
        VolumeQuota.RequireSnapshot(tx, request.ProjectId, disk.SizeGib, type);
        return new SnapshotRecord
        {
            Id = Guid.NewGuid().ToString(),
            VolumeId = volume.Id,
            ProjectId = request.ProjectId,
            UserId = request.Caller.UserId,
            Name = body.GetText("name")?.Trim(),
            Description = body.GetText("description")?.Trim(),
            SizeGib = disk.SizeGib,
            Status = "available",
            Progress = "100%",
            LayerId = room.Layers.HeldBy(tx, disk.Holder)!.Id,
            CreatedAt = room.Parts.Time.GetUtcNow(),
        };
    }

    public Task<Reply> List(ApiRequest request) => Write(request, detail: false);

    public Task<Reply> Detail(ApiRequest request) => Write(request, detail: true);

    private Task<Reply> Write(ApiRequest request, bool detail)
    {
        ManageableList.RequireHost(room, request.Query["host"].ToString());
        var rows = room.Parts.Database.Read(tx => UnmanagedDiskStore.Snapshots(tx)
            .ConvertAll(d => new ManageableRow(d.Name, d.SizeGib, null, null, d.VolumeId))
            .Concat(tx.Query($"SELECT id, size_gib, volume_id FROM snapshots ORDER BY id", row => (Id: row.Text(), Size: row.Long(), Volume: row.Text()))
                .Select(s => new ManageableRow(UnmanagedDisk.OfSnapshot(s.Id), s.Size, s.Id, "already managed", s.Volume))).ToList());
        return Task.FromResult(ManageableList.Write(request, "manageable-snapshots", rows, detail));
    }
}
