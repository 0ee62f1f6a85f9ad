using System.Text.Json;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.BlockStorage;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>Servers from the first request to their end, with the fake hypervisor.</summary>
public sealed class ServerTests(ServerCloud cloud) : IClassFixture<ServerCloud>
{
    [Fact]
    public async Task Create_from_image_becomes_active_and_delete_leaves_nothing()
    {
        var id = await cloud.Create(cloud.ImageBody("web 1", ", \"metadata\": {\"a\": \"b\"}, \"tags\": [\"x\"], \"description\": \"d\""));
        var server = await cloud.Becomes(id, "ACTIVE");
        Assert.Equal(1, server.GetProperty("OS-EXT-STS:power_state").GetInt32());
        Assert.Equal("active", server.GetProperty("OS-EXT-STS:vm_state").GetString());
        Assert.Equal("web-1", server.GetProperty("OS-EXT-SRV-ATTR:hostname").GetString());
        Assert.Equal("b", server.GetProperty("metadata").GetProperty("a").GetString());
        Assert.Equal("x", server.GetProperty("tags")[0].GetString());
        Assert.Equal(cloud.Image, server.GetProperty("image").GetProperty("id").GetString());
        Assert.True(cloud.Hypervisor.Runs(Guid.Parse(id)));
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
        Assert.False(cloud.Hypervisor.Runs(Guid.Parse(id)));
        Assert.Equal(0, cloud.Cloud.Cloud.Parts.Database.Read(tx => tx.Count($"SELECT COUNT(*) FROM layer_references WHERE holder_id LIKE {id + "%"}")));
    }

    [Fact]
    public async Task Create_from_new_volume_with_shutdown_remove_deletes_the_volume_with_the_server()
    {
        var id = await cloud.Create(ServerCloud.Body($$"""
            "name": "vol", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": [{"source_type": "image", "uuid": "{{cloud.Image}}",
            "destination_type": "volume", "volume_size": 1, "boot_index": 0, "delete_on_termination": true}]
            """));
        var server = await cloud.Becomes(id, "ACTIVE");
        Assert.Equal("", server.GetProperty("image").GetString());
        var volume = server.GetProperty("os-extended-volumes:volumes_attached")[0].GetProperty("id").GetString()!;
        Assert.Equal("in-use", (await cloud.Volume(volume)).GetProperty("status").GetString());
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
        await Eventually.Holds(async () =>
        {
            using var answer = await cloud.DemoHttp.GetAsync($"/volume/v3/{cloud.Cloud.First.DemoProjectId}/volumes/{volume}");
            return answer.StatusCode == System.Net.HttpStatusCode.NotFound;
        });
    }

    [Fact]
    public async Task Delete_leaves_a_volume_that_has_snapshots_until_the_last_of_them_goes()
    {
        var id = await cloud.Create(ServerCloud.Body($$"""
            "name": "kept", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": [{"source_type": "image", "uuid": "{{cloud.Image}}",
            "destination_type": "volume", "volume_size": 1, "boot_index": 0, "delete_on_termination": true}]
            """));
        var volume = (await cloud.Becomes(id, "ACTIVE")).GetProperty("os-extended-volumes:volumes_attached")[0].GetProperty("id").GetString()!;
        await cloud.Demo.Post($"servers/{id}/action", """{"createImage": {"name": "mapping"}}""", 202);
        using var volumes = await VolumeClient.As(cloud.Cloud, "demo");
        await volumes.Expect(System.Net.HttpStatusCode.Accepted, "POST", "snapshots", $$$"""{"snapshot":{"volume_id":"{{{volume}}}","force":true}}""");
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
        Assert.Equal("available", (await cloud.Volume(volume)).GetProperty("status").GetString());
        foreach (var snapshot in await SnapshotsOf(volumes, volume))
        {
            Assert.Equal("available", (await cloud.Volume(volume)).GetProperty("status").GetString());
            await volumes.Until($"snapshots/{snapshot}", "snapshot", "available");
            await volumes.Expect(System.Net.HttpStatusCode.Accepted, "DELETE", $"snapshots/{snapshot}");
            await volumes.UntilGone($"snapshots/{snapshot}");
        }
        await volumes.UntilGone($"volumes/{volume}");
    }

