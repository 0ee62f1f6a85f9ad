using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Backups;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Quotas;

/// <summary>os-quota-sets, os-quota-class-sets and limits.</summary>
internal sealed class QuotaRequests(BlockStorageRoom room)
{
    private const string DefaultClass = "default";

    private static readonly Shape Limits = Shape.Map(@"^[a-zA-Z0-9-_:. ]{1,300}$", Shape.Integer(-1, int.MaxValue));

    public Task<Reply> Show(ApiRequest request)
    {
        var project = Owner(request);
        var usage = ProjectRows.Flag(request, "usage") == true;
        var (limits, used) = room.Parts.Database.Read(tx => (VolumeQuota.All(tx, project), usage ? Usage(tx, project) : []));
        return Task.FromResult(usage
            ? JsonWriting.Wrapped("quota_set", json => WriteUsage(json, project, limits, used))
            : Set("quota_set", limits, project));
    }

    public Task<Reply> Defaults(ApiRequest request)
    {
        var project = Owner(request);
        return Task.FromResult(Set("quota_set", room.Parts.Database.Read(tx => VolumeQuota.All(tx, null)), project));
    }

    private static string Owner(ApiRequest request)
    {
        request.Authorize(PolicyTarget.OwnedBy(request[0]));
        return request[0];
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("quota_set", Shape.AnyObject);
        var given = Read(body, "quota_set");
        var limits = await room.Parts.Database.Write(tx =>
        {
            RequireKnown(tx, given);
            var used = Usage(tx, request[0]);
            foreach (var (name, limit) in given)
            {
                if (limit != -1 && name != "per_volume_gigabytes" && used.GetValueOrDefault(name) is var now && limit < now)
                    throw Fault.BadRequest($"Quota {name} limit must be equal or greater than existing resources. Current usage is {now} and the requested limit is {limit}.");
                VolumeQuota.Set(tx, request[0], name, limit);
            }
            return VolumeQuota.All(tx, request[0]);
        });
        return Set("quota_set", limits, id: null);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await room.Parts.Database.Write(tx => tx.Execute($"DELETE FROM volume_quotas WHERE project_id = {request[0]}"));
        return Reply.Empty(200);
    }

    public Task<Reply> ShowClass(ApiRequest request) =>
        Task.FromResult(Set("quota_class_set", room.Parts.Database.Read(tx => OfClass(tx, request[0])), request[0]));

    public async Task<Reply> UpdateClass(ApiRequest request)
    {
        var body = await request.Body("quota_class_set", Shape.AnyObject);
        var given = Read(body, "quota_class_set");
        var limits = await room.Parts.Database.Write(tx =>
        {
            foreach (var (name, limit) in given) VolumeQuota.Set(tx, $"class:{request[0]}", name, limit);
            return OfClass(tx, request[0]);
        });
        return Set("quota_class_set", limits, id: null);
    }

    private static Dictionary<string, long> OfClass(Tx tx, string name)
    {
        var limits = VolumeQuota.All(tx, null);
        if (name == DefaultClass) return limits;
        foreach (var (resource, limit) in VolumeQuota.Rows(tx, $"class:{name}")) limits[resource] = limit;
        return limits;
    }

    private static Dictionary<string, long> Read(JsonElement body, string member)
    {
        var given = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var property in body.EnumerateObject())
        {
            if (property.Name is "tenant_id" or "id" or "force") continue;
            using var one = JsonDocument.Parse($"{{{JsonEncoded(property.Name)}:{property.Value.GetRawText()}}}");
            Limits.Check(one.RootElement, member, default);
            given[property.Name] = body.GetLong(property.Name)!.Value;
        }
        return given.Count > 0 ? given : throw Fault.BadRequest($"Invalid input for field/attribute {member}. Value: {{}}. It needs at least one quota");
    }

    private static string JsonEncoded(string name) => $"\"{JsonEncodedText.Encode(name)}\"";

    private static void RequireKnown(Tx tx, Dictionary<string, long> given)
    {
        var known = VolumeQuota.All(tx, null);
        if (given.Keys.FirstOrDefault(k => !known.ContainsKey(k)) is { } unknown)
            throw Fault.BadRequest($"Bad key(s) in quota set: {unknown.Truncated()}");
    }

    /// <summary>What is in use of each resource, the types' own included.</summary>
    private static Dictionary<string, long> Usage(Tx tx, string project)
    {
        var used = new Dictionary<string, long>(StringComparer.Ordinal);
        var all = VolumeStore.Usage(tx, project);
        (used["volumes"], used["snapshots"], used["gigabytes"]) = all;
        (used["backups"], used["backup_gigabytes"]) = BackupStore.Usage(tx, project);
        used["groups"] = tx.Count($"SELECT COUNT(*) FROM volume_groups WHERE project_id = {project}");
        foreach (var (id, name) in tx.Query($"SELECT id, name FROM volume_types", row => (row.Text(), row.Text())))
            (used[$"volumes_{name}"], used[$"snapshots_{name}"], used[$"gigabytes_{name}"]) = VolumeStore.Usage(tx, project, id);
        return used;
    }

    private static void WriteUsage(Utf8JsonWriter json, string project, Dictionary<string, long> limits, Dictionary<string, long> used)
    {
        json.WriteStartObject();
        json.WriteString("id", project);
        foreach (var (name, limit) in limits)
        {
            json.WriteStartObject(name);
            json.WriteNumber("limit", limit);
            json.WriteNumber("in_use", used.GetValueOrDefault(name));
            json.WriteNumber("reserved", 0);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static Reply Set(string member, Dictionary<string, long> limits, string? id) => JsonWriting.Wrapped(member, json =>
    {
        json.WriteStartObject();
        if (id is not null) json.WriteString("id", id);
        foreach (var (name, limit) in limits) json.WriteNumber(name, limit);
        json.WriteEndObject();
    });

    /// <summary>GET limits: what a client may have at most and has. An administrator may name a project from 3.39.</summary>
    public Task<Reply> ShowLimits(ApiRequest request)
    {
        var project = request.Caller.IsAdmin && request.At(3, 39) && request.Query["project_id"].ToString() is { Length: > 0 } named
            ? named
            : request.Query["tenant_id"].ToString() is { Length: > 0 } tenant && request.Caller.IsAdmin ? tenant : request.ProjectId;
        var (limits, used) = room.Parts.Database.Read(tx => (VolumeQuota.Limits(tx, project), Usage(tx, project)));
        return Task.FromResult(JsonWriting.Wrapped("limits", json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("rate");
            json.WriteEndArray();
            json.WriteStartObject("absolute");
            json.WriteNumber("maxTotalVolumes", limits["volumes"]);
            json.WriteNumber("maxTotalSnapshots", limits["snapshots"]);
            json.WriteNumber("maxTotalVolumeGigabytes", limits["gigabytes"]);
            json.WriteNumber("maxTotalBackups", limits["backups"]);
            json.WriteNumber("maxTotalBackupGigabytes", limits["backup_gigabytes"]);
            json.WriteNumber("totalVolumesUsed", used["volumes"]);
            json.WriteNumber("totalSnapshotsUsed", used["snapshots"]);
            json.WriteNumber("totalGigabytesUsed", used["gigabytes"]);
            json.WriteNumber("totalBackupsUsed", used["backups"]);
            json.WriteNumber("totalBackupGigabytesUsed", used["backup_gigabytes"]);
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }
}
