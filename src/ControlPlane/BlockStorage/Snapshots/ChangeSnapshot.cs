using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Volumes;

namespace Cumulet.ControlPlane.BlockStorage.Snapshots;

/// <summary>PUT and DELETE snapshots/{id}, and the actions that set a snapshot's state.</summary>
internal sealed class ChangeSnapshot(BlockStorageRoom room)
{
    private static readonly ObjectShape UpdateShape = Shape.Object(
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("display_name", BodyShapes.NameOrNull),
        Member.May("display_description", BodyShapes.DescriptionOrNull));

    private static readonly ObjectShape ResetShape = Shape.Object(
        Member.Must("status", Shape.OneOf("creating", "available", "deleting", "error", "error_deleting", "deleted", "updating", "backing-up", "restoring")));

    private static readonly ObjectShape ProgressShape = Shape.Object(
        Member.Must("status", Shape.Text(1, 255)),
        Member.May("progress", Shape.OrNull(Shape.Text(1, 5, @"^(100|[0-9]{1,2})%$", "progress must be an integer percentage"))));

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("snapshot", UpdateShape);
        if (body.GetPropertyCount() == 0)
            throw Fault.BadRequest("Invalid input for field/attribute snapshot. Value: {}. One of name, description, display_name, display_description is required");
        var details = await room.Parts.Database.Write(tx =>
        {
            var snapshot = VolumeAccess.Snapshot(tx, request, request[0]);
            var name = body.Has("name") ? body.GetText("name")?.Trim() : body.Has("display_name") ? body.GetText("display_name")?.Trim() : snapshot.Name;
            var description = body.Has("description") ? body.GetText("description")
                : body.Has("display_description") ? body.GetText("display_description") : snapshot.Description;
            tx.Execute($"UPDATE snapshots SET name = {name}, description = {description}, updated_at = {room.Parts.Time.GetUtcNow()} WHERE id = {snapshot.Id}");
            return SnapshotDetails.Of(tx, SnapshotStore.Find(tx, snapshot.Id)!);
        });
        return JsonWriting.Wrapped("snapshot", json => SnapshotJson.Write(json, request, details, detail: true, extended: false));
    }

    public Task<Reply> Delete(ApiRequest request) => Remove(request, force: false);

    public Task<Reply> ForceDelete(ApiRequest request) => Remove(request, force: true);

    private async Task<Reply> Remove(ApiRequest request, bool force)
    {
        await room.Parts.Database.Write(tx =>
        {
            var snapshot = VolumeAccess.Snapshot(tx, request, request[0]);
            if (snapshot.GroupSnapshotId is not null || (!force && snapshot.Status is not ("available" or "error")))
                throw BlockStorageFault.InvalidSnapshot(
                    $"Snapshot {(force ? "" : "status must be available or error and ")}must not be part of a group.");
            room.DeleteSnapshot.Begin(tx, snapshot, request.RequestId);
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> ResetStatus(ApiRequest request)
    {
        var body = await request.Body("os-reset_status", ResetShape);
        await room.Parts.Database.Write(tx =>
        {
            var snapshot = VolumeAccess.Snapshot(tx, request, request[0]);
            SnapshotStore.SetStatus(tx, snapshot.Id, body.GetText("status")!, room.Parts.Time.GetUtcNow());
        });
        return Reply.Empty(202);
    }

    /// <summary>os-update_snapshot_status: a driver in a guest tells how far it is. Rule: between creating and available or error, nothing else.</summary>
    public async Task<Reply> UpdateStatus(ApiRequest request)
    {
        var body = await request.Body("os-update_snapshot_status", ProgressShape);
        await room.Parts.Database.Write(tx =>
        {
            var snapshot = VolumeAccess.Snapshot(tx, request, request[0]);
            var status = body.GetText("status")!;
            if (snapshot.Status is not ("creating" or "deleting"))
                throw Fault.BadRequest($"Snapshot status {snapshot.Status} not allowed for update_snapshot_status");
            string[] allowed = snapshot.Status == "creating" ? ["creating", "available", "error"] : ["deleting", "error_deleting"];
            if (!allowed.Contains(status))
                throw Fault.BadRequest($"Provided snapshot status {status.Truncated()} not allowed for snapshot with status {snapshot.Status}.");
            tx.Execute($"""
                UPDATE snapshots SET status = {status}, progress = COALESCE({body.GetText("progress")}, progress), updated_at = {room.Parts.Time.GetUtcNow()}
                WHERE id = {snapshot.Id}
                """);
        });
        return Reply.Empty(202);
    }
}
