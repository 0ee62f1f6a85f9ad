using System.Diagnostics;
using System.Text.Json;

namespace Cumulet.Cloud.Tests;

/// <summary>The processes of a cloud, to be killed.</summary>
internal static class Processes
{
    public static async Task<int> Daemon(RealCloud cloud)
    {
        using var document = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(cloud.State, "daemon.json"), TestContext.Current.CancellationToken));
        return document.RootElement.GetProperty("Pid").GetInt32();
    }

    public static int Qemu(string serverId) => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, out _))
        .Select(name => int.Parse(name!))
        .First(pid => CommandLine(pid).Contains(serverId) && CommandLine(pid).StartsWith("qemu-system", StringComparison.Ordinal)
            || CommandLine(pid).Contains("/qemu-system") && CommandLine(pid).Contains(serverId));

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    public static async Task Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // A process that is not our child may stay a zombie; it holds nothing any more.
        }
    }
}
