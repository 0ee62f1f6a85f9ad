using System.Net;
using System.Text.Json;
using static Cumulet.ControlPlane.Tests.Images.ImageClient;

namespace Cumulet.ControlPlane.Tests.Images;

public sealed class ImageTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Versions_are_a_choice_at_the_root_and_a_list_beside_it()
    {
        using var client = cloud.Anonymous();
        foreach (var (path, status) in new[] { ("", HttpStatusCode.MultipleChoices), ("/", HttpStatusCode.MultipleChoices), ("/versions", HttpStatusCode.OK) })
        {
            var versions = (await client.Get(path, status)).GetProperty("versions");
            Assert.Equal("v2.15", versions[0].GetProperty("id").GetString());
            Assert.Equal("CURRENT", versions[0].GetProperty("status").GetString());
            Assert.Equal($"{cloud.Url}/image/v2/", versions[0].GetProperty("links")[0].GetProperty("href").GetString());
        }
    }

    [Fact]
    public async Task Create_shows_every_attribute_as_Glance_does()
    {
        using var demo = await cloud.As("demo");
        var id = Guid.NewGuid().ToString();
        using var answer = await demo.Post("/v2/images", $$"""
            {"id": "{{id}}", "name": "Ubuntu", "disk_format": "raw", "container_format": "bare", "min_disk": 3, "min_ram": 512,
             "protected": false, "os_hidden": true, "visibility": "private", "tags": ["b", "a", "b"], "hw_machine_type": "q35", "os_distro": "ubuntu"}
            """);
        await answer.Must(HttpStatusCode.Created);
        Assert.Equal($"{cloud.Url}/image/v2/images/{id}", answer.Headers.Location!.ToString());
        Assert.Equal("glance-direct,web-download,copy-image", answer.Headers.GetValues("OpenStack-image-import-methods").Single());
        var image = await TestCloud.Json(answer);
        var names = image.EnumerateObject().Select(m => m.Name).Order();
        Assert.Equal(
            ["checksum", "container_format", "created_at", "disk_format", "file", "hw_machine_type", "id", "min_disk", "min_ram", "name",
             "os_distro", "os_hash_algo", "os_hash_value", "os_hidden", "owner", "protected", "schema", "self", "size", "status", "tags",
             "updated_at", "virtual_size", "visibility"], names);
        Assert.Equal("queued", image.GetProperty("status").GetString());
        Assert.Equal(cloud.First.DemoProjectId, image.GetProperty("owner").GetString());
        Assert.Equal("""["a","b"]""", image.GetProperty("tags").GetRawText());
        Assert.Equal($"/v2/images/{id}/file", image.GetProperty("file").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", image.GetProperty("created_at").GetString());
        Assert.Equal(image.ToString(), (await demo.Get($"/v2/images/{id}")).ToString());
    }

    [Fact]
    public async Task Create_without_anything_is_a_shared_image()
    {
        using var demo = await cloud.As("demo");
        using var answer = await demo.Post("/v2/images", "{}");
        await answer.Must(HttpStatusCode.Created);
        var image = await TestCloud.Json(answer);
        Assert.Equal("shared", image.GetProperty("visibility").GetString());
        Assert.Equal(JsonValueKind.Null, image.GetProperty("disk_format").ValueKind);
    }

    [Theory]
    [InlineData("""{"disk_format": "qcow3"}""", 400)]
    [InlineData("""{"container_format": "box"}""", 400)]
    [InlineData("""{"visibility": "everyone"}""", 400)]
    [InlineData("""{"min_disk": "10"}""", 400)]
    [InlineData("""{"min_disk": -1}""", 400)]
    [InlineData("""{"min_ram": 99999999999}""", 400)]
    [InlineData("""{"protected": "true"}""", 400)]
    [InlineData("""{"id": "not-a-uuid"}""", 400)]
    [InlineData("""{"id": "../../../../etc/passwd"}""", 400)]
    [InlineData("""{"tags": [1]}""", 400)]
    [InlineData("""{"tags": "a"}""", 400)]
    [InlineData("""{"os_distro": 7}""", 400)]
    [InlineData("""{"os_distro": null}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("{", 400)]
    [InlineData("", 400)]
    [InlineData("""{"status": "active"}""", 403)]
    [InlineData("""{"checksum": "0"}""", 403)]
    [InlineData("""{"size": 5}""", 403)]
    [InlineData("""{"self": "/v2/images/1"}""", 403)]
    [InlineData("""{"os_hash_value": "0"}""", 403)]
    [InlineData("""{"created_at": "2020-01-01T00:00:00Z"}""", 403)]
    [InlineData("""{"location": "file:///etc/passwd"}""", 403)]
    [InlineData("""{"locations": [{"url": "file:///etc/passwd", "metadata": {} }]}""", 403)]
    [InlineData("""{"os_glance_import_task": "x"}""", 403)]
    [InlineData("""{"visibility": "public"}""", 403)]
    [InlineData("""{"owner": "somebody-else"}""", 403)]
    public async Task Create_with_what_cannot_be_is_refused(string body, int status)
    {
        using var demo = await cloud.As("demo");
        using var answer = await demo.Post("/v2/images", body);
        await answer.Must((HttpStatusCode)status);
    }

    [Fact]
    public async Task Create_with_an_id_that_is_taken_is_409()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage();
        using var answer = await demo.Post("/v2/images", $$"""{"id": "{{id}}"}""");
        Assert.Contains($"Image ID {id} already exists!", await answer.Must(HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Create_over_the_limits_of_one_image_is_413()
    {
        using var demo = await cloud.As("demo");
        var properties = string.Join(',', Enumerable.Range(0, 129).Select(i => $"\"p{i}\": \"v\""));
        using var answer = await demo.Post("/v2/images", $"{{{properties}}}");
        Assert.Contains("Attempted: 129, Maximum: 128", await answer.Must(HttpStatusCode.RequestEntityTooLarge));
    }

    [Fact]
    public async Task Create_for_another_project_is_the_administrators()
    {
        using var admin = await cloud.As("admin");
        using var demo = await cloud.As("demo");
        var id = await admin.CreateImage(more: $$""", "owner": "{{cloud.First.DemoProjectId}}", "visibility": "private" """);
        Assert.Equal("queued", await demo.Status(id));
    }

    [Fact]
    public async Task Errors_are_HTML_unless_JSON_is_preferred()
    {
        using var demo = await cloud.As("demo");
        var id = Guid.NewGuid();
        async Task<(string? Type, string Text)> Ask(string? accept)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/image/v2/images/{id}");
            if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
            using var answer = await demo.SendAsync(request);
            return (answer.Content.Headers.ContentType!.MediaType, await answer.Must(HttpStatusCode.NotFound));
        }
        Assert.Equal("text/html", (await Ask(null)).Type);
        Assert.Equal("text/html", (await Ask("*/*")).Type);
        Assert.Equal("text/plain", (await Ask("image/png")).Type);
        var (type, text) = await Ask("application/json");
        Assert.Equal("application/json", type);
        var json = JsonDocument.Parse(text).RootElement;
        Assert.StartsWith($"No image found with ID {id}", json.GetProperty("message").GetString());
        Assert.Equal("404 Not Found", json.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Patch_changes_attributes_properties_and_tags_at_once()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage(more: """, "os_distro": "debian", "gone": "x" """);
        using var answer = await demo.Change(id, """
            [{"op": "replace", "path": "/name", "value": "Fedora 17"},
             {"op": "replace", "path": "/tags", "value": ["fedora", "beefy"]},
             {"op": "replace", "path": "/os_distro", "value": "fedora"},
             {"op": "add", "path": "/a~1b~0c", "value": "new"},
             {"op": "remove", "path": "/gone"},
             {"op": "replace", "path": "/min_disk", "value": 20},
             {"op": "replace", "path": "/disk_format", "value": "qcow2"},
             {"op": "replace", "path": "/visibility", "value": "private"},
             {"op": "replace", "path": "/protected", "value": true}]
            """);
        await answer.Must(HttpStatusCode.OK);
        var image = await demo.Get($"/v2/images/{id}");
        Assert.Equal("Fedora 17", image.GetProperty("name").GetString());
        Assert.Equal("""["beefy","fedora"]""", image.GetProperty("tags").GetRawText());
        Assert.Equal("fedora", image.GetProperty("os_distro").GetString());
        Assert.Equal("new", image.GetProperty("a/b~c").GetString());
        Assert.False(image.TryGetProperty("gone", out _));
        Assert.Equal(20, image.GetProperty("min_disk").GetInt32());
        Assert.Equal("qcow2", image.GetProperty("disk_format").GetString());
        Assert.True(image.GetProperty("protected").GetBoolean());
    }

    [Theory]
    [InlineData("""[{"op": "replace", "path": "/id", "value": "x"}]""", 403)]
    [InlineData("""[{"op": "replace", "path": "/status", "value": "active"}]""", 403)]
    [InlineData("""[{"op": "replace", "path": "/checksum", "value": "0"}]""", 403)]
    [InlineData("""[{"op": "add", "path": "/deleted", "value": "1"}]""", 403)]
    [InlineData("""[{"op": "add", "path": "/os_glance_x", "value": "1"}]""", 403)]
    [InlineData("""[{"op": "add", "path": "/locations/-", "value": {"url": "file:///etc/passwd", "metadata": {} } }]""", 403)]
    [InlineData("""[{"op": "replace", "path": "/locations", "value": []}]""", 403)]
    [InlineData("""[{"op": "remove", "path": "/locations/0"}]""", 403)]
    [InlineData("""[{"op": "remove", "path": "/name"}]""", 403)]
    [InlineData("""[{"op": "replace", "path": "/owner", "value": "x"}]""", 403)]
    [InlineData("""[{"op": "replace", "path": "/visibility", "value": "public"}]""", 403)]
    [InlineData("""[{"op": "replace", "path": "/missing", "value": "x"}]""", 409)]
    [InlineData("""[{"op": "remove", "path": "/missing"}]""", 409)]
    [InlineData("""[{"op": "replace", "path": "/visibility", "value": "x"}]""", 400)]
    [InlineData("""[{"op": "replace", "path": "/min_disk", "value": -5}]""", 400)]
    [InlineData("""[{"op": "replace", "path": "/tags", "value": "x"}]""", 400)]
    [InlineData("""[{"op": "add", "path": "/p", "value": {}}]""", 400)]
    [InlineData("""[{"op": "add", "path": "/p"}]""", 400)]
    [InlineData("""[{"op": "move", "path": "/p", "value": "x"}]""", 400)]
    [InlineData("""[{"path": "/p", "value": "x"}]""", 400)]
    [InlineData("""[{"op": "add", "value": "x"}]""", 400)]
    [InlineData("""[{"op": "add", "path": "p", "value": "x"}]""", 400)]
    [InlineData("""[{"op": "add", "path": "/a//b", "value": "x"}]""", 400)]
    [InlineData("""[{"op": "add", "path": "/a/b", "value": "x"}]""", 400)]
    [InlineData("""[{"op": "add", "path": "/a~2", "value": "x"}]""", 400)]
    [InlineData("""[1]""", 400)]
    [InlineData("""{"op": "add"}""", 400)]
    public async Task Patch_that_cannot_be_is_refused_whole(string operations, int status)
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage();
        var before = (await demo.Get($"/v2/images/{id}")).ToString();
        using var answer = await demo.Change(id, operations.Replace("[{", """[{"op": "replace", "path": "/name", "value": "changed"}, {"""));
        await answer.Must((HttpStatusCode)status);
        Assert.Equal(before, (await demo.Get($"/v2/images/{id}")).ToString());
    }

    [Fact]
    public async Task Patch_of_the_older_draft_adds_only_what_is_new()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage();
        const string draft4 = "application/openstack-images-v2.0-json-patch";
        using var added = await demo.Change(id, """[{"add": "/p", "value": "1"}, {"replace": "/name", "value": "n"}]""", draft4);
        await added.Must(HttpStatusCode.OK);
        using var again = await demo.Change(id, """[{"add": "/p", "value": "2"}]""", draft4);
        Assert.Contains("Property p already present.", await again.Must(HttpStatusCode.Conflict));
        using var wrongType = await demo.Change(id, "[]", "application/json");
        await wrongType.Must(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Formats_of_an_active_image_cannot_be_changed()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateActive(Bytes(512));
        using var answer = await demo.Change(id, """[{"op": "replace", "path": "/disk_format", "value": "qcow2"}]""");
        Assert.Contains("Attribute disk_format can be only replaced for a queued image.", await answer.Must(HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task Delete_takes_the_image_and_its_bytes()
    {
        using var demo = await cloud.As("demo");
        var before = Layers.Ids(cloud);
        var id = await demo.CreateActive(Bytes(4096));
        Assert.Single(Layers.Ids(cloud).Except(before));
        using var deleted = await demo.DeleteAsync($"/image/v2/images/{id}");
        await deleted.Must(HttpStatusCode.NoContent);
        using var shown = await demo.GetAsync($"/image/v2/images/{id}");
        await shown.Must(HttpStatusCode.NotFound);
        using var again = await demo.DeleteAsync($"/image/v2/images/{id}");
        Assert.Contains($"Failed to find image {id} to delete", await again.Must(HttpStatusCode.NotFound));
        await Eventually.Holds(() => Layers.Ids(cloud).SetEquals(before));
    }

    [Fact]
    public async Task Delete_of_a_protected_image_is_403_until_it_is_not()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage(more: """, "protected": true""");
        using var refused = await demo.DeleteAsync($"/image/v2/images/{id}");
        Assert.Contains($"Image {id} is protected and cannot be deleted.", await refused.Must(HttpStatusCode.Forbidden));
        using var changed = await demo.Change(id, """[{"op": "replace", "path": "/protected", "value": false}]""");
        using var deleted = await demo.DeleteAsync($"/image/v2/images/{id}");
        await deleted.Must(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Deactivated_image_is_read_by_administrators_only()
    {
        using var demo = await cloud.As("demo");
        using var admin = await cloud.As("admin");
        var id = await demo.CreateActive(Bytes(512));
        using var off = await demo.PostAsync($"/image/v2/images/{id}/actions/deactivate", null);
        await off.Must(HttpStatusCode.NoContent);
        Assert.Equal("deactivated", await demo.Status(id));
        using var refused = await demo.GetAsync($"/image/v2/images/{id}/file");
        Assert.Contains("The requested image has been deactivated. Image data download is forbidden.", await refused.Must(HttpStatusCode.Forbidden));
        Assert.Equal(Bytes(512), await admin.GetByteArrayAsync($"/image/v2/images/{id}/file"));
        using var on = await demo.PostAsync($"/image/v2/images/{id}/actions/reactivate", null);
        await on.Must(HttpStatusCode.NoContent);
        Assert.Equal("active", await demo.Status(id));
        var queued = await demo.CreateImage();
        using var wrong = await demo.PostAsync($"/image/v2/images/{queued}/actions/deactivate", null);
        Assert.Contains("Not allowed to deactivate image in status", await wrong.Must(HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task Tags_come_and_go_one_by_one()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage();
        using var added = await demo.PutAsync($"/image/v2/images/{id}/tags/some%20tag", null);
        await added.Must(HttpStatusCode.NoContent);
        using var twice = await demo.PutAsync($"/image/v2/images/{id}/tags/some%20tag", null);
        await twice.Must(HttpStatusCode.NoContent);
        Assert.Equal("""["some tag"]""", (await demo.Get($"/v2/images/{id}")).GetProperty("tags").GetRawText());
        using var tooLong = await demo.PutAsync($"/image/v2/images/{id}/tags/{new string('x', 256)}", null);
        await tooLong.Must(HttpStatusCode.BadRequest);
        using var removed = await demo.DeleteAsync($"/image/v2/images/{id}/tags/some%20tag");
        await removed.Must(HttpStatusCode.NoContent);
        using var gone = await demo.DeleteAsync($"/image/v2/images/{id}/tags/some%20tag");
        await gone.Must(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("image")]
    [InlineData("images")]
    [InlineData("member")]
    [InlineData("members")]
    [InlineData("task")]
    [InlineData("tasks")]
    public async Task Schemas_name_themselves(string name)
    {
        using var demo = await cloud.As("demo");
        var schema = await demo.Get($"/v2/schemas/{name}");
        Assert.Equal(name, schema.GetProperty("name").GetString());
        Assert.True(schema.GetProperty("properties").EnumerateObject().Any());
    }

    [Fact]
    public async Task Info_tells_methods_stores_and_usage()
    {
        using var demo = await cloud.As("demo");
        using var admin = await cloud.As("admin");
        Assert.Equal(3, (await demo.Get("/v2/info/import")).GetProperty("import-methods").GetProperty("value").GetArrayLength());
        Assert.Equal("local", (await demo.Get("/v2/info/stores")).GetProperty("stores")[0].GetProperty("id").GetString());
        await demo.Get("/v2/info/stores/detail", HttpStatusCode.Forbidden);
        Assert.Equal("file", (await admin.Get("/v2/info/stores/detail")).GetProperty("stores")[0].GetProperty("type").GetString());
        var (_, alone) = await People.Add(cloud);
        await alone.CreateActive(Bytes(2 << 20));
        var usage = (await alone.Get("/v2/info/usage")).GetProperty("usage");
        Assert.Equal(1, usage.GetProperty("image_count_total").GetProperty("usage").GetInt64());
        Assert.Equal(2, usage.GetProperty("image_size_total").GetProperty("usage").GetInt64());
        alone.Dispose();
    }

    [Fact]
    public async Task Without_a_token_everything_is_401()
    {
        using var nobody = cloud.Anonymous();
        foreach (var path in new[] { "/v2/images", $"/v2/images/{Guid.NewGuid()}", "/v2/schemas/image", "/v2/info/import", "/v2/tasks" })
        {
            using var answer = await nobody.GetAsync($"/image{path}");
            await answer.Must(HttpStatusCode.Unauthorized);
        }
    }
}
