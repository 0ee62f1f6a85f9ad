using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>The actions that make another server of a server, with the fake hypervisor and real layers.</summary>
public sealed class ServerActionTests(ServerCloud cloud) : IClassFixture<ServerCloud>
{
    private const string Nobody = "6f70656e-7374-6163-6b20-342065766572";

    private async Task<string> Active(string name, string more = "")
    {
        var id = await cloud.Create(cloud.ImageBody(name, more));
        await cloud.Becomes(id, "ACTIVE");
        return id;
    }

    private Task<JsonElement> Do(string id, string body, int status = 202) => cloud.Demo.Post($"servers/{id}/action", body, status);

    private async Task Stopped(string id)
    {
        await Do(id, """{"os-stop": null}""");
        await cloud.Becomes(id, "SHUTOFF");
    }

    private async Task End(string id)
    {
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
        Assert.Equal(0, cloud.Cloud.Cloud.Parts.Database.Read(tx => tx.Count(
            $"SELECT COUNT(*) FROM layer_references WHERE holder_id LIKE {id + "%"} OR kind IN ('server-new-disk', 'fork')")));
        Assert.Equal(0, cloud.Cloud.Cloud.Parts.Database.Read(tx => tx.Count($"SELECT COUNT(*) FROM server_returns WHERE server_id = {id}")));
    }

    private Guid Root(string id) => cloud.Cloud.Cloud.Parts.Database.Read(tx => ServerDiskStore.Of(tx, id)).First(d => d.Role == DiskRole.Root).LayerId!.Value;

    private async Task<byte[]> Head(Guid layer, int bytes)
    {
        await using var stream = await cloud.Cloud.Cloud.Rooms.Layers.OpenRaw(layer, CancellationToken.None);
        var read = new byte[bytes];
        await stream.ReadExactlyAsync(read);
        return read;
    }

    private long Size(Guid layer) => cloud.Cloud.Cloud.Parts.Database.Read(tx => cloud.Cloud.Cloud.Rooms.Layers.Find(tx, layer))!.VirtualSize;

    public static TheoryData<string> Bodies =>
    [
        $$$"""{"rebuild": {"imageRef": "{{{Nobody}}}"}}""", """{"resize": {"flavorRef": "2"}}""", """{"confirmResize": null}""",
        """{"revertResize": null}""", """{"rescue": null}""", """{"unrescue": null}""", """{"shelve": null}""", """{"unshelve": null}""",
        """{"createBackup": {"name": "b", "backup_type": "daily", "rotation": 1}}""", """{"suspend": null}""", """{"resume": null}""",
        """{"restore": null}""",
    ];

    [Theory, MemberData(nameof(Bodies))]
    public async Task Action_on_a_server_that_is_not_there_is_404(string body) => await Do(Nobody, body, 404);

    [Fact]
    public async Task Action_in_the_wrong_state_names_state_and_action()
    {
        var id = await Active("wrong");
        foreach (var (body, action) in ((string, string)[])[
            ("""{"confirmResize": null}""", "confirmResize"), ("""{"revertResize": null}""", "revertResize"), ("""{"unrescue": null}""", "unrescue"),
            ("""{"unshelve": null}""", "unshelve"), ("""{"resume": null}""", "resume"), ("""{"restore": null}""", "restore")])
            Assert.Equal($"Cannot '{action}' instance {id} while it is in vm_state active", NovaClient.Message(await Do(id, body, 409)));
        await cloud.Demo.Post($"servers/{id}/action", """{"pause": null}""", 202);
        await cloud.Becomes(id, "PAUSED");
        foreach (var (body, action) in ((string, string)[])[
            ("""{"rescue": null}""", "rescue"), ("""{"resize": {"flavorRef": "2"}}""", "resize"), ("""{"suspend": null}""", "suspend"),
            ($$$"""{"rebuild": {"imageRef": "{{{cloud.Image}}}"}}""", "rebuild")])
            Assert.Equal($"Cannot '{action}' instance {id} while it is in vm_state paused", NovaClient.Message(await Do(id, body, 409)));
        await End(id);
    }

    [Fact]
    public async Task Locked_server_refuses_its_owner()
    {
        var id = await Active("locked");
        await cloud.Cloud.Cloud.Parts.Database.Write(tx => tx.Execute($"UPDATE servers SET locked = {true} WHERE id = {id}"));
        foreach (var body in Bodies)
            Assert.Equal($"Instance {id} is locked", NovaClient.Message(await Do(id, body.Data.Replace(Nobody, cloud.Image), 409)));
        await cloud.Cloud.Cloud.Parts.Database.Write(tx => tx.Execute($"UPDATE servers SET locked = {false} WHERE id = {id}"));
        await End(id);
    }

