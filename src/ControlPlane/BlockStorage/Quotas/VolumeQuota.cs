using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Quotas;

/// <summary>What a project may have of volumes, snapshots and GiB: limits from rows or Cinder's defaults, usage counted.</summary>
internal static class VolumeQuota
{
    /// <summary>Cinder's defaults; -1 is no limit.</summary>
    public static readonly IReadOnlyDictionary<string, long> Defaults = new Dictionary<string, long>
    {
        ["volumes"] = 10,
        ["snapshots"] = 10,
        ["gigabytes"] = 1000,
        ["backups"] = 10,
        ["backup_gigabytes"] = 1000,
        ["groups"] = 10,
        ["per_volume_gigabytes"] = -1,
    };

    public static Dictionary<string, long> Limits(Tx tx, string? projectId)
    {
        var limits = new Dictionary<string, long>(Defaults, StringComparer.Ordinal);
        // The class "default" changes what every project without a limit of its own has.
        foreach (var (resource, limit) in Rows(tx, "class:default")) limits[resource] = limit;
        if (projectId is not null)
            foreach (var (resource, limit) in Rows(tx, projectId)) limits[resource] = limit;
        return limits;
    }

    /// <summary>The limits with those of every volume type, which are none unless set.</summary>
    public static Dictionary<string, long> All(Tx tx, string? projectId)
    {
        var limits = Limits(tx, projectId);
        foreach (var type in tx.Query($"SELECT name FROM volume_types ORDER BY name", row => row.Text()))
            foreach (var resource in (string[])["volumes", "snapshots", "gigabytes"])
                limits.TryAdd($"{resource}_{type}", -1);
        return limits;
    }

    /// <param name="owner">A project's id, or <c>class:</c> and a class's name.</param>
    public static List<(string Resource, long Limit)> Rows(Tx tx, string owner) =>
        tx.Query($"SELECT resource, hard_limit FROM volume_quotas WHERE project_id = {owner}", row => (row.Text(), row.Long()));

    public static void Set(Tx tx, string owner, string resource, long limit) => tx.Execute($"""
        INSERT INTO volume_quotas (project_id, resource, hard_limit) VALUES ({owner}, {resource}, {limit})
        ON CONFLICT (project_id, resource) DO UPDATE SET hard_limit = excluded.hard_limit
        """);

    /// <summary>Refuses with 413 as Cinder does when one more volume of this size is too much, for the project or for the type in it.</summary>
    public static void RequireVolume(Tx tx, string projectId, long sizeGib, VolumeTypeRecord type)
    {
        var limits = Limits(tx, projectId);
        if (limits["per_volume_gigabytes"] is >= 0 and var largest && sizeGib > largest)
            throw Fault.TooLarge($"VolumeSizeExceedsLimit: Requested volume size {sizeGib}G is larger than maximum allowed limit {largest}G.");
        RequireVolume(limits, Scopes(tx, projectId, type), sizeGib);
    }

    /// <summary>Refuses with 413 when the pool has no place for that much more, whatever the project may have.</summary>
    public static void RequirePlace(Tx tx, LayersRoom layers, long gib)
    {
        if (layers.Space(tx).Lacks(gib << 30) is { } reason) throw Fault.TooLarge($"No valid backend was found: {reason}.");
    }

    /// <summary>Only the type's own limits: the volume is the project's already.</summary>
    public static void RequireType(Tx tx, string projectId, long sizeGib, VolumeTypeRecord type) =>
        RequireVolume(Limits(tx, projectId), Scopes(tx, projectId, type).Skip(1), sizeGib);

    private static void RequireVolume(
        Dictionary<string, long> limits, IEnumerable<(string Suffix, (long Volumes, long Snapshots, long Gigabytes) Used)> scopes, long sizeGib)
    {
        foreach (var (name, used) in scopes)
        {
            RequireGigabytes(limits, $"gigabytes{name}", used.Gigabytes, sizeGib);
            if (Limit(limits, $"volumes{name}") is >= 0 and var most && used.Volumes + 1 > most)
                throw Fault.TooLarge($"VolumeLimitExceeded: Maximum number of volumes allowed ({most}) exceeded for quota 'volumes{name}'.");
        }
    }

    public static void RequireSnapshot(Tx tx, string projectId, long sizeGib, VolumeTypeRecord type)
    {
        var limits = Limits(tx, projectId);
        foreach (var (name, used) in Scopes(tx, projectId, type))
        {
            RequireGigabytes(limits, $"gigabytes{name}", used.Gigabytes, sizeGib);
            if (Limit(limits, $"snapshots{name}") is >= 0 and var most && used.Snapshots + 1 > most)
                throw Fault.TooLarge($"SnapshotLimitExceeded: Maximum number of snapshots allowed ({most}) exceeded for quota 'snapshots{name}'.");
        }
    }

    public static void RequireGrowth(Tx tx, string projectId, long newSizeGib, long moreGib, VolumeTypeRecord type)
    {
        var limits = Limits(tx, projectId);
        if (limits["per_volume_gigabytes"] is >= 0 and var largest && newSizeGib > largest)
            throw Fault.TooLarge($"VolumeSizeExceedsLimit: Requested volume size {newSizeGib}G is larger than maximum allowed limit {largest}G.");
        foreach (var (name, used) in Scopes(tx, projectId, type)) RequireGigabytes(limits, $"gigabytes{name}", used.Gigabytes, moreGib);
    }

    public static void RequireCount(Tx tx, string projectId, string resource, long used, Func<long, string> refusal)
    {
        if (Limit(Limits(tx, projectId), resource) is >= 0 and var most && used + 1 > most) throw Fault.TooLarge(refusal(most));
    }

    // The project as a whole, then the type within it: "volumes" and "volumes_fast".
    private static IEnumerable<(string Suffix, (long Volumes, long Snapshots, long Gigabytes) Used)> Scopes(Tx tx, string projectId, VolumeTypeRecord type)
    {
        yield return ("", VolumeStore.Usage(tx, projectId));
        yield return ($"_{type.Name}", VolumeStore.Usage(tx, projectId, type.Id));
    }

    private static long Limit(Dictionary<string, long> limits, string resource) => limits.GetValueOrDefault(resource, -1);

    private static void RequireGigabytes(Dictionary<string, long> limits, string resource, long used, long more)
    {
        if (Limit(limits, resource) is >= 0 and var most && used + more > most)
            throw Fault.TooLarge($"VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed {resource} quota. Requested {more}G, quota is {most}G and {used}G has been consumed.");
    }
}
