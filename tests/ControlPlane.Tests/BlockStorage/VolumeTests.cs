using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

public sealed class VolumeTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Discovery_names_one_version_without_a_token()
    {
        using var http = cloud.Anonymous();
        var root = await http.GetAsync("/volume/");
        Assert.Equal(HttpStatusCode.MultipleChoices, root.StatusCode);
        var version = (await TestCloud.Json(root)).GetProperty("versions")[0];
        Assert.Equal("v3.0", version.GetProperty("id").GetString());
        Assert.Equal("3.71", version.GetProperty("version").GetString());
        Assert.Equal($"{cloud.Url}/volume/v3/", version.GetProperty("links")[1].GetProperty("href").GetString());
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/volume/v3/")).StatusCode);
    }

    [Fact]
    public async Task Create_answers_202_and_leaves_a_tiny_file_whatever_the_size()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var id = await client.Create("\"size\":500,\"name\":\"big\",\"metadata\":{\"a\":\"b\"}");
        var volume = (await client.Get($"volumes/{id}")).GetProperty("volume");
        Assert.Equal(500, volume.GetProperty("size").GetInt64());
        Assert.Equal("false", volume.GetProperty("bootable").GetString());
        Assert.Equal("b", volume.GetProperty("metadata").GetProperty("a").GetString());
        Assert.Equal("__DEFAULT__", volume.GetProperty("volume_type").GetString());
        Assert.False(volume.TryGetProperty("os-vol-host-attr:host", out _));
        Assert.Equal(cloud.First.DemoProjectId, volume.GetProperty("os-vol-tenant-attr:tenant_id").GetString());
        var bytes = new DirectoryInfo(Path.Combine(cloud.StateDirectory, "disks")).EnumerateFiles("*", SearchOption.AllDirectories).Max(f => f.Length);
        Assert.True(bytes < 4 << 20, $"a file of {bytes} bytes");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}");
        await client.UntilGone($"volumes/{id}");
    }

    [Fact]
    public async Task Attributes_appear_at_their_microversions()
    {
        using var admin = await VolumeClient.As(cloud, "admin", "3.71");
        var id = await admin.Create();
        (string Version, string[] Has, string[] Lacks)[] expected =
        [
            ("3.0", ["os-vol-host-attr:host", "migration_status"], ["group_id", "provider_id", "shared_targets", "cluster_name", "volume_type_id", "consumes_quota"]),
            ("3.13", ["group_id"], ["provider_id"]),
            ("3.21", ["provider_id"], ["service_uuid"]),
            ("3.48", ["service_uuid", "shared_targets"], ["cluster_name"]),
            ("3.61", ["cluster_name"], ["volume_type_id"]),
            ("3.63", ["volume_type_id"], ["consumes_quota"]),
            ("3.65", ["consumes_quota"], []),
        ];
        foreach (var (version, has, lacks) in expected)
        {
            using var client = await VolumeClient.As(cloud, "admin", version);
            var volume = (await client.Get($"volumes/{id}")).GetProperty("volume");
            foreach (var name in has) Assert.True(volume.TryGetProperty(name, out _), $"{name} at {version}");
            foreach (var name in lacks) Assert.False(volume.TryGetProperty(name, out _), $"{name} at {version}");
        }
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}");
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("{\"volume\":[]}", 400)]
    [InlineData("{\"volume\":{}}", 400)]
    [InlineData("{\"volume\":{\"size\":0}}", 400)]
    [InlineData("{\"volume\":{\"size\":-1}}", 400)]
    [InlineData("{\"volume\":{\"size\":\"x\"}}", 400)]
    [InlineData("{\"volume\":{\"size\":1,\"nonsense\":1}}", 400)]
    [InlineData("{\"volume\":{\"size\":1,\"volume_type\":\"no-such\"}}", 404)]
    [InlineData("{\"volume\":{\"size\":1,\"availability_zone\":\"moon\"}}", 400)]
    [InlineData("{\"volume\":{\"size\":1,\"multiattach\":\"perhaps\"}}", 400)]
    [InlineData("{\"volume\":{\"size\":1,\"imageRef\":\"00000000-0000-0000-0000-000000000001\"}}", 400)]
    [InlineData("{\"volume\":{\"size\":1,\"snapshot_id\":\"00000000-0000-0000-0000-000000000001\"}}", 404)]
    [InlineData("{\"volume\":{\"size\":1,\"source_volid\":\"00000000-0000-0000-0000-000000000001\"}}", 404)]
    [InlineData("{\"volume\":{\"size\":1,\"snapshot_id\":\"not a uuid\"}}", 400)]
    [InlineData("{\"volume\":{\"size\":1,\"metadata\":{\"k\":7}}}", 400)]
    [InlineData("{\"volume\":{\"size\":100000}}", 413)]
    public async Task Create_refuses_what_it_cannot_make(string body, int status)
    {
        using var client = await VolumeClient.As(cloud, "demo");
        Assert.NotEqual("", await client.Refused(status, "POST", "volumes", body));
    }

    [Fact]
    public async Task Other_projects_do_not_see_a_volume()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        using var demo = await VolumeClient.As(cloud, "demo");
        var id = await admin.Create();
        Assert.Equal($"Volume {id} could not be found.", await demo.Refused(404, "GET", $"volumes/{id}"));
        await demo.Refused(404, "DELETE", $"volumes/{id}");
        await demo.Refused(404, "POST", "volumes", $$"""{"volume":{"source_volid":"{{id}}"} }""");
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}");
    }

    [Fact]
    public async Task Snapshots_keep_a_volume_unless_the_deletion_cascades()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var id = await client.Create();
        var snapshot = await client.Snapshot(id);
        Assert.Contains("have snapshots", await client.Refused(400, "DELETE", $"volumes/{id}"));
        var copy = await client.Create($"\"snapshot_id\":\"{snapshot}\"");
        var clone = await client.Create($"\"source_volid\":\"{id}\",\"size\":2");
        Assert.Contains("cannot be smaller", await client.Refused(400, "POST", "volumes", $$"""{"volume":{"source_volid":"{{clone}}","size":1} }"""));
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}?cascade=true");
        await client.UntilGone($"volumes/{id}");
        await client.Refused(404, "GET", $"snapshots/{snapshot}");
        foreach (var one in (string[])[copy, clone])
        {
            await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{one}");
            await client.UntilGone($"volumes/{one}");
        }
    }

    [Fact]
    public async Task Of_fifty_deletions_at_once_one_wins()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var id = await client.Create();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.Send("DELETE", $"volumes/{id}")));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Accepted);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Accepted), a => Assert.True(a.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound));
        await client.UntilGone($"volumes/{id}");
    }

    [Fact]
    public async Task Of_fifty_reservations_at_once_one_wins()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var id = await client.Create();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.Send("POST", $"volumes/{id}/action", """{"os-reserve":null}""")));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Accepted);
        await client.Action(id, "os-attach", """{"host_name":"elsewhere","mountpoint":"/dev/vdb","mode":"ro"}""");
        var volume = (await client.Get($"volumes/{id}")).GetProperty("volume");
        Assert.Equal("in-use", volume.GetProperty("status").GetString());
        Assert.Equal("/dev/vdb", volume.GetProperty("attachments")[0].GetProperty("device").GetString());
        Assert.Equal("ro", volume.GetProperty("metadata").GetProperty("attached_mode").GetString());
        Assert.Contains("attached", await client.Refused(400, "DELETE", $"volumes/{id}"));
        await client.Action(id, "os-begin_detaching");
        await client.Action(id, "os-detach");
        await client.Until($"volumes/{id}", "volume", "available");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}");
    }

    [Fact]
    public async Task Extend_grows_and_never_shrinks()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var id = await client.Create();
        await client.Action(id, "os-extend", """{"new_size":3}""");
        var volume = await client.Until($"volumes/{id}", "volume", "available");
        Assert.Equal(3, volume.GetProperty("size").GetInt64());
        Assert.Contains("(current: 3, extended: 2)", await client.Refused(400, "POST", $"volumes/{id}/action", """{"os-extend":{"new_size":2}}"""));
        Assert.StartsWith("VolumeSizeExceedsAvailableQuota", await client.Refused(413, "POST", $"volumes/{id}/action", """{"os-extend":{"new_size":5000}}"""));
        Assert.Equal("available", (await client.Get($"volumes/{id}")).GetProperty("volume").GetProperty("status").GetString());
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}");
    }

    [Fact]
    public async Task Revert_goes_back_to_the_latest_snapshot_only()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var id = await client.Create();
        await client.Refused(400, "POST", $"volumes/{id}/action", """{"revert":{"snapshot_id":"none"}}""");
        var first = await client.Snapshot(id);
        var second = await client.Snapshot(id);
        await client.Refused(400, "POST", $"volumes/{id}/action", $$"""{"revert":{"snapshot_id":"{{first}}"} }""");
        await client.Action(id, "revert", $$"""{"snapshot_id":"{{second}}"}""");
        await client.Until($"volumes/{id}", "volume", "available");
        await client.Until($"snapshots/{second}", "snapshot", "available");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}?cascade=True");
        await client.UntilGone($"volumes/{id}");
    }

    [Fact]
    public async Task Upload_makes_an_active_image_without_copying()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var id = await client.Create("\"size\":20");
        var answer = (await client.Action(id, "os-volume_upload_image", """{"image_name":"of a volume"}""")).GetProperty("os-volume_upload_image");
        Assert.Equal("uploading", answer.GetProperty("status").GetString());
        await client.Until($"volumes/{id}", "volume", "available");
        using var images = await cloud.As("demo");
        var image = await TestCloud.Json(await images.GetAsync($"/image/v2/images/{answer.GetProperty("image_id").GetString()}"));
        Assert.Equal("active", image.GetProperty("status").GetString());
        Assert.Equal(20L << 30, image.GetProperty("virtual_size").GetInt64());
        var copy = await client.Create($"\"size\":20,\"imageRef\":\"{image.GetProperty("id").GetString()}\"");
        var volume = (await client.Get($"volumes/{copy}")).GetProperty("volume");
        Assert.Equal("true", volume.GetProperty("bootable").GetString());
        Assert.Equal("of a volume", volume.GetProperty("volume_image_metadata").GetProperty("image_name").GetString());
        Assert.Contains("larger than volume size", await client.Refused(400, "POST", "volumes", """{"volume":{"size":1,"imageRef":"of a volume"}}"""));
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{copy}");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}");
    }

    [Fact]
    public async Task Metadata_is_added_replaced_and_removed()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var id = await client.Create("\"size\":1,\"metadata\":{\"a\":\"1\"}");
        await client.Expect(HttpStatusCode.OK, "POST", $"volumes/{id}/metadata", """{"metadata":{"b":"2"}}""");
        Assert.Equal("""{"a":"1","b":"2"}""", (await client.Get($"volumes/{id}/metadata")).GetProperty("metadata").GetRawText());
        await client.Expect(HttpStatusCode.OK, "PUT", $"volumes/{id}/metadata/c", """{"meta":{"c":"3"}}""");
        await client.Refused(400, "PUT", $"volumes/{id}/metadata/c", """{"meta":{"d":"3"}}""");
        await client.Expect(HttpStatusCode.OK, "DELETE", $"volumes/{id}/metadata/a");
        Assert.Equal($"Volume {id} has no metadata with key a.", await client.Refused(404, "GET", $"volumes/{id}/metadata/a"));
        await client.Expect(HttpStatusCode.OK, "PUT", $"volumes/{id}/metadata", """{"metadata":{"z":"9"}}""");
        Assert.Equal("""{"z":"9"}""", (await client.Get($"volumes/{id}/metadata")).GetProperty("metadata").GetRawText());
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}");
    }

    [Fact]
    public async Task Lists_filter_sort_and_page()
    {
        using var client = await VolumeClient.As(cloud, "admin/demo", "3.71");
        string[] ids = [await client.Create("\"size\":1,\"name\":\"list-a\",\"metadata\":{\"list\":\"yes\"}"), await client.Create("\"size\":2,\"name\":\"list-b\",\"metadata\":{\"list\":\"yes\"}")];
        const string mine = "metadata={'list':'yes'}";
        Assert.Equal([ids[1], ids[0]], Ids(await client.Get($"volumes?{mine}")));
        Assert.Equal(ids, Ids(await client.Get($"volumes/detail?{mine}&sort=name:asc")));
        var page = await client.Get($"volumes?{mine}&limit=1&sort_key=size&sort_dir=asc&with_count=true");
        Assert.Equal([ids[0]], Ids(page));
        Assert.Equal(2, page.GetProperty("count").GetInt64());
        var next = page.GetProperty("volumes_links")[0].GetProperty("href").GetString()!;
        Assert.Equal([ids[1]], Ids(await client.Get(next[(next.IndexOf("/v3/", StringComparison.Ordinal) + 4)..])));
        Assert.Equal([ids[1]], Ids(await client.Get($"volumes?{mine}&name~=T-B")));
        Assert.Empty(Ids(await client.Get($"volumes?{mine}&created_at=lt:2020-01-01T00:00:00")));
        Assert.Empty(Ids(await client.Get("volumes?nonsense=1")));
        await client.Refused(400, "GET", "volumes?sort=nonsense");
        await client.Refused(400, "GET", "volumes?limit=-1");
        await client.Refused(404, "GET", $"volumes?marker={Guid.NewGuid()}");
        using var demo = await VolumeClient.As(cloud, "demo", "3.71");
        Assert.Contains("nonsense", await demo.Refused(400, "GET", "volumes?nonsense=1"));
        var summary = (await demo.Get("volumes/summary")).GetProperty("volume-summary");
        Assert.True(summary.GetProperty("total_count").GetInt64() >= 2);
        foreach (var id in ids) await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{id}");
    }

    private static IEnumerable<string?> Ids(JsonElement list) => list.GetProperty("volumes").EnumerateArray().Select(v => v.GetProperty("id").GetString());
}