    [Fact]
    public async Task Rebuild_gives_a_new_root_and_keeps_what_is_not_named()
    {
        var id = await Active("old", ", \"metadata\": {\"a\": \"1\"}, \"description\": \"kept\"");
        var bytes = ImageClient.Bytes(5 << 20);
        var image = await cloud.DemoHttp.CreateActive(bytes, "other");
        var before = Root(id);
        var answer = (await Do(id, $$$"""{"rebuild": {"imageRef": "{{{image}}}", "name": "new", "metadata": {"b": "2"}, "adminPass": "seekr3t", "user_data": "YQ=="}}""")).GetProperty("server");
        Assert.Equal("seekr3t", answer.GetProperty("adminPass").GetString());
        Assert.Equal("YQ==", answer.GetProperty("user_data").GetString());
        Assert.Equal("REBUILD", answer.GetProperty("status").GetString());
        var server = await cloud.Becomes(id, "ACTIVE");
        Assert.Equal(("new", "kept", image), (server.GetProperty("name").GetString(), server.GetProperty("description").GetString(), server.GetProperty("image").GetProperty("id").GetString()));
        Assert.Equal("""{"b":"2"}""", server.GetProperty("metadata").GetRawText().Replace(" ", ""));
        Assert.NotEqual(before, Root(id));
        Assert.Equal(bytes[..65536], await Head(Root(id), 65536));
        Assert.True(cloud.Hypervisor.Runs(Guid.Parse(id)));
        await Do(id, $$$"""{"rebuild": {"imageRef": "{{{Nobody}}}"}}""", 400);
        await Stopped(id);
        await Do(id, $$$"""{"rebuild": {"imageRef": "{{{cloud.Image}}}"}}""");
        await cloud.Becomes(id, "SHUTOFF");
        Assert.False(cloud.Hypervisor.Runs(Guid.Parse(id)));
        await End(id);
    }

    [Fact]
    public async Task Rebuild_of_a_volume_backed_server_makes_the_volume_anew_from_2_93()
    {
        var id = await cloud.Create(ServerCloud.Body($$"""
            "name": "vol", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": [{"source_type": "image", "uuid": "{{cloud.Image}}",
            "destination_type": "volume", "volume_size": 1, "boot_index": 0, "delete_on_termination": true}]
            """));
        var volume = (await cloud.Becomes(id, "ACTIVE")).GetProperty("os-extended-volumes:volumes_attached")[0].GetProperty("id").GetString()!;
        var bytes = ImageClient.Bytes(3 << 20);
        var image = await cloud.DemoHttp.CreateActive(bytes, "other");
        var old = await cloud.DemoAt("2.92");
        Assert.Contains("different image", NovaClient.Message(
            await old.Post($"servers/{id}/action", $$$"""{"rebuild": {"imageRef": "{{{image}}}"}}""", 400)));
        await Do(id, $$$"""{"rebuild": {"imageRef": "{{{image}}}"}}""");
        await cloud.Becomes(id, "ACTIVE");
        Assert.Equal("in-use", (await cloud.Volume(volume)).GetProperty("status").GetString());
        Assert.Equal(image, (await cloud.Volume(volume)).GetProperty("volume_image_metadata").GetProperty("image_id").GetString());
        await Do(id, """{"rescue": null}""", 400);
        await Do(id, """{"createBackup": {"name": "b", "backup_type": "daily", "rotation": 1}}""", 400);
        await Do(id, """{"shelve": null}""");
        await cloud.Becomes(id, "SHELVED_OFFLOADED");
        await Do(id, """{"unshelve": null}""");
        await cloud.Becomes(id, "ACTIVE");
        await End(id);
    }

