namespace Cumulet.Cloud.Tests;

/// <summary>Backed by image and backed by volume: what is written lives as long as it should, and no longer.</summary>
public sealed class TwoLivesTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private async Task<string> Create(string options)
    {
        var name = $"life-{Guid.NewGuid():N}"[..13];
        var made = await cloud.Openstack($"server create {options} --flavor m1.tiny --network private --key-name e2e-key --wait {name} -f value -c id");
        return made.Succeeded().Trim().Split('\n')[^1].Trim();
    }

    [Fact]
    public async Task Image_backed_data_survives_a_reboot_and_goes_with_the_server()
    {
        var image = await cloud.ImageId();
        await AllowSsh();
        var guest = await Guest.Reach(cloud, await Create($"--image {image}"));
        await guest.Run("echo kept > data; sync");
        (await cloud.Openstack($"server reboot --hard --wait {guest.ServerId}")).Succeeded();
        await guest.WaitForSsh();
        Assert.Equal("kept", await guest.Run("cat data"));
        // The same with the cloud's own words; what stands behind `--` is ssh's: its options and the guest's command.
        var ssh = await cloud.Openstack($"server ssh -l cirros -i {cloud.KeyFile} {guest.ServerId} --"
            + " -q -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null cat data");
        Assert.Equal("kept", ssh.Succeeded().Trim());
        await guest.Delete();

        var again = await Guest.Reach(cloud, await Create($"--image {image}"));
        Assert.NotEqual(0, (await again.Ssh("test -e data")).ExitCode);
        await again.Delete();
        await cloud.RequireCleanAudit();
    }

    [Fact]
    public async Task Volume_backed_data_outlives_the_server_and_moves_to_others()
    {
        var image = await cloud.ImageId();
        await AllowSsh();
        var volume = await cloud.Value($"volume create --image {image} --size 1 --bootable kept-root", "id");
        await Available(volume);
        var first = await Guest.Reach(cloud, await Create($"--volume {volume}"));
        await first.Run("echo mine > data; sync");
        await first.Delete();
        Assert.Equal("available", await cloud.Value($"volume show {volume}", "status"));

        var second = await Guest.Reach(cloud, await Create($"--volume {volume}"));
        Assert.Equal("mine", await second.Run("cat data"));
        await second.Delete();

        var third = await Guest.Reach(cloud, await Create($"--image {image}"));
        (await cloud.Openstack($"server add volume {third.ServerId} {volume}")).Succeeded();
        await RealCloud.Until(async () => (await third.Ssh("test -b /dev/vdb1")).ExitCode == 0, "the data disk appears in the guest");
        Assert.Equal("mine", await third.Run("sudo mkdir -p /mnt/d && sudo mount /dev/vdb1 /mnt/d && cat /mnt/d/home/cirros/data && sudo umount /mnt/d"));
        (await cloud.Openstack($"server remove volume {third.ServerId} {volume}")).Succeeded();
        await Available(volume);
        await third.Delete();
        (await cloud.Openstack($"volume delete {volume}")).Succeeded();
        await RealCloud.Until(async () => (await cloud.Json("volume list")).GetArrayLength() == 0, "the volume is deleted");
        await cloud.RequireCleanAudit();
    }

    [Fact]
    public async Task Volume_made_for_a_server_to_be_removed_goes_with_it()
    {
        var image = await cloud.ImageId();
        var server = await Create($"--block-device source=image,id={image},dest=volume,size=1,shutdown=remove,bootindex=0");
        Assert.Equal("in-use", (await cloud.Json("volume list"))[0].GetProperty("Status").GetString());
        (await cloud.Openstack($"server delete --wait {server}")).Succeeded();
        await RealCloud.Until(async () => (await cloud.Json("volume list")).GetArrayLength() == 0, "the volume goes with its server");
        await cloud.RequireCleanAudit();
    }

    private async Task AllowSsh()
    {
        // A second test of this class finds the rules there: the answer is then a conflict, which is as good.
        await cloud.Openstack("security group rule create --proto tcp --dst-port 22 default");
        await cloud.Openstack("security group rule create --proto icmp default");
    }

    private Task Available(string volume) =>
        RealCloud.Until(async () => await cloud.Value($"volume show {volume}", "status") == "available", $"volume {volume} becomes available");
}
