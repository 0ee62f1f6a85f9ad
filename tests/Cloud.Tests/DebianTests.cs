namespace Cumulet.Cloud.Tests;

/// <summary>
/// A real Debian with cloud-init, of the distribution's own packages (guests/build-debian): what Cumulet tells guests is what the
/// stock images of distributions read. Long: such a guest takes a minute or more to boot without hardware virtualisation.
/// </summary>
public sealed class DebianTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private static readonly TimeSpan Boot = TimeSpan.FromMinutes(15);
    private const string Ran = "/var/tmp/user-data-ran";

    private async Task<string> Image()
    {
        var file = Environment.GetEnvironmentVariable("CUMULET_DEBIAN_IMAGE");
        Assert.True(File.Exists(file), $"CUMULET_DEBIAN_IMAGE names no image ('{file}'): ./cumulet test --all builds it, guests/build-debian too");
        return await cloud.Value($"image create --file {file} --disk-format qcow2 debian", "id");
    }

    private async Task<Guest> Create(string name, string options)
    {
        await cloud.Openstack("security group rule create --proto tcp --dst-port 22 default");
        var data = Path.Combine(cloud.Work, "user-data");
        await File.WriteAllTextAsync(data, $"#!/bin/sh\nhostname >> {Ran}\n");
        var made = await cloud.Openstack($"server create {options} --network private --key-name e2e-key --user-data {data} --wait {name} -f value -c id");
        return await Guest.Reach(cloud, made.Succeeded().Trim().Split('\n')[^1].Trim(), "debian", Boot);
    }

    /// <summary>cloud-init has found its data here and has done everything that it says.</summary>
    private static async Task RequireSetUp(Guest guest, string name, string source, int runs)
    {
        await Until(async () => (await guest.Ssh("cloud-init status")).Out.Contains("status: done", StringComparison.Ordinal), "cloud-init is done");
        Assert.Equal(name, await guest.Run("hostname"));
        Assert.Equal(guest.ServerId, await guest.Run("cat /var/lib/cloud/data/instance-id"));
        Assert.Contains($"DataSource{source}", await guest.Run("cat /var/lib/cloud/instance/datasource"));
        Assert.Equal(Enumerable.Repeat(name, runs), (await guest.Run($"cat {Ran}")).Split('\n'));
        // The metadata service tells the same.
        var told = await guest.Run("curl -sf http://169.254.169.254/openstack/latest/meta_data.json");
        Assert.Contains($"\"{guest.ServerId}\"", told);
        Assert.Contains($"{name}.novalocal", told);
        Assert.StartsWith("#!/bin/sh", await guest.Run("curl -sf http://169.254.169.254/latest/user-data"));
    }

    [Fact(Explicit = true)]
    public async Task Image_backed_debian_is_set_up_from_its_config_drive_and_fills_its_disk()
    {
        var image = await Image();
        var guest = await Create("deb-image", $"--image {image} --flavor m1.small");
        await RequireSetUp(guest, "deb-image", "ConfigDrive", runs: 1);
        Assert.True(long.Parse(await guest.Run("findmnt -bno SIZE /")) > 15L << 30, "the root fills the flavor's disk");
        (await cloud.Openstack($"server reboot --hard --wait {guest.ServerId}")).Succeeded();
        await guest.WaitForSsh(Boot);
        // Once for each instance, not for each boot.
        await RequireSetUp(guest, "deb-image", "ConfigDrive", runs: 1);
        await guest.Delete();
        (await cloud.Openstack($"image delete {image}")).Succeeded();
        await cloud.RequireCleanAudit();
    }

    [Fact(Explicit = true)]
    public async Task Volume_backed_debian_boots_with_uefi_and_is_set_up_again_from_the_metadata_service_alone()
    {
        var image = await Image();
        (await cloud.Openstack($"image set --property hw_firmware_type=uefi {image}")).Succeeded();
        var guest = await Create("deb-volume",
            $"--flavor m1.small --block-device source=image,id={image},dest=volume,size=3,shutdown=remove,bootindex=0");
        await RequireSetUp(guest, "deb-volume", "ConfigDrive", runs: 1);
        await guest.Run("test -d /sys/firmware/efi");
        Assert.True(long.Parse(await guest.Run("findmnt -bno SIZE /")) > 2L << 30, "the root fills the volume");
        await guest.Run("echo 'datasource_list: [OpenStack]' | sudo tee /etc/cloud/cloud.cfg.d/99_test.cfg && sudo cloud-init clean --logs && sync");
        (await cloud.Openstack($"server reboot --hard --wait {guest.ServerId}")).Succeeded();
        await guest.WaitForSsh(Boot);
        await RequireSetUp(guest, "deb-volume", "OpenStack", runs: 2);
        await guest.Delete();
        (await cloud.Openstack($"image delete {image}")).Succeeded();
        await Until(async () => (await cloud.Json("volume list")).GetArrayLength() == 0, "the volume goes with its server");
        await cloud.RequireCleanAudit();
    }

    private static async Task Until(Func<Task<bool>> condition, string what)
    {
        for (var until = DateTime.UtcNow + Boot; DateTime.UtcNow < until;)
        {
            if (await condition()) return;
            await Task.Delay(1000, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"in vain: {what}");
    }
}
