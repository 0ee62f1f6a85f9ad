namespace Cumulet.Cloud.Tests;

/// <summary>
/// Guests that boot with UEFI, from a local root and from a volume. What the firmware remembers is the server's: it outlives
/// processes, is nobody else's, and begins anew with a rebuild.
/// </summary>
public sealed class UefiTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private const string Variables = "/sys/firmware/efi/efivars";
    private const string Mine = $"{Variables}/CumuletTest-5b7f3b5e-0f2c-4a53-9d7e-6c1f0a9d3e11";

    private async Task<string> Image(string name, string properties)
    {
        var file = Environment.GetEnvironmentVariable("CUMULET_GUEST_IMAGE")
            ?? throw new InvalidOperationException("CUMULET_GUEST_IMAGE does not name the guest image; run ./cumulet test");
        return await cloud.Value($"image create --file {file} --disk-format qcow2 {properties} {name}", "id");
    }

    private async Task<Guest> Boot(string options)
    {
        await cloud.Openstack("security group rule create --proto tcp --dst-port 22 default");
        var made = await cloud.Openstack($"server create --flavor m1.tiny --network private --key-name e2e-key {options} --wait uefi -f value -c id");
        var guest = await Guest.Reach(cloud, made.Succeeded().Trim().Split('\n')[^1].Trim());
        await guest.Run($"test -d /sys/firmware/efi && sudo modprobe efivarfs && sudo mount -t efivarfs none {Variables}");
        return guest;
    }

    private static Task<string> Read(Guest guest) => guest.Run($"sudo tail -c +5 {Mine} 2>/dev/null || echo nothing");

    private static async Task AfterBoot(Guest guest)
    {
        await guest.WaitForSsh();
        await guest.Run($"sudo modprobe efivarfs && sudo mount -t efivarfs none {Variables}");
    }

    [Fact]
    public async Task Firmware_remembers_over_reboots_and_forgets_with_a_rebuild()
    {
        var image = await Image("uefi-linux", "--property hw_firmware_type=uefi");
        var guest = await Boot($"--image {image}");
        Assert.Contains("BdsDxe", (await cloud.Openstack($"console log show {guest.ServerId}")).Succeeded());
        Assert.Equal("nothing", await Read(guest));
        // Attributes first: kept over resets, seen by firmware and system.
        await guest.Run($"printf '\\007\\000\\000\\000kept' | sudo tee {Mine} >/dev/null");
        (await cloud.Openstack($"server reboot --hard --wait {guest.ServerId}")).Succeeded();
        await AfterBoot(guest);
        Assert.Equal("kept", await Read(guest));
        await cloud.RequireCleanAudit();

        (await cloud.Openstack($"server rebuild --wait --image {image} {guest.ServerId}")).Succeeded();
        await AfterBoot(guest);
        Assert.Equal("nothing", await Read(guest));
        await guest.Delete();
        Assert.False(Directory.Exists(Path.Combine(cloud.State, "vms", guest.ServerId)));
        (await cloud.Openstack($"image delete {image}")).Succeeded();
        await cloud.RequireCleanAudit();
    }

    [Fact]
    public async Task Volume_made_of_a_uefi_image_boots_with_uefi_on_the_old_machine_too()
    {
        var image = await Image("uefi-pc", "--property hw_firmware_type=uefi --property hw_machine_type=pc");
        var guest = await Boot($"--block-device source=image,id={image},dest=volume,size=1,shutdown=remove,bootindex=0");
        // Intel 440FX.
        Assert.Equal("0x1237", await guest.Run("cat /sys/bus/pci/devices/0000:00:00.0/device"));
        await guest.Delete();
        (await cloud.Openstack($"image delete {image}")).Succeeded();
        await cloud.RequireCleanAudit();
    }
}
