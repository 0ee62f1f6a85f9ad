using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Groups;

/// <summary>groups, from 3.13: volumes that are snapshotted and copied together.</summary>
internal sealed class GroupRequests(BlockStorageRoom room)
{
    private static readonly ObjectShape CreateShape = Shape.Object(
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.Must("group_type", Shape.Text(1, 255)),
        Member.Must("volume_types", Shape.List(Shape.Text(1, 255), min: 1, unique: true)),
        Member.May("availability_zone", Shape.OrNull(Shape.Text(1, 255))));

    private static readonly ObjectShape UpdateShape = Shape.Object(
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("add_volumes", Shape.OrNull(Shape.Text(0, 65535))),
        Member.May("remove_volumes", Shape.OrNull(Shape.Text(0, 65535))));

    private static readonly ObjectShape SourceShape = Shape.Object(
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("source_group_id", BodyShapes.UuidOrNull),
        Member.May("group_snapshot_id", BodyShapes.UuidOrNull));

    private static readonly ObjectShape DeleteShape = Shape.Object(Member.May("delete-volumes", Shape.Flag));

    private static readonly ObjectShape ResetShape = Shape.Object(Member.Must("status",
        Shape.OneOf("error", "available", "creating", "deleting", "deleted", "updating", "error_deleting")));

    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {GroupStore.Columns} FROM volume_groups g",
        From = "volume_groups g",
        Id = "g.id",
        Filters = new Dictionary<string, Filter>
        {
            ["name"] = new Filter.Exact("g.name"),
            ["status"] = FilterRules.Admin("g.status"),
            ["group_type"] = FilterRules.Admin("g.group_type_id"),
            ["list_volume"] = new Filter.Ignored(),
            ["all_tenants"] = new Filter.Ignored(),
            ["all_projects"] = new Filter.Ignored(),
        },
        SortKeys = new Dictionary<string, string> { ["id"] = "g.id", ["name"] = "COALESCE(g.name, '')", ["status"] = "g.status", ["group_type"] = "g.group_type_id", ["created_at"] = "g.created_at" },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = BlockStorageFault.NoGroup,
    };

    private DateTimeOffset Now => room.Parts.Time.GetUtcNow();

    public Task<Reply> List(ApiRequest request) => List(request, detail: false);

    public Task<Reply> Detail(ApiRequest request) => List(request, detail: true);

    private Task<Reply> List(ApiRequest request, bool detail)
    {
        var page = room.Parts.Database.Read(tx =>
        {
            var visible = FilterRules.Check(request, "group", Query, ProjectRows.Visible(request, "g.project_id"));
            var rows = Query.Run(tx, request, visible, GroupStore.Read);
            return new Page<GroupDetails>([.. rows.Items.Select(g => GroupDetails.Of(tx, g))], rows.HasMore);
        });
        return Task.FromResult(JsonWriting.List(request, "groups", page, g => g.Group.Id, (json, g) => Write(json, request, g, detail), linksName: "group"));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var details = room.Parts.Database.Read(tx => GroupDetails.Of(tx, Require(tx, request, request[0])));
        return Task.FromResult(JsonWriting.Wrapped("group", json => Write(json, request, details, detail: true)));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("group", CreateShape);
        if (body.GetText("availability_zone") is { } zone && zone != BlockStorageRoom.Zone)
            throw Fault.BadRequest($"Availability zone '{zone.Truncated()}' is invalid.");
        var group = await room.Parts.Database.Write(tx =>
        {
            var type = GroupTypeRecord.Find(tx, body.GetText("group_type")!)
                ?? throw Fault.NotFound($"Group type {body.GetText("group_type")!.Truncated()} could not be found.");
            var volumeTypes = body.GetItems("volume_types").Select(t => t.GetString()!).Select(name =>
                VolumeTypeStore.FindFor(tx, name, request.Caller.ProjectId, request.Caller.IsAdmin) ?? throw BlockStorageFault.NoType(name)).ToList();
            return Insert(tx, request, body, type.Id, volumeTypes.Select(t => t.Id));
        });
        return Named(group);
    }

    private GroupRecord Insert(Tx tx, ApiRequest request, JsonElement body, string typeId, IEnumerable<string> volumeTypes)
    {
        var used = tx.Count($"SELECT COUNT(*) FROM volume_groups WHERE project_id = {request.ProjectId}");
        VolumeQuota.RequireCount(tx, request.ProjectId, "groups", used, most => $"GroupLimitExceeded: Maximum number of groups allowed ({most}) exceeded");
        var group = new GroupRecord
        {
            Id = Guid.NewGuid().ToString(),
            ProjectId = request.ProjectId,
            UserId = request.Caller.UserId,
            Name = body.GetText("name"),
            Description = body.GetText("description"),
            GroupTypeId = typeId,
            AvailabilityZone = BlockStorageRoom.Zone,
            Status = "available",
            GroupSnapshotId = body.GetText("group_snapshot_id"),
            SourceGroupId = body.GetText("source_group_id"),
            CreatedAt = Now,
        };
        GroupStore.Insert(tx, group, volumeTypes);
        return group;
    }

    /// <summary>A new group with a copy of each volume of another, or of each member of a group snapshot.</summary>
    public async Task<Reply> CreateFromSource(ApiRequest request)
    {
        var body = await request.Body("create-from-src", SourceShape);
        var (groupId, snapshotId) = (body.GetText("source_group_id"), body.GetText("group_snapshot_id"));
        if (groupId is null == snapshotId is null)
            throw Fault.BadRequest("Either 'group_snapshot_id' or 'source_group_id' must be provided to create group from source.");
        var group = await room.Parts.Database.Write(tx =>
        {
            var from = snapshotId is null ? null : GroupSnapshotStore.Require(tx, request, snapshotId);
            var source = Require(tx, request, groupId ?? from!.GroupId);
            VolumeSource[] sources = from is null
                ? [.. GroupStore.Volumes(tx, source.Id).Select(v => new VolumeSource.FromVolume(v))]
                : [.. GroupSnapshotStore.Members(tx, from.Id).Select(s => new VolumeSource.FromSnapshot(s.Id))];
            if (sources.Length == 0) throw Fault.BadRequest("Invalid Group: Source Group is empty. No group will be created.");
            var made = Insert(tx, request, body, source.GroupTypeId, GroupStore.VolumeTypes(tx, source.Id));
            foreach (var one in sources)
                room.CreateVolume.Begin(tx, request.Caller, request.ProjectId, new NewVolume { Source = one, GroupId = made.Id }, request.RequestId);
            return made;
        });
        return Named(group);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("group", UpdateShape);
        var (add, remove) = (Ids(body, "add_volumes"), Ids(body, "remove_volumes"));
        if (!body.Has("name") && !body.Has("description") && add.Length + remove.Length == 0)
            throw Fault.BadRequest("Name, description, add_volumes, and remove_volumes can not be all empty in the request body.");
        await room.Parts.Database.Write(tx =>
        {
            var group = Require(tx, request, request[0]);
            if (group.Status != "available") throw Fault.BadRequest($"Invalid Group: Group {group.Id} status must be available, but current status is: {group.Status}.");
            if (add.Intersect(remove).FirstOrDefault() is { } both)
                throw Fault.BadRequest($"Invalid volume: Volume {both.Truncated()} is in both add and remove volumes list");
            foreach (var id in remove) SetGroup(tx, request, id, group.Id, null);
            foreach (var id in add) SetGroup(tx, request, id, null, group.Id);
            var name = body.Has("name") ? body.GetText("name") : group.Name;
            var description = body.Has("description") ? body.GetText("description") : group.Description;
            tx.Execute($"UPDATE volume_groups SET name = {name}, description = {description} WHERE id = {group.Id}");
        });
        return Reply.Empty(202);
    }

    private static string[] Ids(JsonElement body, string member) =>
        body.GetText(member)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static void SetGroup(Tx tx, ApiRequest request, string volumeId, string? from, string? to)
    {
        var volume = VolumeAccess.Volume(tx, request, volumeId);
        if (volume.GroupId != from)
            throw BlockStorageFault.InvalidVolume(from is null
                ? $"Cannot add volume {volume.Id} to group {to} because it is already in group {volume.GroupId}."
                : $"Cannot remove volume {volume.Id} from group {from} because it is not in the group.");
        if (volume.Status is not (VolumeStatus.Available or VolumeStatus.InUse))
            throw BlockStorageFault.InvalidVolume($"Cannot change the group of volume {volume.Id} because it is in an invalid state: {volume.Status}.");
        if (to is not null) GroupStore.RequireMember(tx, request.Caller, to, volume.VolumeTypeId);
        tx.Execute($"UPDATE volumes SET group_id = {to} WHERE id = {volume.Id}");
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var body = await request.Body("delete", DeleteShape);
        await room.Parts.Database.Write(tx =>
        {
            var group = Require(tx, request, request[0]);
            var volumes = GroupStore.Volumes(tx, group.Id);
            if (volumes.Count > 0 && body.GetFlag("delete-volumes") != true)
                throw Fault.BadRequest($"Invalid Group: Group {group.Id} is not empty. It has {volumes.Count} volumes: set delete-volumes to remove them with it.");
            if (tx.Exists($"SELECT 1 FROM group_snapshots WHERE group_id = {group.Id}"))
                throw Fault.BadRequest($"Invalid Group: Group {group.Id} still has group snapshots.");
            foreach (var volume in volumes.Select(id => VolumeStore.Find(tx, id)!)) Remove(tx, request, volume);
            tx.Execute($"DELETE FROM volume_group_volume_types WHERE group_id = {group.Id}");
            tx.Execute($"DELETE FROM volume_groups WHERE id = {group.Id}");
        });
        return Reply.Empty(202);
    }

    private void Remove(Tx tx, ApiRequest request, VolumeRecord volume)
    {
        if (AttachmentStore.OfVolume(tx, volume.Id).Count > 0)
            throw BlockStorageFault.InvalidVolume($"Volume in group {volume.GroupId} is attached. Need to detach first.");
        if (SnapshotStore.OfVolume(tx, volume.Id).Count > 0)
            throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} in group {volume.GroupId} has snapshots; delete them first.");
        if (volume.Status is not (VolumeStatus.Available or VolumeStatus.Error))
            throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} in group {volume.GroupId} has the status {volume.Status}; it must be available or error.");
        tx.Execute($"UPDATE volumes SET group_id = NULL WHERE id = {volume.Id}");
        room.DeleteVolume.Begin(tx, volume.Id, request.RequestId);
    }

    public async Task<Reply> ResetStatus(ApiRequest request)
    {
        var body = await request.Body("reset_status", ResetShape);
        await room.Parts.Database.Write(tx =>
            tx.Execute($"UPDATE volume_groups SET status = {body.GetText("status")} WHERE id = {Require(tx, request, request[0]).Id}"));
        return Reply.Empty(202);
    }

    private static readonly Shape FailoverShape = Shape.Object(
        Member.May("allow_attached_volume", Shape.Flag), Member.May("secondary_backend_id", Shape.OrNull(Shape.Text())));

    public async Task<Reply> RefuseReplication(ApiRequest request)
    {
        await request.Body(request.Route.ActionKey!, request.Route.ActionKey == "failover_replication" ? FailoverShape : Shape.AnyObject);
        var group = room.Parts.Database.Read(tx => Require(tx, request, request[0]));
        throw Fault.BadRequest($"Invalid Group Type: Group {group.Id} is not replicated: this cloud's pool has no replication target.");
    }

    public async Task<Reply> ReplicationTargets(ApiRequest request)
    {
        await request.Body("list_replication_targets", Shape.AnyObject);
        room.Parts.Database.Read(tx => Require(tx, request, request[0]));
        return JsonWriting.Wrapped("replication_targets", json =>
        {
            json.WriteStartArray();
            json.WriteEndArray();
        });
    }

    internal static GroupRecord Require(Tx tx, ApiRequest request, string id) =>
        GroupStore.Find(tx, id) is { } group && ProjectRows.MaySee(request.Caller, group.ProjectId) ? group : throw BlockStorageFault.NoGroup(id);

    private static Reply Named(GroupRecord group) => JsonWriting.Wrapped("group", json =>
    {
        json.WriteStartObject();
        json.WriteString("id", group.Id);
        json.WriteString("name", group.Name);
        json.WriteEndObject();
    }, 202);

    private sealed record GroupDetails(GroupRecord Group, List<string> VolumeTypes, List<string> Volumes)
    {
        public static GroupDetails Of(Tx tx, GroupRecord group) => new(group, GroupStore.VolumeTypes(tx, group.Id), GroupStore.Volumes(tx, group.Id));
    }

    private static void Write(Utf8JsonWriter json, ApiRequest request, GroupDetails details, bool detail)
    {
        var group = details.Group;
        json.WriteStartObject();
        json.WriteString("id", group.Id);
        json.WriteString("name", group.Name);
        if (detail)
        {
            json.WriteString("description", group.Description);
            json.WriteString("status", group.Status);
            json.WriteString("availability_zone", group.AvailabilityZone);
            json.WriteTime("created_at", group.CreatedAt);
            json.WriteString("group_type", group.GroupTypeId);
            json.WriteTexts("volume_types", details.VolumeTypes);
            if (request.At(3, 14))
            {
                json.WriteString("group_snapshot_id", group.GroupSnapshotId);
                json.WriteString("source_group_id", group.SourceGroupId);
            }
            if (request.At(3, 25) && ProjectRows.Flag(request, "list_volume") == true) json.WriteTexts("volumes", details.Volumes);
            if (request.At(3, 38)) json.WriteString("replication_status", "disabled");
            if (request.At(3, 58) && request.Allows("group:group_project_attribute", PolicyTarget.OwnedBy(group.ProjectId)))
                json.WriteString("project_id", group.ProjectId);
        }
        json.WriteEndObject();
    }
}
