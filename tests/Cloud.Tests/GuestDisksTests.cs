namespace Cumulet.Cloud.Tests;

/// <summary>Every kind of disk that a server can begin with, as the booted guest sees it.</summary>
public sealed class GuestDisksTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private async Task<Guest> Boot(string options)
    {
        await cloud.Openstack("security group rule create --proto tcp --dst-port 22 default");
        var name = $"disks-{Guid.NewGuid():N}"[..14];
        var made = await cloud.Openstack($"server create {options} --network private --key-name e2e-key --wait {name} -f value -c id");
        return await Guest.Reach(cloud, made.Succeeded().Trim().Split('\n')[^1].Trim());
    }

    [Fact]
    public async Task Ephemeral_swap_and_blank_disks_stand_beside_the_root_and_go_with_the_server()
    {
        (await cloud.Openstack("flavor create --ram 128 --disk 1 --ephemeral 1 --swap 64 --vcpus 1 wide")).Succeeded();
        var guest = await Boot($"--flavor wide --image {await cloud.ImageId()}"
            + " --block-device source_type=blank,destination_type=volume,volume_size=2,delete_on_termination=true,boot_index=-1");
        // Sizes in 1 KiB blocks: the flavor's root, its ephemeral, its swap, the blank volume.
        var disks = (await guest.Run("awk '$4 ~ /^vd[a-z]$/ {print $3}' /proc/partitions | sort -n | tr '\\n' ' '")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["65536", "1048576", "1048576", "2097152"], disks);
        Assert.Equal(1, (await cloud.Json("volume list")).GetArrayLength());
        await guest.Delete();
        await NoVolumes();
        await cloud.RequireCleanAudit();
    }

    [Fact]
    public async Task Snapshots_of_volumes_and_of_servers_boot_with_what_was_written()
    {
        var first = await Boot($"--flavor m1.tiny --block-device source=image,id={await cloud.ImageId()},dest=volume,size=1,shutdown=remove,bootindex=0");
        await first.Run("echo first > data; sync");
        var volume = (await cloud.Json("volume list"))[0].GetProperty("ID").GetString()!;
        var snapshot = await cloud.Value($"volume snapshot create --force --volume {volume} of-a-guest", "id");
        await first.Run("echo later > data; sync");
        await Becomes(() => cloud.Value($"volume snapshot show {snapshot}", "status"), "available");

        var second = await Boot($"--flavor m1.tiny --block-device source=snapshot,id={snapshot},dest=volume,size=1,shutdown=remove,bootindex=0");
        Assert.Equal("first", await second.Run("cat data"));
        Assert.Equal("later", await first.Run("cat data"));
        await second.Delete();

        var image = await cloud.Value($"server image create --wait --name of-a-server {first.ServerId}", "id");
        var third = await Boot($"--flavor m1.tiny --image {image}");
        Assert.Equal("later", await third.Run("cat data"));
        await third.Delete();
        // A volume that has snapshots stays when its server goes, as Nova and Cinder have it; here it goes with the last of them.
        await first.Delete();
        Assert.Equal("available", await cloud.Value($"volume show {volume}", "status"));
        (await cloud.Openstack($"image delete {image}")).Succeeded();
        await DeleteSnapshots();
        await NoVolumes();
        await cloud.RequireCleanAudit();
    }

    private async Task DeleteSnapshots()
    {
        foreach (var snapshot in (await cloud.Json("volume snapshot list")).EnumerateArray())
            (await cloud.Openstack($"volume snapshot delete {snapshot.GetProperty("ID").GetString()}")).Succeeded();
        await Becomes(async () => (await cloud.Json("volume snapshot list")).GetArrayLength().ToString(), "0");
    }

    private Task NoVolumes() => Becomes(async () => (await cloud.Json("volume list")).GetArrayLength().ToString(), "0");

    private static async Task Becomes(Func<Task<string>> read, string wanted)
    {
        var last = "";
        for (var i = 0; i < 240; i++)
        {
            if ((last = await read()) == wanted) return;
            await Task.Delay(250);
        }
        Assert.Fail($"within a minute: '{wanted}', not '{last}'");
    }
}
