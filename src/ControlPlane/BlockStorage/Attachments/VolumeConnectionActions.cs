using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Attachments;

/// <summary>
/// The older way of attaching, as volume actions: os-reserve, os-attach, os-detach and their kin. They keep Cinder's books;
/// what a server of this cloud has attached, only Compute takes away.
/// </summary>
internal sealed class VolumeConnectionActions(BlockStorageRoom room)
{
    private static readonly ObjectShape AttachShape = Shape.Object(
        Member.May("instance_uuid", Shape.Uuid),
        Member.Must("mountpoint", Shape.Text(1, 255)),
        Member.May("host_name", Shape.Text(0, 255)),
        Member.May("mode", Shape.OneOf("rw", "ro")));

    private static readonly Shape DetachShape = Shape.OrNull(Shape.Object(Member.May("attachment_id", BodyShapes.UuidOrNull)));

    private static readonly ObjectShape ForceDetachShape = Shape.Object(
        Member.May("connector", Shape.OrNull(Shape.AnyObject)),
        Member.May("attachment_id", Shape.OrNull(Shape.Text())));

    private static readonly ObjectShape ConnectorShape = Shape.Object(Member.Must("connector", Shape.OrNull(Shape.AnyObject)));

    private DateTimeOffset Now => room.Parts.Time.GetUtcNow();

    public Task<Reply> Reserve(ApiRequest request) => Change(request, (tx, volume) =>
    {
        string[] from = volume.Multiattach ? [VolumeStatus.Available, VolumeStatus.InUse] : [VolumeStatus.Available];
        if (!VolumeStore.Move(tx, volume.Id, from, VolumeStatus.Attaching, Now))
            throw BlockStorageFault.InvalidVolume($"Volume status must be {string.Join(" or ", from)} to reserve, but the status is {volume.Status}.");
    });

    public Task<Reply> Unreserve(ApiRequest request) => Change(request, Free);

    private void Free(Tx tx, VolumeRecord volume)
    {
        var attachments = AttachmentStore.OfVolume(tx, volume.Id);
        if (attachments.Exists(a => a.ByCompute && a.Status != "attached")) return;
        VolumeStore.Move(tx, volume.Id, [VolumeStatus.Attaching], attachments.Count > 0 ? VolumeStatus.InUse : VolumeStatus.Available, Now);
    }

    public Task<Reply> BeginDetaching(ApiRequest request) => Change(request, (tx, volume) =>
    {
        var attached = AttachmentStore.OfVolume(tx, volume.Id).Exists(a => a.Status == "attached");
        if (!attached || !VolumeStore.Move(tx, volume.Id, [VolumeStatus.InUse], VolumeStatus.Detaching, Now))
            throw BlockStorageFault.InvalidVolume("Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.");
    });

    public Task<Reply> RollDetaching(ApiRequest request) => Change(request, (tx, volume) =>
    {
        if (AttachmentStore.OfVolume(tx, volume.Id).Exists(a => a.Status == "detaching")) return;
        VolumeStore.Move(tx, volume.Id, [VolumeStatus.Detaching], VolumeStatus.InUse, Now);
    });

    public async Task<Reply> Attach(ApiRequest request)
    {
        var body = await request.Body("os-attach", AttachShape);
        if (body.GetText("instance_uuid") is null && body.GetText("host_name") is null)
            throw Fault.BadRequest("Invalid input for field/attribute os-attach. One of instance_uuid and host_name is required");
        return await Change(request, (tx, volume) => Attach(tx, volume, body));
    }

    private void Attach(Tx tx, VolumeRecord volume, JsonElement body)
    {
        var mode = body.GetText("mode") ?? "rw";
        if (volume.ReadOnly && mode != "ro")
            throw Fault.BadRequest($"Invalid attaching mode '{mode}' for volume {volume.Id}.");
        string[] from = volume.Multiattach
            ? [VolumeStatus.Available, VolumeStatus.Attaching, VolumeStatus.InUse]
            : [VolumeStatus.Available, VolumeStatus.Attaching];
        var taken = AttachmentStore.OfVolume(tx, volume.Id);
        if ((taken.Count > 0 && !volume.Multiattach) || !VolumeStore.Move(tx, volume.Id, from, VolumeStatus.InUse, Now))
            throw Fault.BadRequest($"Error attaching volume - InvalidVolume: Invalid volume: volume is not available: its status is {volume.Status}");
        if (!volume.ReadOnly)
            VolumeStore.SetMap(tx, "volume_admin_metadata", volume.Id, new Dictionary<string, string> { ["readonly"] = "False" });
        AttachmentStore.Insert(tx, new AttachmentRecord
        {
            Id = Guid.NewGuid().ToString(),
            VolumeId = volume.Id,
            ProjectId = volume.ProjectId,
            ServerId = body.GetText("instance_uuid"),
            Host = body.GetText("host_name"),
            Mountpoint = body.GetText("mountpoint"),
            Mode = mode,
            Status = "attached",
            AttachedAt = Now,
            CreatedAt = Now,
        });
    }

