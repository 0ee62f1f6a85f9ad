using System.Diagnostics;
using System.Globalization;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>
/// QEMU processes of our servers that no handle leads to: started in the moment between launch and commit. Found by the
/// server's id in their command line, which no other cloud on this host shares.
/// </summary>
internal static class StrayGuests
{
    public static IEnumerable<(int Pid, Guid Id)> Find(IReadOnlySet<Guid> servers)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && GuestOf(pid) is { } id && servers.Contains(id))
                yield return (pid, id);
    }

    public static async Task<bool> End(int pid, Guid id, CancellationToken cancel)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            // The number may have been given to another one meanwhile.
            if (GuestOf(pid) != id) return false;
            process.Kill();
            await process.WaitForExitAsync(cancel);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static Guid? GuestOf(int pid)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            if (!words[0].Contains("qemu", StringComparison.Ordinal)) return null;
            var name = Array.Find(words, w => w.StartsWith("guest=", StringComparison.Ordinal));
            return name is not null && Guid.TryParse(name["guest=".Length..].Split(',')[0], out var id) ? id : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
