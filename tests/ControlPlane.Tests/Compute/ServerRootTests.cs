using System.Text.Json;
using Cumulet.ControlPlane.Tests.BlockStorage;
using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>The root volume out of a server that rests, and back, or another one in its place.</summary>
public sealed class ServerRootTests(ServerCloud cloud) : IClassFixture<ServerCloud>
{
    private async Task<(string Server, string Root)> VolumeBacked(string name)
    {
        var id = await cloud.Create(ServerCloud.Body($$"""
            "name": "{{name}}", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": [{"source_type": "image", "uuid": "{{cloud.Image}}",
            "destination_type": "volume", "volume_size": 1, "boot_index": 0}]
            """));
        return (id, Assert.Single(Attached(await cloud.Becomes(id, "ACTIVE"))));
    }

    private static List<string> Attached(JsonElement server) =>
        [.. server.GetProperty("os-extended-volumes:volumes_attached").EnumerateArray().Select(v => v.GetProperty("id").GetString()!)];

    private Task<JsonElement> Do(string id, string action, int status = 202) => cloud.Demo.Post($"servers/{id}/action", action, status);

    private Task<JsonElement> Attach(string id, string volume, string more, int status = 200) =>
        cloud.Demo.Post($"servers/{id}/os-volume_attachments", $$"""{"volumeAttachment": {"volumeId": "{{volume}}"{{more}}} }""", status);

    private async Task DetachRoot(string id, string root)
    {
        await cloud.Demo.Delete($"servers/{id}/os-volume_attachments/{root}", 202);
        await Is(root, "available");
    }

    private Task Is(string volume, string status) =>
        Eventually.Holds(async () => (await cloud.Volume(volume)).GetProperty("status").GetString() == status);

    private async Task<string> Bootable(VolumeClient volumes) => await volumes.Create($"\"size\":1,\"imageRef\":\"{cloud.Image}\"");

    private async Task RequireCleanAudit()
    {
        var (status, text) = await cloud.Cloud.Cloud.Audit.Report(TestContext.Current.CancellationToken);
        Assert.True(status == 200, text);
    }

    [Fact]
    public async Task Root_of_a_stopped_server_is_taken_out_and_put_back_and_nothing_that_needs_it_is_done_meanwhile()
    {
        var (id, root) = await VolumeBacked("rootless");
        await cloud.Demo.Delete($"servers/{id}/os-volume_attachments/{root}", 403);
        await Do(id, """{"os-stop": null}""");
        await cloud.Becomes(id, "SHUTOFF");
        await DetachRoot(id, root);
        var server = await cloud.Becomes(id, "SHUTOFF");
        Assert.Empty(Attached(server));
        Assert.Equal("", server.GetProperty("image").GetString());
        Assert.Equal(0, (await cloud.Demo.Get($"servers/{id}/os-volume_attachments")).GetProperty("volumeAttachments").GetArrayLength());
        await RequireCleanAudit();
        foreach (var action in (string[])["""{"os-start": null}""", """{"reboot": {"type": "HARD"}}""", """{"resize": {"flavorRef": "2"}}""",
            $$$"""{"rebuild": {"imageRef": "{{{cloud.Image}}}"}}""", """{"rescue": null}""", """{"shelve": null}""", """{"createImage": {"name": "i"}}"""])
            Assert.Contains("its root volume is detached. Attach a bootable volume with device /dev/vda first.", NovaClient.Message(await Do(id, action, 409)));

        using var volumes = await VolumeClient.As(cloud.Cloud, "demo");
        var data = await volumes.Create();
        Assert.Contains("not bootable", NovaClient.Message(await Attach(id, data, ", \"device\": \"/dev/vda\"", 400)));
        Assert.Equal("/dev/vdb", (await Attach(id, data, "")).GetProperty("volumeAttachment").GetProperty("device").GetString());
        await Is(data, "in-use");
        await Do(id, """{"os-start": null}""", 409);
        Assert.Equal("/dev/vda", (await Attach(id, root, ", \"device\": \"/dev/vda\"")).GetProperty("volumeAttachment").GetProperty("device").GetString());
        await Is(root, "in-use");
        Assert.Equal([root, data], Attached(await cloud.Becomes(id, "SHUTOFF")));
        await Do(id, """{"os-start": null}""");
        await cloud.Becomes(id, "ACTIVE");
        var disks = cloud.Hypervisor.PlanOf(Guid.Parse(id))!.Disks;
        Assert.Equal([0, null], disks.Select(d => d.BootIndex));
        Assert.Equal(root[..20], disks[0].Serial);
        await RequireCleanAudit();
    }

    [Fact]
    public async Task Another_volume_becomes_the_root_of_a_shelved_server()
    {
        var (id, root) = await VolumeBacked("shelved");
        await Do(id, """{"shelve": null}""");
        await cloud.Becomes(id, "SHELVED_OFFLOADED");
        await DetachRoot(id, root);
        Assert.Contains("root volume is detached", NovaClient.Message(await Do(id, """{"unshelve": null}""", 409)));
        using var volumes = await VolumeClient.As(cloud.Cloud, "demo");
        var other = await Bootable(volumes);
        await Attach(id, other, ", \"device\": \"/dev/vda\", \"delete_on_termination\": true");
        await Is(other, "in-use");
        await cloud.Becomes(id, "SHELVED_OFFLOADED");
        await Do(id, """{"unshelve": null}""");
        await cloud.Becomes(id, "ACTIVE");
        Assert.Equal(other[..20], Assert.Single(cloud.Hypervisor.PlanOf(Guid.Parse(id))!.Disks).Serial);
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
        await volumes.UntilGone($"volumes/{other}");
        Assert.Equal("available", (await cloud.Volume(root)).GetProperty("status").GetString());
        await RequireCleanAudit();
    }

    [Fact]
    public async Task Server_without_its_root_is_deleted_and_the_root_stays_where_it_is()
    {
        var (id, root) = await VolumeBacked("gone");
        await Do(id, """{"os-stop": null}""");
        await cloud.Becomes(id, "SHUTOFF");
        await DetachRoot(id, root);
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
        Assert.Equal("available", (await cloud.Volume(root)).GetProperty("status").GetString());
        await RequireCleanAudit();
    }
}