    [Fact]
    public async Task Resize_grows_the_root_and_revert_brings_back_the_very_layer()
    {
        var id = await Active("resized");
        var before = Root(id);
        var start = await Head(before, 65536);
        Assert.Equal("Unable to locate requested flavor.", NovaClient.Message(await Do(id, """{"resize": {"flavorRef": "none"}}""", 400)));
        Assert.Equal("When resizing, instances must change flavor!", NovaClient.Message(await Do(id, """{"resize": {"flavorRef": "1"}}""", 400)));
        await Do(id, """{"resize": {"flavorRef": "2"}}""");
        var server = await cloud.Becomes(id, "VERIFY_RESIZE");
        Assert.Equal(20, server.GetProperty("flavor").GetProperty("disk").GetInt32());
        Assert.Equal(20L << 30, Size(Root(id)));
        Assert.Equal(start, await Head(Root(id), 65536));
        Assert.Equal(1, server.GetProperty("OS-EXT-STS:power_state").GetInt32());
        await Do(id, """{"revertResize": null}""");
        server = await cloud.Becomes(id, "ACTIVE");
        Assert.Equal(1, server.GetProperty("flavor").GetProperty("disk").GetInt32());
        Assert.Equal(before, Root(id));
        Assert.Equal(1L << 30, Size(before));
        await Stopped(id);
        await Do(id, """{"resize": {"flavorRef": "2"}}""");
        await cloud.Becomes(id, "VERIFY_RESIZE");
        Assert.False(cloud.Hypervisor.Runs(Guid.Parse(id)));
        await Do(id, """{"confirmResize": null}""", 204);
        server = await cloud.Becomes(id, "SHUTOFF");
        Assert.Equal(2048, server.GetProperty("flavor").GetProperty("ram").GetInt32());
        await End(id);
    }

    [Fact]
    public async Task Delete_before_the_resize_is_confirmed_lets_go_of_the_old_disk()
    {
        var id = await Active("unconfirmed");
        await Do(id, """{"resize": {"flavorRef": "2"}}""");
        await cloud.Becomes(id, "VERIFY_RESIZE");
        await End(id);
    }

    [Fact]
    public async Task Resize_down_is_refused_by_the_disk_and_leaves_the_server_as_it_was()
    {
        var id = await Active("down");
        await Do(id, """{"resize": {"flavorRef": "2"}}""");
        await cloud.Becomes(id, "VERIFY_RESIZE");
        await Do(id, """{"confirmResize": null}""", 204);
        await Do(id, """{"resize": {"flavorRef": "1"}}""");
        var server = await cloud.Becomes(id, "ACTIVE");
        Assert.Equal(20, server.GetProperty("flavor").GetProperty("disk").GetInt32());
        Assert.True(cloud.Hypervisor.Runs(Guid.Parse(id)));
        await End(id);
    }

    [Fact]
    public async Task Resize_whose_guest_does_not_start_is_taken_back()
    {
        var id = await Active("taken-back");
        await Stopped(id);
        var before = Root(id);
        await cloud.Cloud.Cloud.Parts.Database.Write(tx =>
        {
            ServerStore.SetMetadata(tx, id, "fake:fail", "start");
            // A guest is due: the row says that one ran.
            tx.Execute($"UPDATE servers SET vm_state = 'active', power_state = 1 WHERE id = {id}");
        });
        await Do(id, """{"resize": {"flavorRef": "2"}}""");
        // The guest does not come up with the old flavor either: everything else is as it was.
        var server = await cloud.Becomes(id, "SHUTOFF");
        Assert.Equal(1, server.GetProperty("flavor").GetProperty("disk").GetInt32());
        Assert.Equal(before, Root(id));
        await cloud.Cloud.Cloud.Parts.Database.Write(tx => ServerStore.RemoveMetadata(tx, id, "fake:fail"));
        await Do(id, """{"os-start": null}""");
        await cloud.Becomes(id, "ACTIVE");
        await End(id);
    }

    [Fact]
    public async Task Rescue_boots_the_image_first_and_unrescue_goes_back()
    {
        var id = await Active("rescued");
        Assert.Equal("pw", (await Do(id, """{"rescue": {"adminPass": "pw"}}""", 200)).GetProperty("adminPass").GetString());
        await cloud.Becomes(id, "RESCUE");
        var disks = cloud.Cloud.Cloud.Parts.Database.Read(tx => ServerDiskStore.Of(tx, id));
        Assert.Equal(-1, disks.Single(d => d.Role == DiskRole.Rescue).BootIndex);
        var plan = cloud.Hypervisor.PlanOf(Guid.Parse(id))!;
        Assert.Equal([disks.Single(d => d.Role == DiskRole.Rescue).DeviceId, disks.Single(d => d.IsRoot).DeviceId], plan.Disks.Select(d => d.DeviceId));
        Assert.Equal([0, 1], plan.Disks.Select(d => d.BootIndex));
        await Do(id, """{"os-stop": null}""", 409);
        await Do(id, """{"unrescue": null}""");
        await cloud.Becomes(id, "ACTIVE");
        Assert.Single(cloud.Cloud.Cloud.Parts.Database.Read(tx => ServerDiskStore.Of(tx, id)));
        await Do(id, $$$"""{"rescue": {"rescue_image_ref": "{{{Nobody}}}"}}""", 400);
        await End(id);
    }

