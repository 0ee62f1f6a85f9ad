using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Services;

/// <summary>What the hosts of this cloud have and give.</summary>
internal static class MachineFigures
{
    public static IReadOnlyList<HostFigures> Read(Tx tx, CloudOptions options)
    {
        var fake = options.Hypervisor == HypervisorKind.Fake;
        IReadOnlyList<string> names = fake && options.FakeHosts > 1
            ? [.. Enumerable.Range(1, options.FakeHosts).Select(n => $"{options.HostName}-{n}")]
            : [options.HostName];
        var used = tx.Query($"""
            SELECT host, SUM(vcpus), SUM(ram_mib), SUM(disk_gib), COUNT(*) FROM servers WHERE deleted = 0 AND host IS NOT NULL GROUP BY host
            """, row => (Host: row.Text(), Vcpus: row.Long(), Ram: row.Long(), Disk: row.Long(), Count: row.Long()))
            .ToDictionary(u => u.Host, StringComparer.Ordinal);
        return [.. names.Select(name =>
        {
            var u = used.GetValueOrDefault(name);
            return new HostFigures(name, "fake", 1000, "{}", 1000, 800_000, 600_000, u.Vcpus, u.Ram, u.Disk, u.Count);
        })];
    }
}
