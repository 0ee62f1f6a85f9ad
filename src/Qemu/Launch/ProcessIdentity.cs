using System.Globalization;

namespace Cumulet.Qemu.Launch;

/// <summary>A pid alone is reused; with its start time and the boot it names one process for good.</summary>
internal static class ProcessIdentity
{
    /// <summary>Start in clock ticks since boot (field 22 of /proc/pid/stat), or null when there is no such process or only its zombie.</summary>
    public static long? StartTime(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        // The name may hold spaces and parentheses: count from the last one. State is field 3.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
    }

    public static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
