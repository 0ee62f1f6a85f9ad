using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Attachments;

/// <summary>The attachments API, from 3.27: reserve, connect, complete, delete. What Compute holds, only Compute lets go.</summary>
internal sealed class AttachmentRequests(BlockStorageRoom room)
{
    private static readonly ObjectShape CreateShape = Shape.Object(
        Member.May("instance_uuid", BodyShapes.UuidOrNull),
        Member.May("connector", Shape.OrNull(Shape.AnyObject)),
        Member.Must("volume_uuid", Shape.Uuid),
        Member.May("mode", Shape.OrNull(Shape.OneOf("rw", "ro", "null"))).Since(3, 54));

    private static readonly ObjectShape UpdateShape = Shape.Object(Member.Must("connector", Shape.AnyObject));

    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {AttachmentStore.Columns} FROM volume_attachments a",
        From = "volume_attachments a",
        Id = "a.id",
        Filters = new Dictionary<string, Filter>
        {
            ["volume_id"] = new Filter.Exact("a.volume_id"),
            ["status"] = new Filter.Exact("a.status"),
            ["attach_status"] = new Filter.Exact("a.status"),
            ["instance_id"] = new Filter.Exact("a.server_id"),
            ["project_id"] = FilterRules.Admin("a.project_id"),
            ["all_tenants"] = new Filter.Ignored(),
            ["all_projects"] = new Filter.Ignored(),
        },
        SortKeys = new Dictionary<string, string>
        {
            ["id"] = "a.id",
            ["status"] = "a.status",
            ["volume_id"] = "a.volume_id",
            ["instance_id"] = "COALESCE(a.server_id, '')",
            ["created_at"] = "a.created_at",
        },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = BlockStorageFault.NoAttachment,
    };

    private DateTimeOffset Now => room.Parts.Time.GetUtcNow();

    public Task<Reply> List(ApiRequest request) => List(request, detail: false);

    public Task<Reply> Detail(ApiRequest request) => List(request, detail: true);

    private Task<Reply> List(ApiRequest request, bool detail)
    {
        var page = room.Parts.Database.Read(tx => Query.Run(tx, request,
            FilterRules.Check(request, "attachment", Query, ProjectRows.Visible(request, "a.project_id")), AttachmentStore.Read));
        return Task.FromResult(JsonWriting.List(request, "attachments", new Page<AttachmentRecord>(page.Items, false), a => a.Id,
            (json, a) => Write(json, a, detail)));
    }

    public Task<Reply> Show(ApiRequest request) => Task.FromResult(One(room.Parts.Database.Read(tx => Require(tx, request).Attachment)));

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("attachment", CreateShape);
        var attachment = await room.Parts.Database.Write(tx => Reserve(tx, request, body));
        return One(attachment);
    }

    private AttachmentRecord Reserve(Tx tx, ApiRequest request, JsonElement body)
    {
        var volume = VolumeAccess.Volume(tx, request, body.GetText("volume_uuid")!);
        if (volume.Status.Contains("error", StringComparison.Ordinal))
            throw BlockStorageFault.InvalidVolume($"Volume attachments can not be created if the volume is in an error state. The Volume {volume.Id} currently has a status of: {volume.Status} ");
        if (volume is { Multiattach: true, Status: VolumeStatus.InUse, Bootable: true })
            request.Authorize("volume:multiattach_bootable_volume", PolicyTarget.OwnedBy(volume.ProjectId));
        string[] from = volume.Multiattach ? [VolumeStatus.Available, VolumeStatus.InUse, VolumeStatus.Reserved] : [VolumeStatus.Available];
        var server = body.GetText("instance_uuid");
        // The same server may hold it twice while it moves from one host to another.
        var moves = server is not null && volume.Status is VolumeStatus.InUse or VolumeStatus.Reserved
            && AttachmentStore.OfVolume(tx, volume.Id).Exists(a => a.ServerId == server && !a.ByCompute);
        if (!moves && !VolumeStore.Move(tx, volume.Id, from, VolumeStatus.Reserved, Now))
            throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} status must be {(volume.Multiattach ? "available or in-use or downloading" : "available or downloading")} to reserve, but the current status is {volume.Status}.");
        var attachment = new AttachmentRecord
        {
            Id = Guid.NewGuid().ToString(),
            VolumeId = volume.Id,
            ProjectId = volume.ProjectId,
            ServerId = server,
            Mode = volume.ReadOnly ? "ro" : body.GetText("mode") ?? "null",
            Status = "reserved",
            CreatedAt = Now,
        };
        AttachmentStore.Insert(tx, attachment);
        return body.Get("connector") is { } connector ? Connect(tx, attachment, connector) : attachment;
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("attachment", UpdateShape);
        var attachment = await room.Parts.Database.Write(tx =>
        {
            var (found, volume) = Require(tx, request);
            if (found.ByCompute) throw BlockStorageFault.UsedByServer(found.ServerId);
            if (volume.Status.Contains("error", StringComparison.Ordinal))
                throw Fault.Conflict($"Resource conflict: Volume attachments can not be updated if the volume is in an error state. The Volume {volume.Id} currently has a status of: {volume.Status} ");
            if (!volume.Multiattach && AttachmentStore.OfVolume(tx, volume.Id).Exists(a => a.Id != found.Id && a.Connector is not null))
                throw Fault.Conflict($"Resource conflict: duplicate connectors detected on volume {volume.Id}");
            return Connect(tx, found, body.Get("connector")!.Value);
        });
        return One(attachment);
    }

    private AttachmentRecord Connect(Tx tx, AttachmentRecord attachment, JsonElement connector)
    {
        var mode = attachment.Mode != "null" ? attachment.Mode : connector.GetText("mode") is "ro" ? "ro" : "rw";
        tx.Execute($"""
            UPDATE volume_attachments SET status = 'attaching', mode = {mode}, connector = {connector.GetRawText()}, host = {connector.GetText("host")},
                mountpoint = {connector.GetText("mountpoint")}, attached_at = {Now} WHERE id = {attachment.Id}
            """);
        VolumeStore.Move(tx, attachment.VolumeId, [VolumeStatus.Reserved], VolumeStatus.Attaching, Now);
        return AttachmentStore.Find(tx, attachment.Id)!;
    }

    /// <summary>os-complete, from 3.44: the server has it.</summary>
    public async Task<Reply> Complete(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            var (attachment, volume) = Require(tx, request);
            if (attachment.ByCompute) throw BlockStorageFault.UsedByServer(attachment.ServerId);
            if (attachment.Connector is null)
                throw BlockStorageFault.InvalidInput($"Attachment {attachment.Id} has no connector yet: update it before it is completed.");
            AttachmentStore.SetStatus(tx, attachment.Id, "attached");
            VolumeStore.Move(tx, volume.Id, [VolumeStatus.Reserved, VolumeStatus.Attaching], VolumeStatus.InUse, Now);
        });
        return Reply.Empty(204);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var left = await room.Parts.Database.Write(tx =>
        {
            var (attachment, volume) = Require(tx, request);
            if (attachment.ByCompute) throw BlockStorageFault.UsedByServer(attachment.ServerId);
            AttachmentStore.Delete(tx, attachment.Id);
            var others = AttachmentStore.OfVolume(tx, volume.Id);
            string[] taken = [VolumeStatus.InUse, VolumeStatus.Reserved, VolumeStatus.Attaching, VolumeStatus.Detaching];
            if (others.Count == 0) VolumeStore.Move(tx, volume.Id, taken, VolumeStatus.Available, Now);
            else if (others.Exists(a => a.Status == "attached")) VolumeStore.Move(tx, volume.Id, taken, VolumeStatus.InUse, Now);
            return others;
        });
        return JsonWriting.Wrapped("attachments", json =>
        {
            json.WriteStartArray();
            foreach (var attachment in left) Write(json, attachment, detail: false);
            json.WriteEndArray();
        });
    }

    private static (AttachmentRecord Attachment, VolumeRecord Volume) Require(Tx tx, ApiRequest request) =>
        AttachmentStore.Find(tx, request[0]) is { } attachment && VolumeStore.Find(tx, attachment.VolumeId) is { } volume
            && ProjectRows.MaySee(request.Caller, volume.ProjectId)
            ? (attachment, volume)
            : throw BlockStorageFault.NoAttachment(request[0]);

    private static Reply One(AttachmentRecord attachment) => JsonWriting.Wrapped("attachment", json => Write(json, attachment, detail: true));

    private static void Write(Utf8JsonWriter json, AttachmentRecord attachment, bool detail)
    {
        json.WriteStartObject();
        json.WriteString("id", attachment.Id);
        json.WriteString("status", attachment.Status);
        json.WriteString("instance", attachment.ServerId);
        json.WriteString("volume_id", attachment.VolumeId);
        if (detail)
        {
            json.WriteString("attached_at", attachment.AttachedAt is { } time ? TimeText.Microseconds(time) : "");
            json.WriteString("detached_at", "");
            json.WriteString("attach_mode", attachment.Mode);
            json.WriteStartObject("connection_info");
            if (attachment.Connector is not null || attachment.ByCompute)
            {
                json.WriteString("driver_volume_type", "local");
                json.WriteString("volume_id", attachment.VolumeId);
                json.WriteString("attachment_id", attachment.Id);
                json.WriteString("access_mode", attachment.Mode == "ro" ? "ro" : "rw");
                json.WriteBoolean("encrypted", attachment.Encrypted);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
