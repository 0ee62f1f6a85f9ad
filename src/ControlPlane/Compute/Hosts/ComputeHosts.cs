using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Hosts;

/// <summary>A host with what it has and what its servers take, both as the scheduler counts.</summary>
/// <param name="DiskGib">Of the pool in which local disks live.</param>
public sealed record HostLoad(string Host, int Vcpus, long RamMib, long DiskGib, long VcpusUsed, long RamMibUsed, long DiskGibUsed, long Servers);

/// <summary>
/// The compute hosts of this cloud and the choice among them. What is taken is counted from the servers' rows in the
/// claim's own transaction: two servers never get the same room.
/// </summary>
public sealed class ComputeHosts(CloudParts parts, LayersRoom layers, HostFacts facts)
{
    /// <summary>Virtual processors per processor.</summary>
    public const double CpuRatio = 16.0;
    public const double RamRatio = 1.5;
    /// <summary>Disks are thin.</summary>
    public const double DiskRatio = 10.0;
    public const string DefaultZone = "nova";

    private readonly Lock _gate = new();
    private (long Total, DateTimeOffset At) _disk;

    public HostFacts Facts => facts;

    public IReadOnlyList<string> Names { get; } = parts.Options is { Hypervisor: HypervisorKind.Fake, FakeHosts: > 1 } options
        ? [.. Enumerable.Range(1, options.FakeHosts).Select(n => $"{options.HostName}-{n}")]
        : [parts.Options.HostName];

    /// <summary>Each host with its load.</summary>
    public IReadOnlyList<HostLoad> Loads(Tx tx)
    {
        var used = tx.Query($"""
            SELECT host, SUM(vcpus), SUM(ram_mib), SUM(disk_gib), COUNT(*) FROM servers
            WHERE deleted = 0 AND host IS NOT NULL GROUP BY host
            """, row => (Host: row.Text(), Vcpus: row.Long(), Ram: row.Long(), Disk: row.Long(), Count: row.Long()))
            .ToDictionary(u => u.Host, StringComparer.Ordinal);
        return [.. Names.Select(name =>
        {
            var u = used.GetValueOrDefault(name);
            return new HostLoad(name, facts.Vcpus, facts.MemoryMib, DiskGib(), u.Vcpus, u.Ram, u.Disk, u.Count);
        })];
    }

    // The disk's size does not change under our feet: asked of the kernel once a minute.
    private long DiskGib()
    {
        if (facts.Kind == "fake") return 600_000;
        lock (_gate)
        {
            var now = parts.Time.GetUtcNow();
            if (now - _disk.At > TimeSpan.FromMinutes(1)) _disk = (layers.Capacity().Total, now);
            return _disk.Total >> 30;
        }
    }

    /// <summary>The emptiest host that takes the server; a reason for people where there is none.</summary>
    internal string Choose(Tx tx, ServerRecord server, ServerNeeds needs)
    {
        var (vcpus, ram, disk) = (server.Flavor.Vcpus, server.Flavor.RamMib, LocalGib(server));
        // The fake's hosts have disks of their own that nobody writes to; the pool's floor holds for all.
        if (layers.Space(tx).Lacks(facts.Kind == "fake" ? 0 : disk << 30) is { } reason)
            throw new Fault(FaultKind.ServerError, $"No valid host was found. There are not enough hosts available: {reason}.");
        var asked = server.WantedHost ?? server.WantedNode;
        var fits = Loads(tx)
            .Where(h => asked is null || h.Host == asked)
            .Where(h => server.PinnedZone is null || (needs.ZoneOf(tx, h.Host) ?? DefaultZone) == server.PinnedZone)
            .Where(h => needs.HostIsEnabled(tx, h.Host))
            .Where(h => needs.GroupAllows(tx, server.Id, h.Host))
            .Where(h => h.VcpusUsed + vcpus <= h.Vcpus * CpuRatio && vcpus <= Math.Max(h.Vcpus * CpuRatio, 1)
                && h.RamMibUsed + ram <= h.RamMib * RamRatio && h.DiskGibUsed + disk <= h.DiskGib * DiskRatio)
            .OrderByDescending(h => needs.GroupLikes(tx, server.Id, h.Host))
            .ThenByDescending(h => h.RamMib * RamRatio - h.RamMibUsed).ThenBy(h => h.Servers);
        return fits.FirstOrDefault()?.Host
            ?? throw new Fault(FaultKind.ServerError, "No valid host was found. There are not enough hosts available.");
    }

    /// <summary>Servers on hosts that are none of this cloud's, and hosts that gave away more than they may.</summary>
    internal IReadOnlyList<string> Audit(Tx tx) =>
    [
        .. tx.Query($"SELECT id, host FROM servers WHERE deleted = 0 AND host IS NOT NULL", row => (Id: row.Text(), Host: row.Text()))
            .Where(s => !Names.Contains(s.Host)).Select(s => $"server {s.Id} takes room on host {s.Host}, which is none of this cloud's"),
        .. Loads(tx).Where(h => h.RamMibUsed > h.RamMib * RamRatio).Select(h => $"host {h.Host} gave away {h.RamMibUsed} MiB of memory of {h.RamMib} MiB times {RamRatio}"),
        .. Loads(tx).Where(h => h.VcpusUsed > h.Vcpus * CpuRatio && h.Servers > 1).Select(h => $"host {h.Host} gave away {h.VcpusUsed} processors of {h.Vcpus} times {CpuRatio}"),
    ];

    private static long LocalGib(ServerRecord s) =>
        (s.BootsFromVolume ? 0 : s.Flavor.DiskGib) + s.Flavor.EphemeralGib + (s.Flavor.SwapMib + 1023) / 1024;
}