    [Fact]
    public async Task Shelve_frees_the_host_and_unshelve_brings_the_root_back()
    {
        var id = await Active("shelved");
        var bytes = await Head(Root(id), 65536);
        await Do(id, """{"shelve": null}""");
        var server = await cloud.Becomes(id, "SHELVED_OFFLOADED");
        Assert.Equal(4, server.GetProperty("OS-EXT-STS:power_state").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await cloud.Admin.Get($"servers/{id}")).GetProperty("server").GetProperty("OS-EXT-SRV-ATTR:host").ValueKind);
        var image = (await cloud.DemoHttp.Get("/v2/images?name=shelved-shelved")).GetProperty("images")[0];
        Assert.Equal(("active", id), (image.GetProperty("status").GetString(), image.GetProperty("instance_uuid").GetString()));
        await Do(id, """{"os-start": null}""", 409);
        await Do(id, """{"unshelve": {"availability_zone": "nova"}}""");
        await cloud.Becomes(id, "ACTIVE");
        Assert.Equal(bytes, await Head(Root(id), 65536));
        Assert.Equal(0, (await cloud.DemoHttp.Get("/v2/images?name=shelved-shelved")).GetProperty("images").GetArrayLength());
        await Do(id, """{"shelve": null}""");
        await cloud.Becomes(id, "SHELVED_OFFLOADED");
        await End(id);
        Assert.Equal(0, (await cloud.DemoHttp.Get("/v2/images?name=shelved-shelved")).GetProperty("images").GetArrayLength());
    }

    [Fact]
    public async Task Backups_rotate_and_boot()
    {
        var id = await Active("backed-up");
        var bytes = await Head(Root(id), 65536);
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            made.Add((await Do(id, $$$"""{"createBackup": {"name": "b{{{i}}}", "backup_type": "daily", "rotation": 2}}""")).GetProperty("image_id").GetString()!);
            await cloud.Becomes(id, "ACTIVE");
        }
        using (var first = await cloud.DemoHttp.GetAsync($"/image/v2/images/{made[0]}")) Assert.Equal(HttpStatusCode.NotFound, first.StatusCode);
        Assert.Equal("active", await cloud.DemoHttp.Status(made[1]));
        var booted = await cloud.Create(ServerCloud.Body($"\"name\": \"from-backup\", \"imageRef\": \"{made[2]}\", \"flavorRef\": \"1\", \"networks\": \"none\""));
        await cloud.Becomes(booted, "ACTIVE");
        Assert.Equal(bytes, await Head(Root(booted), 65536));
        await End(booted);
        await End(id);
    }

    [Fact]
    public async Task Image_with_a_block_device_mapping_boots_from_volumes_of_its_snapshots()
    {
        var project = cloud.Cloud.First.DemoProjectId;
        async Task<string> Make(string path, string body, string kind)
        {
            using var answer = await cloud.DemoHttp.PostAsync($"/volume/v3/{project}/{path}", TestCloud.Body(body));
            await answer.Must(HttpStatusCode.Accepted);
            return (await TestCloud.Json(answer)).GetProperty(kind).GetProperty("id").GetString()!;
        }
        async Task Available(string path, string kind) => await Eventually.Holds(async () =>
        {
            using var answer = await cloud.DemoHttp.GetAsync($"/volume/v3/{project}/{path}");
            return (await TestCloud.Json(answer)).GetProperty(kind).GetProperty("status").GetString() == "available";
        });
        var volume = await Make("volumes", $$$"""{"volume": {"size": 1, "imageRef": "{{{cloud.Image}}}"}}""", "volume");
        await Available($"volumes/{volume}", "volume");
        var snapshot = await Make("snapshots", $$$"""{"snapshot": {"volume_id": "{{{volume}}}"}}""", "snapshot");
        await Available($"snapshots/{snapshot}", "snapshot");
        var mapping = $$"""[{\"source_type\": \"snapshot\", \"destination_type\": \"volume\", \"snapshot_id\": \"{{snapshot}}\", \"volume_size\": 1, \"boot_index\": 0, \"device_name\": \"/dev/vda\", \"delete_on_termination\": true, \"no_device\": null}]""";
        var image = await cloud.DemoHttp.CreateActive([0], "mapped", more: $", \"bdm_v2\": \"True\", \"block_device_mapping\": \"{mapping}\"");
        var id = await cloud.Create(ServerCloud.Body($"\"name\": \"mapped\", \"imageRef\": \"{image}\", \"flavorRef\": \"1\", \"networks\": \"none\""));
        var server = await cloud.Becomes(id, "ACTIVE");
        Assert.Equal("", server.GetProperty("image").GetString());
        var made = server.GetProperty("os-extended-volumes:volumes_attached")[0].GetProperty("id").GetString()!;
        Assert.Equal(snapshot, (await cloud.Volume(made)).GetProperty("snapshot_id").GetString());
        await End(id);
    }

    [Fact]
    public async Task Migrations_find_no_second_host()
    {
        var id = await Active("stays");
        Assert.Contains("No valid host", NovaClient.Message(await cloud.Admin.Post($"servers/{id}/action", """{"migrate": null}""", 400)));
        await cloud.Admin.Post($"servers/{id}/action", """{"os-migrateLive": {"host": null, "block_migration": "auto"}}""", 202);
        var old = await NovaClient.As(cloud.Cloud, "admin", "2.25");
        await old.Post($"servers/{id}/action", """{"os-migrateLive": {"host": null, "block_migration": "auto"}}""", 400);
        await cloud.Admin.Post($"servers/{id}/action", """{"os-migrateLive": {"host": "nowhere", "block_migration": "auto"}}""", 400);
        Assert.Contains("is still in use", NovaClient.Message(await cloud.Admin.Post($"servers/{id}/action", """{"evacuate": {}}""", 400)));
        await Do(id, """{"evacuate": {}}""", 403);
        await cloud.Admin.Post($"servers/{id}/action", """{"injectNetworkInfo": null}""", 202);
        await cloud.Admin.Post($"servers/{id}/action", """{"resetNetwork": null}""", 410);
        await cloud.Becomes(id, "ACTIVE");
        await End(id);
    }

    [Fact]
    public async Task Crash_dump_is_triggered_where_a_guest_runs()
    {
        var id = await Active("dumped");
        await Do(id, """{"trigger_crash_dump": null}""");
        await Eventually.Holds(async () => (await cloud.Demo.Get($"servers/{id}/os-instance-actions")).GetProperty("instanceActions")[0] is var last
            && last.GetProperty("action").GetString() == "trigger_crash_dump" && last.GetProperty("message").ValueKind == JsonValueKind.Null);
        var old = await NovaClient.As(cloud.Cloud, "demo", "2.16");
        await old.Post($"servers/{id}/action", """{"trigger_crash_dump": null}""", 404);
        await Stopped(id);
        Assert.Equal($"Cannot 'trigger_crash_dump' instance {id} while it is in vm_state stopped",
            NovaClient.Message(await Do(id, """{"trigger_crash_dump": null}""", 409)));
        await End(id);
    }

    [Fact]
    public async Task Suspended_server_sleeps_until_it_is_resumed()
    {
        var id = await Active("sleepy");
        await Do(id, """{"suspend": null}""");
        await cloud.Becomes(id, "SUSPENDED");
        var asleep = await cloud.Show(id);
        Assert.Equal((4, "suspended"), (asleep.GetProperty("OS-EXT-STS:power_state").GetInt32(), asleep.GetProperty("OS-EXT-STS:vm_state").GetString()));
        foreach (var (body, action) in ((string, string)[])[
            ("""{"suspend": null}""", "suspend"), ("""{"os-start": null}""", "start"), ("""{"pause": null}""", "pause")])
            Assert.Equal($"Cannot '{action}' instance {id} while it is in vm_state suspended", NovaClient.Message(await Do(id, body, 409)));
        await Do(id, """{"resume": null}""");
        await cloud.Becomes(id, "ACTIVE");
        await Do(id, """{"suspend": null}""");
        await cloud.Becomes(id, "SUSPENDED");
        await Do(id, """{"reboot": {"type": "HARD"}}""");
        await cloud.Becomes(id, "ACTIVE");
        await End(id);
    }

    [Fact]
    public async Task Server_whose_memory_cannot_be_saved_goes_on()
    {
        var id = await Active("sleepless");
        await cloud.Cloud.Cloud.Parts.Database.Write(tx => ServerStore.SetMetadata(tx, id, "fake:fail", "suspend"));
        await Do(id, """{"reboot": {"type": "HARD"}}""");
        await cloud.Becomes(id, "ACTIVE");
        await Do(id, """{"suspend": null}""");
        await Eventually.Holds(async () =>
            (await cloud.Demo.Get($"servers/{id}/os-instance-actions")).GetProperty("instanceActions")[0] is var last
            && last.GetProperty("action").GetString() == "suspend" && last.GetProperty("message").GetString() == "Error");
        var server = await cloud.Show(id);
        Assert.Equal(("ACTIVE", 1), (server.GetProperty("status").GetString(), server.GetProperty("OS-EXT-STS:power_state").GetInt32()));
        await End(id);
    }
}
