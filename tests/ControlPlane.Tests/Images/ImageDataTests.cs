using System.Net;
using System.Net.Http.Headers;
using static Cumulet.ControlPlane.Tests.Images.ImageClient;

namespace Cumulet.ControlPlane.Tests.Images;

public sealed class ImageDataTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Upload_is_downloaded_byte_for_byte_with_its_hashes()
    {
        using var demo = await cloud.As("demo");
        var bytes = Bytes(3_000_001);
        var id = await demo.CreateActive(bytes);
        var image = await demo.Get($"/v2/images/{id}");
        Assert.Equal("active", image.GetProperty("status").GetString());
        Assert.Equal(bytes.Length, image.GetProperty("size").GetInt64());
        Assert.Equal(bytes.Length, image.GetProperty("virtual_size").GetInt64());
        Assert.Equal(Md5(bytes), image.GetProperty("checksum").GetString());
        Assert.Equal("sha512", image.GetProperty("os_hash_algo").GetString());
        Assert.Equal(Sha512(bytes), image.GetProperty("os_hash_value").GetString());
        using var answer = await demo.GetAsync($"/image/v2/images/{id}/file");
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(bytes.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(Md5(bytes), answer.Content.Headers.GetValues("Content-MD5").Single());
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=100-", 100, 924)]
    [InlineData("bytes=-24", 1000, 24)]
    [InlineData("bytes=1000-9999", 1000, 24)]
    public async Task Range_gives_that_part(string range, int start, int length)
    {
        using var demo = await cloud.As("demo");
        var bytes = Bytes(1024);
        var id = await demo.CreateActive(bytes);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/image/v2/images/{id}/file") { Headers = { Range = RangeHeaderValue.Parse(range) } };
        using var answer = await demo.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal($"bytes {start}-{start + length - 1}/1024", answer.Content.Headers.ContentRange!.ToString());
        Assert.Equal(bytes.AsSpan(start, length).ToArray(), await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=1024-", 416)]
    [InlineData("lines=1-2", 416)]
    [InlineData("bytes=0-1,5-6", 400)]
    public async Task Range_that_cannot_be_is_refused(string range, int status)
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateActive(Bytes(1024));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/image/v2/images/{id}/file");
        request.Headers.TryAddWithoutValidation("Range", range);
        using var answer = await demo.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Download_of_a_queued_image_is_empty()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage();
        using var answer = await demo.GetAsync($"/image/v2/images/{id}/file");
        await answer.Must(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Empty_upload_is_an_image_of_no_bytes()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateActive([]);
        Assert.Equal(0, (await demo.Get($"/v2/images/{id}")).GetProperty("size").GetInt64());
        using var answer = await demo.GetAsync($"/image/v2/images/{id}/file");
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Second_upload_is_409_and_changes_nothing()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateActive(Bytes(100));
        using var again = await demo.Upload(id, Bytes(100, seed: 2));
        Assert.Contains("Image status transition from active to saving is not allowed", await again.Must(HttpStatusCode.Conflict));
        Assert.Equal(Bytes(100), await demo.GetByteArrayAsync($"/image/v2/images/{id}/file"));
    }

    [Fact]
    public async Task Uploads_at_once_to_one_image_have_exactly_one_winner()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage();
        var bodies = Enumerable.Range(0, 8).Select(i => Bytes(200_000, i)).ToArray();
        var answers = await Task.WhenAll(bodies.Select(b => demo.Upload(id, b)));
        var won = Array.FindIndex(answers, a => a.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.NoContent));
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(bodies[won], await demo.GetByteArrayAsync($"/image/v2/images/{id}/file"));
    }

    [Fact]
    public async Task Upload_without_formats_is_400()
    {
        using var demo = await cloud.As("demo");
        using var created = await demo.Post("/v2/images", "{}");
        var id = (await TestCloud.Json(created)).GetProperty("id").GetString()!;
        using var answer = await demo.Upload(id, Bytes(10));
        Assert.Contains("Properties disk_format, container_format must be set prior to saving data.", await answer.Must(HttpStatusCode.BadRequest));
        Assert.Equal("queued", await demo.Status(id));
    }

    [Fact]
    public async Task Upload_of_another_content_type_is_415()
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage();
        using var answer = await demo.PutAsync($"/image/v2/images/{id}/file", TestCloud.Body("{}"));
        await answer.Must(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("qcow2")]
    [InlineData("vmdk")]
    [InlineData("vdi")]
    [InlineData("vhd")]
    [InlineData("vhdx")]
    [InlineData("iso")]
    [InlineData("ploop")]
    public async Task Bytes_that_are_not_the_declared_format_are_400_with_the_reason(string format)
    {
        using var demo = await cloud.As("demo");
        var id = await demo.CreateImage(diskFormat: format);
        using var answer = await demo.Upload(id, Bytes(100_000));
        Assert.Contains($"disk_format is {format}", await answer.Must(HttpStatusCode.BadRequest));
        var image = await demo.Get($"/v2/images/{id}");
        Assert.Equal("queued", image.GetProperty("status").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, image.GetProperty("size").ValueKind);
        Assert.Empty(Layers.Files(cloud));
    }

    [Fact]
    public async Task Hostile_bytes_are_refused_and_leave_nothing()
    {
        using var demo = await cloud.As("demo");
        foreach (var (name, format, bytes) in HostileImages.All())
        {
            var id = await demo.CreateImage(name, format);
            using var answer = await demo.Upload(id, bytes);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{name}: {(int)answer.StatusCode}");
            Assert.Equal("queued", await demo.Status(id));
        }
        Assert.DoesNotContain(Layers.Files(cloud), f => !Layers.Known(cloud, f));
    }

    [Fact]
    public async Task Other_containers_keep_any_bytes()
    {
        using var demo = await cloud.As("demo");
        foreach (var (container, disk) in new[] { ("ami", "ami"), ("ari", "ari"), ("aki", "aki"), ("ami", "vhd"), ("ovf", "vmdk"), ("docker", "raw"), ("compressed", "qcow2") })
        {
            var id = await demo.CreateImage(diskFormat: disk, container: container);
            var bytes = Bytes(2000);
            using var answer = await demo.Upload(id, bytes);
            await answer.Must(HttpStatusCode.NoContent);
            Assert.Equal(bytes, await demo.GetByteArrayAsync($"/image/v2/images/{id}/file"));
        }
    }
}