    public async Task<Reply> Detach(ApiRequest request)
    {
        var body = await request.Body("os-detach", DetachShape);
        return await Change(request, (tx, volume) => Detach(tx, volume, body.GetText("attachment_id")));
    }

    public async Task<Reply> ForceDetach(ApiRequest request)
    {
        var body = await request.Body("os-force_detach", ForceDetachShape);
        return await Change(request, (tx, volume) =>
        {
            Detach(tx, volume, body.GetText("attachment_id"));
            // It is asked for where an attachment went wrong: the state that tells so goes with it.
            if (AttachmentStore.OfVolume(tx, volume.Id).Count == 0)
                VolumeStore.Move(tx, volume.Id, [VolumeStatus.Error], VolumeStatus.Available, Now);
        });
    }

    private void Detach(Tx tx, VolumeRecord volume, string? attachmentId)
    {
        var attachments = AttachmentStore.OfVolume(tx, volume.Id);
        var one = attachmentId is null ? attachments.Count == 1 ? attachments[0] : null : attachments.Find(a => a.Id == attachmentId);
        if (one is { ByCompute: true } || (one is null && attachments.Find(a => a.ByCompute) is not null))
            throw BlockStorageFault.UsedByServer((one ?? attachments.Find(a => a.ByCompute))!.ServerId);
        if (attachmentId is not null && one is null)
            throw Fault.BadRequest($"Error detaching volume - VolumeAttachmentNotFound: Volume attachment could not be found with filter: attachment_id = {attachmentId}.");
        if (one is null && attachments.Count > 1)
            throw Fault.BadRequest("Error detaching volume - InvalidVolume: Invalid volume: Detach volume failed: More than one attachment, but no attachment_id provided.");
        if (one is not null) AttachmentStore.Delete(tx, one.Id);
        if (AttachmentStore.OfVolume(tx, volume.Id).Count == 0)
            VolumeStore.Move(tx, volume.Id, [VolumeStatus.InUse, VolumeStatus.Detaching, VolumeStatus.Attaching], VolumeStatus.Available, Now);
        else
            VolumeStore.Move(tx, volume.Id, [VolumeStatus.Detaching], VolumeStatus.InUse, Now);
    }

    /// <summary>Says how the volume is reached: by QEMU on this host through the layer store, so there is nothing to log in to.</summary>
    public async Task<Reply> InitializeConnection(ApiRequest request)
    {
        var body = await request.Body("os-initialize_connection", ConnectorShape);
        if (body.Get("connector") is not { ValueKind: JsonValueKind.Object } connector)
            throw BlockStorageFault.InvalidInput("Connector doesn't have required information: it must be an object with the host's name");
        var volume = room.Parts.Database.Read(tx => VolumeAccess.Volume(tx, request, request[0]));
        return JsonWriting.Wrapped("connection_info", json => ConnectionInfo.Write(json, volume, connector.GetFlag("enforce_multipath") == true));
    }

    public async Task<Reply> TerminateConnection(ApiRequest request)
    {
        await request.Body("os-terminate_connection", ConnectorShape);
        return await Change(request, (tx, volume) =>
        {
            if (AttachmentStore.OfVolume(tx, volume.Id).Find(a => a.ByCompute) is { } used) throw BlockStorageFault.UsedByServer(used.ServerId);
            Free(tx, volume);
        });
    }

    private async Task<Reply> Change(ApiRequest request, Action<Tx, VolumeRecord> change)
    {
        await room.Parts.Database.Write(tx => change(tx, VolumeAccess.Volume(tx, request, request[0])));
        return Reply.Empty(202);
    }
}

/// <summary>What <c>os-initialize_connection</c> and the attachments tell of the way to a volume.</summary>
internal static class ConnectionInfo
{
    public static void Write(Utf8JsonWriter json, VolumeRecord volume, bool enforceMultipath)
    {
        json.WriteStartObject();
        json.WriteString("driver_volume_type", "local");
        json.WriteStartObject("data");
        json.WriteString("volume_id", volume.Id);
        json.WriteString("access_mode", volume.ReadOnly ? "ro" : "rw");
        json.WriteBoolean("encrypted", volume.EncryptionKeyId is not null);
        json.WriteNull("qos_specs");
        json.WriteBoolean("discard", true);
        json.WriteEndObject();
        json.WriteBoolean("enforce_multipath", enforceMultipath);
        json.WriteEndObject();
    }
}
