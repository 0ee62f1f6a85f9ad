using System.Globalization;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>What this machine has, from the kernel.</summary>
internal static class HostProbe
{
    public static HostFacts Facts(string kind) => new(kind, QemuVersion, Environment.ProcessorCount, MemoryMib(), CpuInfo());

    // As Nova shows it: major * 1,000,000 + minor * 1,000 + micro.
    private const int QemuVersion = 7_002_000;

    private static long MemoryMib()
    {
        var line = File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemTotal:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private static string CpuInfo()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "";
        var vendor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("vendor_id", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "";
        return $$"""{"arch": "x86_64", "model": "{{model}}", "vendor": "{{vendor}}", "topology": {"cores": {{Environment.ProcessorCount}}, "threads": 1, "sockets": 1}, "features": []}""";
    }
}
