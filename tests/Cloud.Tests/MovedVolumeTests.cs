namespace Cumulet.Cloud.Tests;

/// <summary>Volumes that change their place under a server: swapped while its guest writes, taken out as its root and put back.</summary>
public sealed class MovedVolumeTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private const string Writer = "sudo sh -c 'i=0; while [ ! -e /tmp/stop ]; do i=$((i+1)); echo $i >> /mnt/d/log && sync && echo $i > /tmp/done; done'";

    private async Task<Guest> Boot(string options)
    {
        await cloud.Openstack("security group rule create --proto tcp --dst-port 22 default");
        var made = await cloud.Openstack($"server create --flavor m1.tiny --network private --key-name e2e-key {options} --wait moved -f value -c id");
        return await Guest.Reach(cloud, made.Succeeded().Trim().Split('\n')[^1].Trim());
    }

    private async Task<string> Volume(string options)
    {
        var id = await cloud.Value($"volume create {options} moved", "id");
        await Is(id, "available");
        return id;
    }

    private Task Is(string volume, string status) =>
        RealCloud.Until(async () => await cloud.Value($"volume show {volume}", "status") == status, $"volume {volume} becomes {status}");

    private static Task<int> Written(Guest guest, string file = "/tmp/done") => Task.Run(async () => int.Parse(await guest.Run($"tail -n 1 {file}")));

    [Fact]
    public async Task Volume_is_swapped_under_a_writing_guest_and_both_have_all_that_was_written_until_then()
    {
        var guest = await Boot($"--image {await cloud.ImageId()}");
        var (old, other) = (await Volume("--size 1"), await Volume("--size 2"));
        (await cloud.Openstack($"server add volume {guest.ServerId} {old}")).Succeeded();
        await RealCloud.Until(async () => (await guest.Ssh("test -b /dev/vdb")).ExitCode == 0, "the disk appears");
        await guest.Run("sudo mkfs.ext4 -q /dev/vdb && sudo mkdir -p /mnt/d && sudo mount /dev/vdb /mnt/d");
        await guest.Run($"{Writer} >/tmp/writer.log 2>&1 </dev/null &");
        await RealCloud.Until(async () => (await guest.Ssh("test -e /tmp/done")).ExitCode == 0 && await Written(guest) > 5, "the guest writes");

        var before = await Written(guest);
        await Swap(guest.ServerId, old, other);
        await Is(old, "available");
        await Is(other, "in-use");
        var after = await Written(guest);
        await RealCloud.Until(async () => await Written(guest) > after + 5, "the guest goes on writing");
        // The guest sees the size of the volume that it has now.
        Assert.Equal("2097152", await guest.Run("awk '$4 == \"vdb\" {print $3}' /proc/partitions"));
        await cloud.RequireCleanAudit();
        await guest.Run("sudo touch /tmp/stop; sleep 1; sudo umount /mnt/d || (sleep 3; sudo umount /mnt/d)");
        Assert.Equal("", await guest.Run("cat /tmp/writer.log"));
        var last = await Written(guest);

        // A fresh process opens what the rows say.
        (await cloud.Openstack($"server reboot --hard --wait {guest.ServerId}")).Succeeded();
        await guest.WaitForSsh();
        (await cloud.Openstack($"server add volume {guest.ServerId} {old}")).Succeeded();
        await RealCloud.Until(async () => (await guest.Ssh("test -b /dev/vdc")).ExitCode == 0, "the old volume appears");
        await guest.Run("sudo mkdir -p /mnt/d /mnt/old && sudo mount /dev/vdb /mnt/d && sudo mount /dev/vdc /mnt/old");
        Assert.Equal(last, await Written(guest, "/mnt/d/log"));
        Assert.Equal("whole", await guest.Run("seq 1 $(wc -l < /mnt/d/log) | cmp - /mnt/d/log && echo whole"));
        Assert.InRange(await Written(guest, "/mnt/old/log"), before, last);
        Assert.Equal("whole", await guest.Run("seq 1 $(wc -l < /mnt/old/log) | cmp - /mnt/old/log && echo whole"));
        await guest.Delete();
        await cloud.RequireCleanAudit();
    }

    [Fact]
    public async Task Root_volume_is_taken_out_changed_elsewhere_and_boots_again()
    {
        var root = await Volume($"--image {await cloud.ImageId()} --size 1 --bootable");
        var guest = await Boot($"--volume {root}");
        (await cloud.Openstack($"server stop {guest.ServerId}")).Succeeded();
        await RealCloud.Until(async () => await cloud.Value($"server show {guest.ServerId}", "status") == "SHUTOFF", "the server stops");
        (await cloud.Openstack($"server remove volume {guest.ServerId} {root}")).Succeeded();
        await Is(root, "available");
        var refused = await cloud.Openstack($"server start {guest.ServerId}");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("root volume is detached", refused.Error);

        var helper = await Boot($"--image {await cloud.ImageId()}");
        (await cloud.Openstack($"server add volume {helper.ServerId} {root}")).Succeeded();
        await RealCloud.Until(async () => (await helper.Ssh("test -b /dev/vdb1")).ExitCode == 0, "the root appears as a data disk");
        await helper.Run("sudo mkdir -p /mnt/r && sudo mount /dev/vdb1 /mnt/r && echo mended | sudo tee /mnt/r/home/cirros/mended && sudo umount /mnt/r");
        (await cloud.Openstack($"server remove volume {helper.ServerId} {root}")).Succeeded();
        await Is(root, "available");
        await helper.Delete();

        (await cloud.Openstack($"server add volume --device /dev/vda {guest.ServerId} {root}")).Succeeded();
        await Is(root, "in-use");
        (await cloud.Openstack($"server start {guest.ServerId}")).Succeeded();
        await guest.WaitForSsh();
        Assert.Equal("mended", await guest.Run("cat mended"));
        await guest.Delete();
        await Is(root, "available");
        await cloud.RequireCleanAudit();
    }

    // No command of the stock client swaps: it is an administrator's request.
    private async Task Swap(string server, string old, string other)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-Auth-Token", await cloud.Value("token issue", "id"));
        using var body = new StringContent($$"""{"volumeAttachment": {"volumeId": "{{other}}"} }""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(new Uri($"http://127.0.0.1:{cloud.Port}/compute/v2.1/servers/{server}/os-volume_attachments/{old}"), body);
        Assert.True((int)answer.StatusCode == 202, await answer.Content.ReadAsStringAsync());
    }
}
