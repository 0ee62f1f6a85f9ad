using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Volumes;
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

    public static Dictionary<string, long> Limits(Tx tx, string projectId)
    {
        var limits = new Dictionary<string, long>(Defaults, StringComparer.Ordinal);
        // The class "default" changes what every project without a limit of its own has.
        foreach (var owner in (string[])["class:default", projectId])
            foreach (var (resource, limit) in tx.Query(
                $"SELECT resource, hard_limit FROM volume_quotas WHERE project_id = {owner}", row => (row.Text(), row.Long())))
                limits[resource] = limit;
        return limits;
    }

    /// <summary>Refuses with 413 as Cinder does when one more volume of this size is too much.</summary>
    public static void RequireVolume(Tx tx, string projectId, long sizeGib)
    {
        var limits = Limits(tx, projectId);
        var used = VolumeStore.Usage(tx, projectId);
        if (limits["per_volume_gigabytes"] is >= 0 and var largest && sizeGib > largest)
            throw Fault.TooLarge($"Requested volume size {sizeGib}G is larger than maximum allowed limit {largest}G.");
        RequireGigabytes(limits, used.Gigabytes, sizeGib);
        if (limits["volumes"] is >= 0 and var most && used.Volumes + 1 > most)
            throw Fault.TooLarge($"VolumeLimitExceeded: Maximum number of volumes allowed ({most}) exceeded for quota 'volumes'.");
    }

    public static void RequireSnapshot(Tx tx, string projectId, long sizeGib)
    {
        var limits = Limits(tx, projectId);
        var used = VolumeStore.Usage(tx, projectId);
        RequireGigabytes(limits, used.Gigabytes, sizeGib);
        if (limits["snapshots"] is >= 0 and var most && used.Snapshots + 1 > most)
            throw Fault.TooLarge($"SnapshotLimitExceeded: Maximum number of snapshots allowed ({most}) exceeded for quota 'snapshots'.");
    }

    public static void RequireGrowth(Tx tx, string projectId, long moreGib) =>
        RequireGigabytes(Limits(tx, projectId), VolumeStore.Usage(tx, projectId).Gigabytes, moreGib);

    private static void RequireGigabytes(Dictionary<string, long> limits, long used, long more)
    {
        if (limits["gigabytes"] is >= 0 and var most && used + more > most)
            throw Fault.TooLarge($"VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested {more}G, quota is {most}G and {used}G has been consumed.");
    }
}
