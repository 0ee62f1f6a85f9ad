using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>/servers/ID/os-volume_attachments.</summary>
internal sealed class VolumeAttachments(CloudParts parts, BlockStorageRoom volumes, AttachVolume attach, DetachVolume detach, SwapVolume swap)
{
    private static readonly Shape Tag = Shape.Text(1, 60, "^[^,/]*$");
    private static readonly Shape New = Shape.Object(
        Member.Must("volumeId", Shape.Uuid),
        Member.May("device", Shape.OrNull(Shape.Text(0, 255, @"(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$|^$", "a device is named like /dev/vdb"))),
        Member.May("tag", Tag).Since(2, 49),
        Member.May("delete_on_termination", Shape.Flag).Since(2, 79));

    private static readonly Shape Changed = Shape.Object(
        Member.Must("volumeId", Shape.Uuid),
        Member.May("delete_on_termination", Shape.Flag).Since(2, 85),
        Member.May("device", Shape.OrNull(Shape.Text())).Since(2, 85),
        Member.May("serverId", Shape.Uuid).Since(2, 85),
        Member.May("tag", Shape.OrNull(Tag)).Since(2, 85),
        Member.May("id", Shape.Uuid).Since(2, 85));

    public Task<Reply> List(ApiRequest request)
    {
        var disks = parts.Database.Read(tx => ServerDiskStore.Of(tx, ServerStore.Get(tx, request.Caller, request[0]).Id))
            .Where(d => d is { IsVolume: true, VolumeId: not null }).ToList();
        if (int.TryParse(request.Query["offset"], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)) disks = [.. disks.Skip(offset)];
        if (int.TryParse(request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)) disks = [.. disks.Take(limit)];
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("volumeAttachments");
            foreach (var disk in disks) Write(json, request, disk, shows: true);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var disk = parts.Database.Read(tx => Get(tx, request, ServerStore.Get(tx, request.Caller, request[0])));
        return Task.FromResult(Answer(request, disk, shows: true));
    }

    private static ServerDisk Get(Tx tx, ApiRequest request, ServerRecord server) =>
        ServerDiskStore.FindVolume(tx, server.Id, request[1])
        ?? throw Fault.NotFound($"Instance {server.Id} is not attached to volume {request[1].Truncated()}");

