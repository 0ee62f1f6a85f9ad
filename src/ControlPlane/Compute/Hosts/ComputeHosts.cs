using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Hosts;

/// <summary>A host with what it has and what its servers take, both as the scheduler counts.</summary>
public sealed record HostLoad(string Host, int Vcpus, long RamMib, HostDisk Disk, long VcpusUsed, long RamMibUsed, long DiskGibUsed, long Servers);

/// <summary>The pool in which a host's local disks live, in GiB.</summary>
/// <param name="Reserved">What nothing new may use, rounded up.</param>
/// <param name="Available">What is free of it above that floor: disks are thin, so this is less than was promised or more.</param>
public sealed record HostDisk(long Total, long Reserved, long Available);

/// <summary>
/// The compute hosts of this cloud and the choice among them. What is taken is counted from the servers' rows in the
/// claim's own transaction: two servers never get the same room.
/// </summary>
public sealed class ComputeHosts(CloudParts parts, LayersRoom layers, HostFacts facts)
{
    /// <summary>Virtual processors per processor.</summary>
    public const double CpuRatio = 16.0;
    public const double RamRatio = 1.5;
    public const string DefaultZone = "nova";
    private const long FakeDiskGib = 600_000;

    /// <summary>Disks are thin: how many times the pool may be promised.</summary>
    public double DiskRatio => parts.Options.DiskRatio;

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
            return new HostLoad(name, facts.Vcpus, facts.MemoryMib, DiskOf(u.Disk), u.Vcpus, u.Ram, u.Disk, u.Count);
        })];
    }

    // The fake's hosts have disks of their own that nobody writes to.
    private HostDisk DiskOf(long used)
    {
        if (facts.Kind == "fake") return new HostDisk(FakeDiskGib, 0, FakeDiskGib - used);
        var (total, free) = layers.Drive();
        var reserved = parts.Options.DiskReserve;
        return new HostDisk(total >> 30, (reserved + (1L << 30) - 1) >> 30, Math.Max(0, free - reserved) >> 30);
    }

    /// <summary>Why disks that take so many bytes more have no place, or null when they have.</summary>
    internal string? PoolLacks(Tx tx, long bytes) => layers.Space(tx).Lacks(facts.Kind == "fake" ? 0 : bytes);

    /// <summary>The emptiest host that takes the server; a reason for people where there is none.</summary>
    /// <param name="except">A host that it is to leave.</param>
    internal string Choose(Tx tx, ServerRecord server, ServerNeeds needs, string? except = null)
    {
        var (vcpus, ram, disk) = (server.Flavor.Vcpus, server.Flavor.RamMib, LocalGib(server));
        // The pool's floor holds for the fake's hosts too.
        if (PoolLacks(tx, disk << 30) is { } reason)
            throw new Fault(FaultKind.ServerError, $"No valid host was found. There are not enough hosts available: {reason}.");
        var (asked, hints) = (server.WantedHost ?? server.WantedNode, HostHints.Of(tx, server));
        var fits = Loads(tx)
            .Where(h => h.Host != except && (asked is null || h.Host == asked))
            .Where(h => server.PinnedZone is null || (needs.ZoneOf(tx, h.Host) ?? DefaultZone) == server.PinnedZone)
            .Where(h => needs.HostIsEnabled(tx, h.Host))
            .Where(h => needs.GroupAllows(tx, server.Id, h.Host) && hints.Allow(h.Host))
            .Where(h => h.VcpusUsed + vcpus <= h.Vcpus * CpuRatio && vcpus <= Math.Max(h.Vcpus * CpuRatio, 1)
                && h.RamMibUsed + ram <= h.RamMib * RamRatio && h.DiskGibUsed + disk <= (h.Disk.Total - h.Disk.Reserved) * DiskRatio)
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

    /// <summary>What a server's disks take of the host, apart from its volumes.</summary>
    internal static long LocalGib(ServerRecord s) =>
        (s.BootsFromVolume ? 0 : s.Flavor.DiskGib) + s.Flavor.EphemeralGib + (s.Flavor.SwapMib + 1023) / 1024;
}
