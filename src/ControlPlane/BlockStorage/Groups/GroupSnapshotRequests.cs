using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Groups;

internal sealed record GroupSnapshotRecord(
    string Id, string GroupId, string ProjectId, string UserId, string? Name, string? Description, string GroupTypeId, string Status, DateTimeOffset CreatedAt);

/// <summary>The group snapshots' SQL.</summary>
internal static class GroupSnapshotStore
{
    public const string Columns = "x.id, x.group_id, x.project_id, x.user_id, x.name, x.description, x.group_type_id, x.status, x.created_at";

    public static GroupSnapshotRecord Read(Row row) => new(
        row.Text(), row.Text(), row.Text(), row.Text(), row.TextOrNull(), row.TextOrNull(), row.Text(), row.Text(), row.Time());

    public static Fault Missing(string id) => Fault.NotFound($"GroupSnapshot {id.Truncated()} could not be found.");

    public static GroupSnapshotRecord Require(Tx tx, ApiRequest request, string id) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM group_snapshots x WHERE x.id = {id}", Read) is { } found && ProjectRows.MaySee(request.Caller, found.ProjectId)
            ? found
            : throw Missing(id);

    public static List<SnapshotRecord> Members(Tx tx, string id) => tx.Query(
        $"SELECT {Sql.Raw(SnapshotStore.Columns)} FROM snapshots s WHERE s.group_snapshot_id = {id} ORDER BY s.created_at, s.id", SnapshotStore.Read);
}

/// <summary>group_snapshots, from 3.14: a snapshot of every volume of a group.</summary>
internal sealed class GroupSnapshotRequests(BlockStorageRoom room)
{
    private static readonly ObjectShape CreateShape = Shape.Object(
        Member.Must("group_id", Shape.Uuid),
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull));

    private static readonly ObjectShape ResetShape = Shape.Object(Member.Must("status",
        Shape.OneOf("error", "available", "creating", "deleting", "deleted", "updating", "error_deleting")));

    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {GroupSnapshotStore.Columns} FROM group_snapshots x",
        From = "group_snapshots x",
        Id = "x.id",
        Filters = new Dictionary<string, Filter>
        {
            ["name"] = new Filter.Exact("x.name"),
            ["status"] = new Filter.Exact("x.status"),
            ["group_id"] = new Filter.Exact("x.group_id"),
            ["all_tenants"] = new Filter.Ignored(),
            ["all_projects"] = new Filter.Ignored(),
        },
        SortKeys = new Dictionary<string, string> { ["id"] = "x.id", ["name"] = "COALESCE(x.name, '')", ["status"] = "x.status", ["created_at"] = "x.created_at" },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = GroupSnapshotStore.Missing,
    };

    public Task<Reply> List(ApiRequest request) => List(request, detail: false);

    public Task<Reply> Detail(ApiRequest request) => List(request, detail: true);

    private Task<Reply> List(ApiRequest request, bool detail)
    {
        var page = room.Parts.Database.Read(tx => Query.Run(tx, request,
            FilterRules.Check(request, "group_snapshot", Query, ProjectRows.Visible(request, "x.project_id")), GroupSnapshotStore.Read));
        return Task.FromResult(JsonWriting.List(request, "group_snapshots", page, x => x.Id, (json, x) => Write(json, request, x, detail), linksName: "group_snapshot"));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var found = room.Parts.Database.Read(tx => GroupSnapshotStore.Require(tx, request, request[0]));
        return Task.FromResult(JsonWriting.Wrapped("group_snapshot", json => Write(json, request, found, detail: true)));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("group_snapshot", CreateShape);
        var made = await room.Parts.Database.Write(tx =>
        {
            var group = GroupRequests.Require(tx, request, body.GetText("group_id")!);
            var volumes = GroupStore.Volumes(tx, group.Id);
            if (volumes.Count == 0) throw Fault.BadRequest("Invalid Group: Group is empty. No group snapshot will be created.");
            var snapshot = new GroupSnapshotRecord(Guid.NewGuid().ToString(), group.Id, request.ProjectId, request.Caller.UserId,
                body.GetText("name"), body.GetText("description"), group.GroupTypeId, "creating", room.Parts.Time.GetUtcNow());
            tx.Execute($"""
                INSERT INTO group_snapshots (id, group_id, project_id, user_id, name, description, group_type_id, status, created_at)
                VALUES ({snapshot.Id}, {snapshot.GroupId}, {snapshot.ProjectId}, {snapshot.UserId}, {snapshot.Name}, {snapshot.Description},
                    {snapshot.GroupTypeId}, {snapshot.Status}, {snapshot.CreatedAt})
                """);
            foreach (var volume in volumes)
                room.CreateSnapshot.Begin(tx, request.Caller, new NewSnapshot
                {
                    VolumeId = volume,
                    Name = snapshot.Name,
                    Description = snapshot.Description,
                    InUse = true,
                    GroupSnapshotId = snapshot.Id,
                }, request.RequestId);
            return snapshot;
        });
        return JsonWriting.Wrapped("group_snapshot", json => Write(json, request, made, detail: false, withType: true), 202);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            var found = GroupSnapshotStore.Require(tx, request, request[0]);
            if (found.Status is not ("available" or "error"))
                throw Fault.BadRequest($"Invalid GroupSnapshot: GroupSnapshot status must be available or error, but current status is: {found.Status}");
            tx.Execute($"UPDATE group_snapshots SET status = 'deleting' WHERE id = {found.Id}");
            var members = GroupSnapshotStore.Members(tx, found.Id);
            foreach (var member in members) room.DeleteSnapshot.Begin(tx, member, request.RequestId);
            if (members.Count == 0) tx.Execute($"DELETE FROM group_snapshots WHERE id = {found.Id}");
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> ResetStatus(ApiRequest request)
    {
        var body = await request.Body("reset_status", ResetShape);
        await room.Parts.Database.Write(tx => tx.Execute(
            $"UPDATE group_snapshots SET status = {body.GetText("status")} WHERE id = {GroupSnapshotStore.Require(tx, request, request[0]).Id}"));
        return Reply.Empty(202);
    }

    private static void Write(Utf8JsonWriter json, ApiRequest request, GroupSnapshotRecord snapshot, bool detail, bool withType = false)
    {
        json.WriteStartObject();
        json.WriteString("id", snapshot.Id);
        json.WriteString("name", snapshot.Name);
        if (detail || withType) json.WriteString("group_type_id", snapshot.GroupTypeId);
        if (detail)
        {
            json.WriteString("group_id", snapshot.GroupId);
            json.WriteString("status", snapshot.Status);
            json.WriteTime("created_at", snapshot.CreatedAt);
            json.WriteString("description", snapshot.Description);
            if (request.At(3, 58) && request.Allows("group:group_snapshot_project_attribute", PolicyTarget.OwnedBy(snapshot.ProjectId)))
                json.WriteString("project_id", snapshot.ProjectId);
        }
        json.WriteEndObject();
    }
}
