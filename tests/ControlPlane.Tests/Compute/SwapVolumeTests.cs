using System.Text.Json;
using Cumulet.ControlPlane.Tests.BlockStorage;
using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>PUT os-volume_attachments: a volume swapped for another one, and properties of the attachment changed.</summary>
public sealed class SwapVolumeTests(ServerCloud cloud) : IClassFixture<ServerCloud>
{
    private async Task<string> Active(string name)
    {
        var id = await cloud.Create(cloud.ImageBody(name));
        await cloud.Becomes(id, "ACTIVE");
        return id;
    }

    private async Task<string> Attached(VolumeClient volumes, string server, string volume)
    {
        await cloud.Demo.Post($"servers/{server}/os-volume_attachments", $$"""{"volumeAttachment": {"volumeId": "{{volume}}"} }""", 200);
        await volumes.Until($"volumes/{volume}", "volume", "in-use");
        return volume;
    }

    private static string Body(string volume, string more = "") => $$"""{"volumeAttachment": {"volumeId": "{{volume}}"{{more}}} }""";

    private async Task<byte[]> Start(string volume)
    {
        var rooms = cloud.Cloud.Cloud.Rooms;
        var layer = cloud.Cloud.Cloud.Parts.Database.Read(tx => rooms.BlockStorage.FindVolume(tx, null, volume))!.LayerId;
        var bytes = new byte[1 << 16];
        await using var stream = await rooms.Layers.OpenRaw(layer, TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
        return bytes;
    }

    private async Task RequireCleanAudit()
    {
        var (status, text) = await cloud.Cloud.Cloud.Audit.Report(TestContext.Current.CancellationToken);
        Assert.True(status == 200, text);
    }

    [Fact]
    public async Task Other_volume_takes_over_content_device_and_life_and_the_old_one_keeps_what_it_had()
    {
        using var volumes = await VolumeClient.As(cloud.Cloud, "demo");
        var server = await Active("swaps");
        var old = await Attached(volumes, server, await volumes.Create($"\"size\":1,\"imageRef\":\"{cloud.Image}\""));
        var other = await volumes.Create("\"size\":2");
        var content = await Start(old);
        Assert.NotEqual(content, await Start(other));
        await cloud.Admin.Put($"servers/{server}/os-volume_attachments/{old}", Body(other, ", \"delete_on_termination\": true"), 202);
        await volumes.Until($"volumes/{old}", "volume", "available");
        await volumes.Until($"volumes/{other}", "volume", "in-use");
        var shown = Assert.Single((await cloud.Demo.Get($"servers/{server}/os-volume_attachments")).GetProperty("volumeAttachments").EnumerateArray());
        Assert.Equal((other, "/dev/vdb", true), (shown.GetProperty("volumeId").GetString(), shown.GetProperty("device").GetString(), shown.GetProperty("delete_on_termination").GetBoolean()));
        Assert.Equal(content, await Start(old));
        Assert.Equal(content, await Start(other));
        Assert.Equal("true", (await cloud.Volume(other)).GetProperty("bootable").GetString());
        Assert.Equal(cloud.Image, (await cloud.Volume(other)).GetProperty("volume_image_metadata").GetProperty("image_id").GetString());
        var action = (await cloud.Demo.Get($"servers/{server}/os-instance-actions")).GetProperty("instanceActions")[0];
        Assert.Equal(("swap_volume", JsonValueKind.Null), (action.GetProperty("action").GetString(), action.GetProperty("message").ValueKind));
        await RequireCleanAudit();

        // The old one comes beside it; both are found by the devices that they are, also by the next guest.
        await Attached(volumes, server, old);
        await RequireCleanAudit();
        await cloud.Demo.Post($"servers/{server}/action", """{"reboot": {"type": "HARD"}}""", 202);
        await cloud.Becomes(server, "ACTIVE");
        Assert.Equal(3, cloud.Hypervisor.PlanOf(Guid.Parse(server))!.Disks.Select(d => d.DeviceId).Distinct().Count());
        await cloud.Demo.Delete($"servers/{server}", 204);
        await cloud.Gone(server);
        await volumes.UntilGone($"volumes/{other}");
        await volumes.Until($"volumes/{old}", "volume", "available");
        await RequireCleanAudit();
    }

    [Fact]
    public async Task Root_is_swapped_and_the_server_boots_from_the_other_one()
    {
        using var volumes = await VolumeClient.As(cloud.Cloud, "demo");
        var server = await cloud.Create(ServerCloud.Body($$"""
            "name": "root", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": [{"source_type": "image", "uuid": "{{cloud.Image}}",
            "destination_type": "volume", "volume_size": 1, "boot_index": 0, "delete_on_termination": true}]
            """));
        var old = (await cloud.Becomes(server, "ACTIVE")).GetProperty("os-extended-volumes:volumes_attached")[0].GetProperty("id").GetString()!;
        var other = await volumes.Create();
        var nova = await NovaClient.As(cloud.Cloud, "admin", "2.84");
        await nova.Put($"servers/{server}/os-volume_attachments/{old}", Body(other), 202);
        await volumes.Until($"volumes/{other}", "volume", "in-use");
        await cloud.Demo.Post($"servers/{server}/action", """{"reboot": {"type": "HARD"}}""", 202);
        await cloud.Becomes(server, "ACTIVE");
        var disk = Assert.Single(cloud.Hypervisor.PlanOf(Guid.Parse(server))!.Disks);
        Assert.Equal((0, other[..20]), (disk.BootIndex, disk.Serial));
        await RequireCleanAudit();
    }

    [Fact]
    public async Task Swap_that_cannot_be_is_refused_and_changes_nothing()
    {
        using var volumes = await VolumeClient.As(cloud.Cloud, "demo");
        var (server, second) = (await Active("refused"), await Active("elsewhere"));
        var old = await Attached(volumes, server, await volumes.Create("\"size\":2"));
        var (small, used, other) = (await volumes.Create(), await Attached(volumes, second, await volumes.Create("\"size\":2")), await volumes.Create("\"size\":2"));
        var path = $"servers/{server}/os-volume_attachments/{old}";
        var nobody = Guid.NewGuid().ToString();
        await cloud.Demo.Put(path, Body(other), 403);
        async Task Refused(int status, string because, string volume, string? at = null) =>
            Assert.Contains(because, NovaClient.Message(await cloud.Admin.Put(at ?? path, Body(volume), status)));
        await Refused(400, "must be the same size or larger", small);
        await Refused(400, "must be detached", used);
        await Refused(400, "could not be found", nobody);
        await Refused(404, "not attached", other, $"servers/{server}/os-volume_attachments/{used}");
        await Refused(404, "could not be found", other, $"servers/{nobody}/os-volume_attachments/{old}");
        var before = await NovaClient.As(cloud.Cloud, "admin", "2.84");
        Assert.Contains("different instance", NovaClient.Message(await before.Put($"servers/{server}/os-volume_attachments/{used}", Body(other), 400)));
        await before.Put(path, Body(old), 400);
        await before.Put(path, Body(other, ", \"delete_on_termination\": true"), 400);
        await cloud.Demo.Post($"servers/{server}/action", """{"os-stop": null}""", 202);
        await cloud.Becomes(server, "SHUTOFF");
        await Refused(409, "vm_state stopped", other);
        Assert.Equal("in-use", (await cloud.Volume(old)).GetProperty("status").GetString());
        Assert.Equal("available", (await cloud.Volume(other)).GetProperty("status").GetString());
        await RequireCleanAudit();
    }

    [Fact]
    public async Task Owner_changes_what_becomes_of_the_volume_and_nothing_else()
    {
        using var volumes = await VolumeClient.As(cloud.Cloud, "demo");
        var server = await Active("changes");
        var volume = await Attached(volumes, server, await volumes.Create());
        var path = $"servers/{server}/os-volume_attachments/{volume}";
        await cloud.Demo.Put(path, Body(volume, ", \"delete_on_termination\": true, \"device\": \"/dev/vdb\""), 202);
        Assert.True((await cloud.Demo.Get(path)).GetProperty("volumeAttachment").GetProperty("delete_on_termination").GetBoolean());
        foreach (var (name, value) in ((string, string)[])[("device", "/dev/vdz"), ("tag", "t"), ("serverId", Guid.NewGuid().ToString()), ("id", Guid.NewGuid().ToString())])
            Assert.Equal($"The {name} property is not mutable", NovaClient.Message(await cloud.Demo.Put(path, Body(volume, $", \"{name}\": \"{value}\""), 400)));
    }
}