    private static async Task<List<string>> SnapshotsOf(VolumeClient volumes, string volume) =>
        [.. (await volumes.Get($"snapshots?volume_id={volume}")).GetProperty("snapshots").EnumerateArray().Select(s => s.GetProperty("id").GetString()!)];

    [Fact]
    public async Task Volume_that_was_left_for_its_snapshots_stays_once_it_is_attached_again()
    {
        var mapping = (string source) => ServerCloud.Body($$"""
            "name": "left", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": [{ {{source}}, "destination_type": "volume", "boot_index": 0}]
            """);
        var first = await cloud.Create(mapping($$"""
            "source_type": "image", "uuid": "{{cloud.Image}}", "volume_size": 1, "delete_on_termination": true
            """));
        var volume = (await cloud.Becomes(first, "ACTIVE")).GetProperty("os-extended-volumes:volumes_attached")[0].GetProperty("id").GetString()!;
        using var volumes = await VolumeClient.As(cloud.Cloud, "demo");
        await volumes.Expect(System.Net.HttpStatusCode.Accepted, "POST", "snapshots", $$$"""{"snapshot":{"volume_id":"{{{volume}}}","force":true}}""");
        var snapshot = Assert.Single(await SnapshotsOf(volumes, volume));
        await volumes.Until($"snapshots/{snapshot}", "snapshot", "available");
        await cloud.Demo.Delete($"servers/{first}", 204);
        await cloud.Gone(first);
        var second = await cloud.Create(mapping($"\"source_type\": \"volume\", \"uuid\": \"{volume}\""));
        await cloud.Becomes(second, "ACTIVE");
        await cloud.Demo.Delete($"servers/{second}", 204);
        await cloud.Gone(second);
        await volumes.Expect(System.Net.HttpStatusCode.Accepted, "DELETE", $"snapshots/{snapshot}");
        await volumes.UntilGone($"snapshots/{snapshot}");
        await Eventually.Holds(() => Task.FromResult(!cloud.Cloud.Cloud.Parts.Sagas.IsBusy($"volume:{volume}")));
        Assert.Equal("available", (await cloud.Volume(volume)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Delete_takes_a_volume_along_that_is_being_backed_up()
    {
        var id = await cloud.Create(ServerCloud.Body($$"""
            "name": "backed", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": [{"source_type": "image", "uuid": "{{cloud.Image}}",
            "destination_type": "volume", "volume_size": 1, "boot_index": 0, "delete_on_termination": true}]
            """));
        var volume = (await cloud.Becomes(id, "ACTIVE")).GetProperty("os-extended-volumes:volumes_attached")[0].GetProperty("id").GetString()!;
        using var volumes = await VolumeClient.As(cloud.Cloud, "demo");
        var backup = (await volumes.Expect(System.Net.HttpStatusCode.Accepted, "POST", "backups", $$$"""{"backup":{"volume_id":"{{{volume}}}","force":true}}"""))
            .GetProperty("backup").GetProperty("id").GetString();
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
        await volumes.Until($"backups/{backup}", "backup", "available");
        await volumes.UntilGone($"volumes/{volume}");
    }

    [Fact]
    public async Task Create_on_a_host_that_is_too_small_ends_in_error_as_nova_says_it()
    {
        await cloud.Admin.Post("flavors", """{"flavor": {"name": "huge", "id": "huge", "ram": 1, "vcpus": 1, "disk": 99999999}}""", 200);
        var id = await cloud.Create(ServerCloud.Body($"\"name\": \"huge\", \"imageRef\": \"{cloud.Image}\", \"flavorRef\": \"huge\", \"networks\": \"none\""));
        var server = await cloud.Becomes(id, "ERROR");
        Assert.StartsWith("No valid host was found.", server.GetProperty("fault").GetProperty("message").GetString());
        Assert.Equal("", server.GetProperty("hostId").GetString());
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
    }

    [Fact]
    public async Task Create_with_failing_guest_ends_in_error_with_the_reason()
    {
        var id = await cloud.Create(cloud.ImageBody("bad", ", \"metadata\": {\"fake:fail\": \"start\"}"));
        var server = await cloud.Becomes(id, "ERROR");
        Assert.Contains("told to fail at 'start'", server.GetProperty("fault").GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Null, server.GetProperty("OS-SRV-USG:launched_at").ValueKind);
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
    }

    [Fact]
    public async Task Delete_while_building_interrupts_the_build()
    {
        var id = await cloud.Create(cloud.ImageBody("slow", ", \"metadata\": {\"fake:delay\": \"600000\"}"));
        await Eventually.Holds(async () => (await cloud.Show(id)).GetProperty("OS-EXT-STS:task_state").GetString() == "spawning");
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
    }

    [Fact]
    public async Task Stop_start_reboot_pause_move_through_novas_states()
    {
        var id = await cloud.Create(cloud.ImageBody("power"));
        await cloud.Becomes(id, "ACTIVE");
        await cloud.Demo.Post($"servers/{id}/action", """{"os-stop": null}""", 202);
        Assert.Equal(4, (await cloud.Becomes(id, "SHUTOFF")).GetProperty("OS-EXT-STS:power_state").GetInt32());
        var refused = await cloud.Demo.Post($"servers/{id}/action", """{"os-stop": null}""", 409);
        Assert.Equal($"Cannot 'stop' instance {id} while it is in vm_state stopped", refused.GetProperty("conflictingRequest").GetProperty("message").GetString());
        await cloud.Demo.Post($"servers/{id}/action", """{"os-start": null}""", 202);
        await cloud.Becomes(id, "ACTIVE");
        await cloud.Demo.Post($"servers/{id}/action", """{"reboot": {"type": "HARD"}}""", 202);
        await cloud.Becomes(id, "ACTIVE");
        await cloud.Demo.Post($"servers/{id}/action", """{"pause": null}""", 202);
        await cloud.Becomes(id, "PAUSED");
        await cloud.Demo.Post($"servers/{id}/action", """{"unpause": null}""", 202);
        await cloud.Becomes(id, "ACTIVE");
        await cloud.Demo.Delete($"servers/{id}", 204);
    }

    [Fact]
    public async Task Resize_is_verified_then_confirmed_or_reverted()
    {
        var id = await cloud.Create(cloud.ImageBody("grows"));
        await cloud.Becomes(id, "ACTIVE");
        await cloud.Demo.Post($"servers/{id}/action", """{"resize": {"flavorRef": "1"}}""", 400);
        await cloud.Demo.Post($"servers/{id}/action", """{"resize": {"flavorRef": "2"}}""", 202);
        Assert.Equal("m1.small", (await cloud.Becomes(id, "VERIFY_RESIZE")).GetProperty("flavor").GetProperty("original_name").GetString());
        await cloud.Demo.Post($"servers/{id}/action", """{"revertResize": null}""", 202);
        Assert.Equal("m1.tiny", (await cloud.Becomes(id, "ACTIVE")).GetProperty("flavor").GetProperty("original_name").GetString());
        await cloud.Demo.Post($"servers/{id}/action", """{"resize": {"flavorRef": "2"}}""", 202);
        await cloud.Becomes(id, "VERIFY_RESIZE");
        await cloud.Demo.Post($"servers/{id}/action", """{"confirmResize": null}""", 204);
        await cloud.Becomes(id, "ACTIVE");
    }

    [Fact]
    public async Task Rebuild_gives_the_server_a_new_root_from_the_image()
    {
        var id = await cloud.Create(cloud.ImageBody("anew"));
        await cloud.Becomes(id, "ACTIVE");
        var answer = await cloud.Demo.Post($"servers/{id}/action", $$$"""{"rebuild": {"imageRef": "{{{cloud.Image}}}", "name": "renewed"}}""", 202);
        Assert.Equal("REBUILD", answer.GetProperty("server").GetProperty("status").GetString());
        Assert.Equal("renewed", (await cloud.Becomes(id, "ACTIVE")).GetProperty("name").GetString());
        Assert.True(cloud.Hypervisor.Runs(Guid.Parse(id)));
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
    }

    [Fact]
    public async Task Guest_that_goes_down_by_itself_is_shut_off()
    {
        var id = await cloud.Create(cloud.ImageBody("self"));
        await cloud.Becomes(id, "ACTIVE");
        cloud.Hypervisor.Happen(Guid.Parse(id), VmEvent.Ended);
        await cloud.Becomes(id, "SHUTOFF");
        await cloud.Demo.Post($"servers/{id}/action", """{"os-start": null}""", 202);
        await cloud.Becomes(id, "ACTIVE");
    }

    [Theory]
    [InlineData("""[{"source_type": "blank", "destination_type": "volume", "boot_index": 0}]""", "Blank volumes")]
    [InlineData("""[{"source_type": "volume", "destination_type": "volume", "boot_index": 0}]""", "Missing device UUID")]
    [InlineData("""[{"source_type": "blank", "destination_type": "volume", "volume_size": 1}]""", "No device has boot_index 0")]
    [InlineData("""[{"source_type": "volume", "uuid": "6f70656e-7374-6163-6b20-342065766572", "destination_type": "local", "boot_index": 0}]""", "cannot be a local disk")]
    [InlineData("""[{"source_type": "volume", "uuid": "6f70656e-7374-6163-6b20-342065766572", "destination_type": "volume", "boot_index": 0}]""", "failed to get volume")]
    [InlineData("""[{"source_type": "image", "uuid": "IMAGE", "destination_type": "volume", "boot_index": 0}]""", "non-zero size")]
    [InlineData("""[{"source_type": "image", "uuid": "IMAGE", "destination_type": "volume", "boot_index": 0, "volume_size": 1}, {"source_type": "blank", "destination_type": "volume", "boot_index": 0, "volume_size": 1}]""", "given twice")]
    public async Task Create_with_wrong_block_devices_says_what_is_wrong(string mapping, string reason)
    {
        var answer = await cloud.Demo.Post("servers", ServerCloud.Body($"""
            "name": "x", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": {mapping.Replace("IMAGE", cloud.Image)}
            """), 400);
        Assert.Contains(reason, answer.GetProperty("badRequest").GetProperty("message").GetString());
    }

    [Fact]
    public async Task List_filters_by_status_name_and_project()
    {
        var id = await cloud.Create(cloud.ImageBody("listed-one"));
        await cloud.Becomes(id, "ACTIVE");
        Assert.Equal(1, (await cloud.Demo.Get("servers/detail?name=listed-o.e&status=ACTIVE")).GetProperty("servers").GetArrayLength());
        Assert.Equal(0, (await cloud.Demo.Get("servers?name=listed-one&status=ERROR")).GetProperty("servers").GetArrayLength());
        Assert.Equal(0, (await cloud.Admin.Get("servers?name=listed-one")).GetProperty("servers").GetArrayLength());
        Assert.Equal(1, (await cloud.Admin.Get("servers?name=listed-one&all_tenants=1")).GetProperty("servers").GetArrayLength());
        await cloud.Demo.Get("servers?all_tenants=1", 403);
        await cloud.Demo.Get("servers?nonsense=1", 400);
    }

    [Fact]
    public async Task Restart_of_the_daemon_keeps_running_guests()
    {
        await using var own = new ServerCloud();
        await own.InitializeAsync();
        var id = await own.Create(own.ImageBody("stays"));
        await own.Becomes(id, "ACTIVE");
        await own.Cloud.Restart();
        Assert.True(own.Hypervisor.Runs(Guid.Parse(id)));
    }

    [Fact]
    public async Task Metadata_over_the_quota_are_refused_at_creation()
    {
        var items = string.Join(", ", Enumerable.Range(0, 129).Select(i => $"\"{i}\": \"x\""));
        var refused = await cloud.Demo.Post("servers", cloud.ImageBody("much", $", \"metadata\": {{ {items} }}"), 403);
        Assert.Equal("Maximum number of metadata items exceeds 128", NovaClient.Message(refused));
    }

    [Fact]
    public async Task Change_in_the_second_that_is_asked_for_is_before_it_and_since_it()
    {
        var id = await cloud.Create(cloud.ImageBody("timed"));
        var updated = (await cloud.Becomes(id, "ACTIVE")).GetProperty("updated").GetString();
        foreach (var filter in (string[])["changes-before", "changes-since"])
            Assert.Contains((await cloud.Demo.Get($"servers?{filter}={updated}")).GetProperty("servers").EnumerateArray(), s => s.GetProperty("id").GetString() == id);
        await cloud.Demo.Delete($"servers/{id}", 204);
    }
}