    public async Task<Reply> Create(ApiRequest request)
    {
        var wanted = await request.Body("volumeAttachment", New);
        var disk = await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "attach_volume",
                VmState.Active, VmState.Paused, VmState.Stopped, VmState.Resized, VmState.ShelvedOffloaded);
            var row = NewDisk(tx, request, server, wanted);
            volumes.Attachments.Reserve(tx, row.VolumeId!, server.Id, row.AttachmentId!, readOnly: false);
            ServerDiskStore.Insert(tx, row);
            attach.Begin(tx, request, server, row.IsRoot ? TaskState.BlockDeviceMapping : null, "attach_volume", new ServerTaskState { ServerId = server.Id, RequestId = request.RequestId, Subject = row.Id });
            return row;
        });
        return Answer(request, disk, shows: false);
    }

    private ServerDisk NewDisk(Tx tx, ApiRequest request, ServerRecord server, JsonElement wanted)
    {
        var id = wanted.GetText("volumeId")!;
        var volume = volumes.FindVolume(tx, request.Caller, id) ?? throw Fault.NotFound($"Volume {id} could not be found.");
        var disks = ServerDiskStore.Of(tx, server.Id);
        if (disks.Any(d => d.VolumeId == id)) throw Fault.BadRequest($"Invalid volume: volume {id} already attached");
        var device = wanted.GetText("device") is { Length: > 0 } given ? given : null;
        if (device is not null && disks.Any(d => d.DeviceName == device))
            throw Fault.Conflict($"The supplied device path ({device}) is in use.");
        var row = Row(server, disks, wanted, volume);
        return device == ServerRoot.DeviceOf(server) && ServerRoot.IsMissing(tx, server) ? ServerRoot.Attached(tx, volumes, server, row) : row;
    }

    private ServerDisk Row(ServerRecord server, List<ServerDisk> disks, JsonElement wanted, VolumeRecord volume)
    {
        var id = Guid.NewGuid().ToString();
        var bus = server.Image.Properties.GetValueOrDefault("hw_disk_bus") is "scsi" ? "scsi" : "virtio";
        var row = new ServerDisk
        {
            Id = id,
            ServerId = server.Id,
            Position = disks.Select(d => d.Position).DefaultIfEmpty(0).Max() + 1,
            Role = DiskRole.Volume,
            Source = "volume",
            Destination = "volume",
            DeleteOnTermination = wanted.GetFlag("delete_on_termination") ?? false,
            // The root's place is kept for a root.
            DeviceName = DeviceNames.Free([ServerRoot.DeviceOf(server), .. disks.Select(d => d.DeviceName)], DeviceNames.PrefixOf(bus)),
            VolumeId = volume.Id,
            AttachmentId = Guid.NewGuid().ToString(),
            SizeGib = volume.SizeGib,
            DiskBus = bus,
            DeviceType = "disk",
            Tag = wanted.GetText("tag"),
            CreatedAt = parts.Time.GetUtcNow(),
        };
        // A volume that was swapped for another left its name to that.
        return disks.Exists(d => d.DeviceId == row.DeviceId) ? row with { OwnDeviceId = ServerDisk.NamedByRow(id) } : row;
    }

    /// <summary>
    /// PUT: until 2.84 the volume in the path is swapped for the one in the body; from 2.85 properties may be changed too.
    /// Rule: nova/api/openstack/compute/volume_attachments.py.
    /// </summary>
    public async Task<Reply> Update(ApiRequest request)
    {
        var wanted = await request.Body("volumeAttachment", Changed);
        var other = wanted.GetText("volumeId")!;
        var swaps = !request.At(2, 85) || other != request[1];
        if (swaps) request.AuthorizeInstead("os_compute_api:os-volumes-attachments:swap", PolicyTarget.OwnedBy(request.Caller.ProjectId, request.Caller.UserId));
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, request[0]);
            if (!swaps) request.Authorize(PolicyTarget.OwnedBy(server.ProjectId, server.UserId));
            if (request.At(2, 85)) Change(tx, server, Get(tx, request, server), wanted);
            if (swaps) swap.Begin(tx, request, server, request[1], other);
        });
        return Reply.Empty(202);
    }

    // What the caller says of the attachment beside what it may change must be what it is.
    private static void Change(Tx tx, ServerRecord server, ServerDisk disk, JsonElement wanted)
    {
        void Same(string name, string? now)
        {
            if (wanted.Has(name) && wanted.GetText(name) != now) throw Fault.BadRequest($"The {name} property is not mutable");
        }
        Same("id", disk.VolumeId);
        Same("serverId", server.Id);
        Same("device", disk.DeviceName);
        Same("tag", disk.Tag);
        if (wanted.GetFlag("delete_on_termination") is { } delete) ServerDiskStore.SetDeleteOnTermination(tx, disk.Id, delete);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "detach_volume",
                VmState.Active, VmState.Paused, VmState.Stopped, VmState.Resized, VmState.ShelvedOffloaded);
            var disk = Get(tx, request, server);
            if (disk.IsRoot) ServerRoot.RequireDetachable(server);
            volumes.Attachments.BeginDetach(tx, disk.AttachmentId!);
            // Nobody starts a server whose root is on its way out.
            detach.Begin(tx, request, server, disk.IsRoot ? TaskState.BlockDeviceMapping : null, "detach_volume", new ServerTaskState { ServerId = server.Id, RequestId = request.RequestId, Subject = disk.Id });
        });
        return Reply.Empty(202);
    }

    private static Reply Answer(ApiRequest request, ServerDisk disk, bool shows) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("volumeAttachment");
        Write(json, request, disk, shows);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, ApiRequest request, ServerDisk disk, bool shows)
    {
        json.WriteStartObject();
        if (!shows || !request.At(2, 89)) json.WriteString("id", disk.VolumeId);
        json.WriteString("volumeId", disk.VolumeId);
        json.WriteString("serverId", disk.ServerId);
        json.WriteString("device", disk.DeviceName);
        if (request.At(2, 70)) json.WriteString("tag", disk.Tag);
        if (request.At(2, 79)) json.WriteBoolean("delete_on_termination", disk.DeleteOnTermination);
        if (shows && request.At(2, 89))
        {
            json.WriteString("attachment_id", disk.AttachmentId);
            json.WriteString("bdm_uuid", disk.Id);
        }
        json.WriteEndObject();
    }
}
