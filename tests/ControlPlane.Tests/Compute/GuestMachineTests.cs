using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>The machine that an image asks for by its properties.</summary>
public sealed class GuestMachineTests(ServerCloud cloud) : IClassFixture<ServerCloud>
{
    private Task<string> Image(string properties) => cloud.DemoHttp.CreateActive(ImageClient.Bytes(1 << 20), "machine", more: $", {properties}");

    private static string Server(string image) =>
        ServerCloud.Body($"\"name\": \"m\", \"imageRef\": \"{image}\", \"flavorRef\": \"1\", \"networks\": \"none\"");

    [Theory]
    [InlineData("\"hw_firmware_type\": \"uefi\"", true, false, false)]
    [InlineData("\"hw_firmware_type\": \"uefi\", \"hw_machine_type\": \"pc-i440fx-7.2\", \"hw_firmware_stateless\": \"true\"", true, true, true)]
    [InlineData("\"hw_firmware_type\": \"bios\", \"hw_machine_type\": \"pc-q35-6.2\", \"os_secure_boot\": \"optional\"", false, false, false)]
    [InlineData("\"hw_machine_type\": \"pc\"", false, true, false)]
    public async Task Firmware_and_machine_follow_the_image(string properties, bool uefi, bool old, bool forgets)
    {
        var id = await cloud.Create(Server(await Image(properties)));
        await cloud.Becomes(id, "ACTIVE");
        var plan = cloud.Hypervisor.PlanOf(Guid.Parse(id))!;
        Assert.Equal((uefi, old, forgets), (plan.Uefi, plan.OldMachine, plan.ForgetsFirmware));
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
    }

    [Theory]
    [InlineData("os_secure_boot", "required")]
    [InlineData("hw_machine_type", "virt")]
    [InlineData("hw_firmware_type", "coreboot")]
    [InlineData("hw_firmware_stateless", "true")]
    public async Task Machine_that_this_cloud_does_not_have_is_refused_naming_property_and_value(string property, string value)
    {
        var image = await Image($"\"{property}\": \"{value}\"");
        var refused = NovaClient.Message(await cloud.Demo.Post("servers", Server(image), 400));
        Assert.StartsWith($"Invalid image property: image {image} has {property} '{value}': ", refused);
        var id = await cloud.Create(cloud.ImageBody("rebuilt"));
        await cloud.Becomes(id, "ACTIVE");
        Assert.Equal(refused, NovaClient.Message(await cloud.Demo.Post($"servers/{id}/action", $$$"""{"rebuild": {"imageRef": "{{{image}}}"}}""", 400)));
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
    }

    [Fact]
    public async Task Flavor_that_requires_secure_boot_is_refused()
    {
        await cloud.Admin.Post("flavors", """{"flavor": {"name": "secure", "id": "secure", "ram": 64, "vcpus": 1, "disk": 1}}""", 200);
        await cloud.Admin.Post("flavors/secure/os-extra_specs", """{"extra_specs": {"os:secure_boot": "required"}}""", 200);
        Assert.Contains("os:secure_boot", NovaClient.Message(await cloud.Demo.Post("servers", ServerCloud.Body(
            $"\"name\": \"s\", \"imageRef\": \"{cloud.Image}\", \"flavorRef\": \"secure\", \"networks\": \"none\""), 400)));
    }
}
