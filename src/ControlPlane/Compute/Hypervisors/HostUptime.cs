using System.Globalization;
using Cumulet.ControlPlane.Compute.Services;

namespace Cumulet.ControlPlane.Compute.Hypervisors;

/// <summary>How long the machine runs, worded as <c>uptime</c> does, which Nova's clients take apart.</summary>
internal static class HostUptime
{
    /// <summary>Null where the hypervisor is no machine.</summary>
    public static string? Of(HostFigures? host)
    {
        if (host is null || host.Kind == "fake") return null;
        var seconds = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        var load = File.ReadAllText("/proc/loadavg").Split(' ');
        var up = TimeSpan.FromSeconds(seconds);
        var days = up.Days == 0 ? "" : up.Days == 1 ? "1 day, " : $"{up.Days} days, ";
        return string.Create(CultureInfo.InvariantCulture,
            $" {DateTime.UtcNow:HH:mm:ss} up {days}{up.Hours,2}:{up.Minutes:00},  0 users,  load average: {load[0]}, {load[1]}, {load[2]}");
    }
}
