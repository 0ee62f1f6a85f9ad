using System.Diagnostics;
using System.Text.Json;

namespace Cumulet.Cloud.Tests;

/// <summary>Guests and daemon die independently of each other, and each comes back.</summary>
public sealed class CrashTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    [Fact]
    public async Task Guests_outlive_a_killed_daemon_and_a_killed_guest_is_seen_and_mended()
    {
        var image = await cloud.ImageId();
        await cloud.Openstack("security group rule create --proto tcp --dst-port 22 default");
        var id = (await cloud.Openstack($"server create --image {image} --flavor m1.tiny --network private --key-name e2e-key --wait crash -f value -c id"))
            .Succeeded().Trim().Split('\n')[^1].Trim();
        var guest = await Guest.Reach(cloud, id);
        var boot = await guest.Run("cat /proc/sys/kernel/random/boot_id");

        await Kill(await DaemonPid());
        Assert.Equal(boot, await guest.Run("cat /proc/sys/kernel/random/boot_id"));
        (await cloud.Up()).Succeeded();
        Assert.Equal("ACTIVE", await cloud.Value($"server show {id}", "status"));
        Assert.Contains("guest: booted", (await cloud.Openstack($"console log show {id}")).Succeeded());
        var volume = await cloud.Value("volume create --size 1 after-the-kill", "id");
        (await cloud.Openstack($"server add volume {id} {volume}")).Succeeded();
        Assert.Equal(boot, await guest.Run("test -b /dev/vdb && cat /proc/sys/kernel/random/boot_id"));

        await Kill(QemuOf(id));
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal("SHUTOFF", await cloud.Value($"server show {id}", "status"));
        (await cloud.Openstack($"server start {id}")).Succeeded();
        await guest.WaitForSsh();
        Assert.NotEqual(boot, await guest.Run("cat /proc/sys/kernel/random/boot_id"));

        var qemu = QemuOf(id);
        await Kill(await DaemonPid());
        await Kill(qemu);
        (await cloud.Up()).Succeeded();
        Assert.Equal("SHUTOFF", await cloud.Value($"server show {id}", "status"));
        await cloud.RequireCleanAudit();
        (await cloud.Openstack($"server start {id}")).Succeeded();
        await guest.WaitForSsh();
        await guest.Delete();
        (await cloud.Openstack($"volume delete {volume}")).Succeeded();
        await cloud.RequireCleanAudit();
    }

    private async Task<int> DaemonPid()
    {
        using var document = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(cloud.State, "daemon.json"), TestContext.Current.CancellationToken));
        return document.RootElement.GetProperty("Pid").GetInt32();
    }

    private static int QemuOf(string serverId) => Directory.EnumerateDirectories("/proc")
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

    private static async Task Kill(int pid)
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
