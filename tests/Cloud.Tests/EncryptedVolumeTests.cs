using System.Text;

namespace Cumulet.Cloud.Tests;

/// <summary>A guest on encrypted volumes, its root and a plugged one: what it writes cannot be read in the pool and outlives everything.</summary>
public sealed class EncryptedVolumeTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private const string Mark = "only-the-guest-may-read-this-0123456789abcdef";

    [Fact]
    public async Task Guest_on_encrypted_volumes_outlives_snapshots_growth_merges_and_kills_and_leaves_nothing_in_plain_text()
    {
        var image = await cloud.ImageId();
        await cloud.Openstack("security group rule create --proto tcp --dst-port 22 default");
        (await cloud.Openstack("volume type create --encryption-provider luks --encryption-cipher aes-xts-plain64 --encryption-key-size 512 secret")).Succeeded();
        var root = await cloud.Value($"volume create --type secret --image {image} --size 2 root", "id");
        var data = await cloud.Value("volume create --type secret --size 1 data", "id");
        var id = (await cloud.Openstack($"server create --volume {root} --flavor m1.tiny --network private --key-name e2e-key --wait safe -f value -c id"))
            .Succeeded().Trim().Split('\n')[^1].Trim();
        var guest = await Guest.Reach(cloud, id);

        (await cloud.Openstack($"server add volume {id} {data}")).Succeeded();
        await guest.Run($"yes {Mark} | head -c 262144 | sudo dd of=/dev/vdb bs=64k conv=fsync && echo {Mark} > written && sync");
        (await cloud.Openstack($"volume snapshot create --force --volume {data} first")).Succeeded();
        (await cloud.Openstack($"volume snapshot create --force --volume {root} of-root")).Succeeded();
        await guest.Run($"yes {Mark} | head -c 262144 | sudo dd of=/dev/vdb bs=64k seek=8 conv=fsync");
        (await cloud.Openstack($"--os-volume-api-version 3.42 volume set --size 2 {data}")).Succeeded();
        await guest.Run("until [ $(cat /sys/block/vdb/size) = 4194304 ]; do sleep 1; done");
        // The layer that only the snapshot kept is merged into the running disk's.
        (await cloud.Openstack("volume snapshot delete first")).Succeeded();
        await HasBoth(guest);

        // Power loss, for the guest and for the daemon.
        await Processes.Kill(await Processes.Daemon(cloud));
        await Processes.Kill(Processes.Qemu(id));
        (await cloud.Up()).Succeeded();
        (await cloud.Openstack($"server start {id}")).Succeeded();
        await guest.WaitForSsh();
        await HasBoth(guest);
        Assert.Equal(Mark, await guest.Run("cat written"));
        await guest.Run($"yes {Mark} | head -c 65536 | sudo dd of=/dev/vdb bs=64k seek=100 conv=fsync");
        (await cloud.Openstack($"server reboot --hard --wait {id}")).Succeeded();
        await guest.WaitForSsh();
        await HasBoth(guest);
        (await cloud.Openstack($"server remove volume {id} {data}")).Succeeded();

        Assert.Empty(FilesWithTheMark());
        await cloud.RequireCleanAudit();
        await guest.Delete();
        (await cloud.Openstack("volume snapshot delete of-root")).Succeeded();
        (await cloud.Openstack($"volume delete {root} {data}")).Succeeded();
        (await cloud.Openstack("volume type delete secret")).Succeeded();
        await cloud.RequireCleanAudit();
    }

    // Both stretches that the guest wrote, against what it makes anew.
    private static async Task HasBoth(Guest guest)
    {
        var sums = await guest.Run($"for at in 0 8; do sudo dd if=/dev/vdb bs=64k skip=$at count=4 2>/dev/null | md5sum; done; yes {Mark} | head -c 262144 | md5sum");
        Assert.Single(sums.Split('\n').Select(line => line.Trim()).Distinct());
    }

    private List<string> FilesWithTheMark()
    {
        var mark = Encoding.ASCII.GetBytes(Mark);
        return [.. Directory.EnumerateFiles(Path.Combine(cloud.State, "disks"), "*", SearchOption.AllDirectories).Where(f => Holds(f, mark))];
    }

    private static bool Holds(string path, byte[] mark)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[(1 << 20) + mark.Length];
        int kept = 0, read;
        while ((read = file.Read(buffer, kept, 1 << 20)) > 0)
        {
            var all = buffer.AsSpan(0, kept + read);
            if (all.IndexOf(mark) >= 0) return true;
            kept = Math.Min(mark.Length, all.Length);
            all[^kept..].CopyTo(buffer);
        }
        return false;
    }
}
