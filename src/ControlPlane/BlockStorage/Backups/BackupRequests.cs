using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Backups;

/// <summary>backups: list, show, change, delete and restore.</summary>
internal sealed class BackupRequests(BlockStorageRoom room)
{
    private static readonly ObjectShape UpdateShape = Shape.Object(
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("metadata", BodyShapes.Pairs).Since(3, 43));

    private static readonly ObjectShape RestoreShape = Shape.Object(
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("volume_id", BodyShapes.UuidOrNull));

    private static readonly ObjectShape ResetShape = Shape.Object(Member.Must("status", Shape.OneOf("available", "error")));

    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {BackupStore.Columns} FROM volume_backups b",
        From = "volume_backups b",
        Id = "b.id",
        Filters = new Dictionary<string, Filter>
        {
            ["name"] = new Filter.Exact("b.name"),
            ["name~"] = FilterRules.Like("b.name"),
            ["status"] = new Filter.Exact("b.status"),
            ["volume_id"] = new Filter.Exact("b.volume_id"),
            ["project_id"] = FilterRules.Admin("b.project_id"),
            ["size"] = new Filter.Whole("b.size_gib"),
            ["all_tenants"] = new Filter.Ignored(),
            ["all_projects"] = new Filter.Ignored(),
            ["with_count"] = new Filter.Ignored(),
        },
        SortKeys = new Dictionary<string, string>
        {
            ["id"] = "b.id",
            ["name"] = "COALESCE(b.name, '')",
            ["display_name"] = "COALESCE(b.name, '')",
            ["status"] = "b.status",
            ["size"] = "b.size_gib",
            ["created_at"] = "b.created_at",
        },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = BlockStorageFault.NoBackup,
    };

    private DateTimeOffset Now => room.Parts.Time.GetUtcNow();

    public Task<Reply> List(ApiRequest request)
    {
        var (page, _, _, count) = Read(request);
        return Task.FromResult(JsonWriting.List(request, "backups", page, b => b.Id, (json, b) => BackupJson.WriteNamed(json, request, b, null), count));
    }

    public Task<Reply> Detail(ApiRequest request)
    {
        var (page, metadata, dependents, count) = Read(request);
        return Task.FromResult(JsonWriting.List(request, "backups", page, b => b.Id, (json, b) => BackupJson.Write(json, request, b, metadata[b.Id], dependents.Contains(b.Id)), count));
    }

    private (Page<BackupRecord> Page, Dictionary<string, Dictionary<string, string>> Metadata, HashSet<string> Dependents, long? Count) Read(ApiRequest request) => room.Parts.Database.Read(tx =>
    {
        var visible = FilterRules.Check(request, "backup", Query, ProjectRows.Visible(request, "b.project_id"));
        var page = Query.Run(tx, request, visible, BackupStore.Read);
        long? count = request.At(3, 45) && ProjectRows.Flag(request, "with_count") == true ? Query.Count(tx, request, visible) : null;
        string[] ids = [.. page.Items.Select(b => b.Id)];
        return (page, Metadata(tx, ids), BackupStore.WithDependents(tx, ids), count);
    });

    public Task<Reply> Show(ApiRequest request)
    {
        var (backup, metadata, dependents) = room.Parts.Database.Read(tx =>
            (Require(tx, request), Metadata(tx, request[0]), BackupStore.HasDependents(tx, request[0])));
        return Task.FromResult(JsonWriting.Wrapped("backup", json => BackupJson.Write(json, request, backup, metadata, dependents)));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("backup", UpdateShape);
        if (body.GetPropertyCount() == 0) throw Fault.BadRequest("Missing updated parameters in request body.");
        var (backup, metadata) = await room.Parts.Database.Write(tx =>
        {
            var old = Require(tx, request);
            var name = body.Has("name") ? body.GetText("name")?.Trim() : old.Name;
            var description = body.Has("description") ? body.GetText("description")?.Trim() : old.Description;
            tx.Execute($"UPDATE volume_backups SET name = {name}, description = {description}, updated_at = {Now} WHERE id = {old.Id}");
            if (body.Has("metadata"))
            {
                tx.Execute($"DELETE FROM volume_backup_metadata WHERE backup_id = {old.Id}");
                foreach (var (key, value) in body.GetMap("metadata"))
                    tx.Execute($"INSERT INTO volume_backup_metadata (backup_id, name, value) VALUES ({old.Id}, {key}, {value})");
            }
            return (BackupStore.Find(tx, old.Id)!, Metadata(tx, old.Id));
        });
        return JsonWriting.Wrapped("backup", json => BackupJson.WriteNamed(json, request, backup, metadata));
    }

    public Task<Reply> Delete(ApiRequest request) => Remove(request, force: false);

    public Task<Reply> ForceDelete(ApiRequest request) => Remove(request, force: true);

    private async Task<Reply> Remove(ApiRequest request, bool force)
    {
        await room.Parts.Database.Write(tx =>
        {
            var backup = Require(tx, request);
            // A copy that is being made belongs to its saga, whatever state the backup was set to.
            // Nor what is read from or removed outside of the pool.
            if (!force && backup.Status is not (BackupStatus.Available or BackupStatus.Error) || backup.Status == BackupStatus.Creating
                || backup is { IsOutside: true, Status: BackupStatus.Restoring or BackupStatus.Deleting })
                throw Fault.BadRequest("Invalid backup: Backup status must be available or error");
            if (BackupStore.HasDependents(tx, backup.Id)) throw Fault.BadRequest("Invalid backup: Incremental backups exist for this backup.");
            if (backup.IsOutside)
            {
                room.DeleteBackup.Begin(tx, backup, request.RequestId);
                return;
            }
            room.Layers.Release(tx, CreateBackup.Holder(backup.Id));
            room.Layers.ReleaseKey(tx, CreateBackup.Holder(backup.Id));
            BackupStore.Delete(tx, backup.Id);
        });
        return Reply.Empty(202);
    }

    /// <summary>Into a new volume, or in place of the content of one that is available and large enough.</summary>
    public async Task<Reply> Restore(ApiRequest request)
    {
        var body = await request.Body("restore", RestoreShape);
        var (backup, volume) = await room.Parts.Database.Write(tx =>
        {
            var found = Require(tx, request);
            if (found.Status != BackupStatus.Available) throw Fault.BadRequest("Invalid backup: Backup status must be available");
            return (found, body.GetText("volume_id") is { } target ? Into(tx, request, found, target) : IntoNew(tx, request, found, body.GetText("name")));
        });
        return JsonWriting.Wrapped("restore", json =>
        {
            json.WriteStartObject();
            json.WriteString("backup_id", backup.Id);
            json.WriteString("volume_id", volume.Id);
            json.WriteString("volume_name", volume.Name);
            json.WriteEndObject();
        }, 202);
    }

    private VolumeRecord IntoNew(Tx tx, ApiRequest request, BackupRecord backup, string? name)
    {
        var started = room.CreateVolume.Begin(tx, request.Caller, request.ProjectId, new NewVolume
        {
            Name = name ?? $"restore_backup_{backup.Id}",
            Description = backup.Description,
            Source = new VolumeSource.FromBackup(backup.Id),
        }, request.RequestId);
        return VolumeStore.Find(tx, started.VolumeId)!;
    }

    private VolumeRecord Into(Tx tx, ApiRequest request, BackupRecord backup, string volumeId)
    {
        var volume = VolumeAccess.Volume(tx, request, volumeId);
        if (backup.SizeGib > volume.SizeGib)
            throw BlockStorageFault.InvalidVolume($"volume size {volume.SizeGib} is too small to restore backup of size {backup.SizeGib}.");
        if ((backup.EncryptionKeyId is null) != (volume.EncryptionKeyId is null))
            throw BlockStorageFault.InvalidVolume($"volume {volume.Id} and backup {backup.Id} must both be encrypted or both not; restore it into a new volume.");
        room.ReplaceDisk.BeginRestore(tx, volume, backup, request.RequestId);
        tx.Execute($"DELETE FROM volume_metadata WHERE volume_id = {volume.Id}");
        VolumeStore.SetMap(tx, "volume_metadata", volume.Id, BackupStore.SourceMetadata(tx, backup.Id, "volume_metadata"));
        return volume;
    }

    public async Task<Reply> ResetStatus(ApiRequest request)
    {
        var body = await request.Body("os-reset_status", ResetShape);
        await room.Parts.Database.Write(tx =>
        {
            var backup = Require(tx, request);
            if (backup.Status == BackupStatus.Creating || backup is { IsOutside: true, Status: BackupStatus.Restoring or BackupStatus.Deleting })
                throw Fault.BadRequest($"Invalid backup: a backup that is {backup.Status} cannot be reset");
            tx.Execute($"UPDATE volume_backups SET status = {body.GetText("status")}, updated_at = {Now} WHERE id = {backup.Id}");
        });
        return Reply.Empty(202);
    }

    internal static BackupRecord Require(Tx tx, ApiRequest request) =>
        BackupStore.Find(tx, request[0]) is { } backup && ProjectRows.MaySee(request.Caller, backup.ProjectId) ? backup : throw BlockStorageFault.NoBackup(request[0]);

    private static Dictionary<string, Dictionary<string, string>> Metadata(Tx tx, string[] ids)
    {
        var pairs = ids.Length == 0 ? [] : tx.Query($"SELECT backup_id, name, value FROM volume_backup_metadata WHERE backup_id IN {ids} ORDER BY name",
            row => (Backup: row.Text(), Name: row.Text(), Value: row.Text()));
        var byBackup = pairs.ToLookup(p => p.Backup);
        return ids.ToDictionary(id => id, id => byBackup[id].ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal));
    }

    internal static Dictionary<string, string> Metadata(Tx tx, string id) => tx.Query(
        $"SELECT name, value FROM volume_backup_metadata WHERE backup_id = {id} ORDER BY name", row => (row.Text(), row.Text()))
        .ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);
}
