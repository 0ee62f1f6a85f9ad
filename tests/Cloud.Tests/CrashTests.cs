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

        await Processes.Kill(await Processes.Daemon(cloud));
        Assert.Equal(boot, await guest.Run("cat /proc/sys/kernel/random/boot_id"));
        (await cloud.Up()).Succeeded();
        Assert.Equal("ACTIVE", await cloud.Value($"server show {id}", "status"));
        Assert.Contains("guest: booted", (await cloud.Openstack($"console log show {id}")).Succeeded());
        var volume = await cloud.Value("volume create --size 1 after-the-kill", "id");
        await RealCloud.Until(async () => await cloud.Value($"volume show {volume}", "status") == "available", "the volume");
        (await cloud.Openstack($"server add volume {id} {volume}")).Succeeded();
        await RealCloud.Until(async () => await cloud.Value($"volume show {volume}", "status") == "in-use", "the volume in the guest");
        Assert.Equal(boot, await guest.Run("test -b /dev/vdb && cat /proc/sys/kernel/random/boot_id"));

        await Processes.Kill(Processes.Qemu(id));
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal("SHUTOFF", await cloud.Value($"server show {id}", "status"));
        (await cloud.Openstack($"server start {id}")).Succeeded();
        await guest.WaitForSsh();
        Assert.NotEqual(boot, await guest.Run("cat /proc/sys/kernel/random/boot_id"));

        var qemu = Processes.Qemu(id);
        await Processes.Kill(await Processes.Daemon(cloud));
        await Processes.Kill(qemu);
        (await cloud.Up()).Succeeded();
        Assert.Equal("SHUTOFF", await cloud.Value($"server show {id}", "status"));
        await cloud.RequireCleanAudit();
        (await cloud.Openstack($"server start {id}")).Succeeded();
        await guest.WaitForSsh();
        await guest.Delete();
        (await cloud.Openstack($"volume delete {volume}")).Succeeded();
        await cloud.RequireCleanAudit();
    }
}
