using System.Net;
using System.Net.Sockets;
using System.Text;
using static Cumulet.ControlPlane.Tests.Images.ImageClient;

namespace Cumulet.ControlPlane.Tests.Images;

/// <summary>Uploads that end badly, at every moment: nothing of the bytes stays.</summary>
public sealed class ImageIntakeTests : IAsyncLifetime
{
    private readonly TestCloud _cloud = new() { Configure = o => o with { ImageSizeCap = 5 << 20, AllowLocalWebDownload = true } };

    public ValueTask InitializeAsync() => _cloud.InitializeAsync();
    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    /// <summary>A connection that has begun an upload and sent a part of it.</summary>
    private async Task<TcpClient> BeginUpload(HttpClient client, string id, int announced, int sent, string where = "file")
    {
        var uri = new Uri(_cloud.Url);
        var connection = new TcpClient();
        await connection.ConnectAsync(uri.Host, uri.Port);
        var token = client.DefaultRequestHeaders.GetValues("X-Auth-Token").Single();
        var head = $"PUT /image/v2/images/{id}/{where} HTTP/1.1\r\nHost: {uri.Authority}\r\nX-Auth-Token: {token}\r\n"
            + $"Content-Type: application/octet-stream\r\nContent-Length: {announced}\r\n\r\n";
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await connection.GetStream().WriteAsync(Bytes(sent));
        return connection;
    }

    private int Rows() => Layers.Ids(_cloud).Count;

    [Fact]
    public async Task Upload_that_breaks_off_leaves_a_queued_image_and_nothing_else()
    {
        using var demo = await _cloud.As("demo");
        var id = await demo.CreateImage();
        using (await BeginUpload(demo, id, announced: 3_000_000, sent: 1_500_000))
            await Eventually.Holds(async () => await demo.Status(id) == "saving" && Rows() == 1);
        await Eventually.Holds(async () => await demo.Status(id) == "queued");
        Assert.Equal(0, Rows());
        Assert.Empty(Layers.Files(_cloud));
        using var again = await demo.Upload(id, Bytes(3_000_000));
        await again.Must(HttpStatusCode.NoContent);
        Assert.Equal("active", await demo.Status(id));
    }

    [Fact]
    public async Task Upload_with_another_size_than_announced_is_400()
    {
        using var demo = await _cloud.As("demo");
        foreach (var announced in new[] { 999, 1001 })
        {
            var id = await demo.CreateImage();
            using var content = new ByteArrayContent(Bytes(1000)) { Headers = { { "Content-Type", "application/octet-stream" } } };
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/image/v2/images/{id}/file") { Content = content };
            request.Headers.Add("x-openstack-image-size", announced.ToString());
            using var answer = await demo.SendAsync(request);
            await answer.Must(HttpStatusCode.BadRequest);
            Assert.Equal("queued", await demo.Status(id));
        }
        Assert.Equal(0, Rows());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_over_the_cap_is_413_and_leaves_nothing(bool chunked)
    {
        using var demo = await _cloud.As("demo");
        var id = await demo.CreateImage();
        using var content = new StreamContent(new MemoryStream(Bytes((5 << 20) + 1))) { Headers = { { "Content-Type", "application/octet-stream" } } };
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/image/v2/images/{id}/file") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await demo.SendAsync(request);
        Assert.Contains("The incoming image is too large", await answer.Must(HttpStatusCode.RequestEntityTooLarge));
        Assert.Equal("queued", await demo.Status(id));
        Assert.Equal(0, Rows());
        using var staged = await demo.Upload(id, Bytes((5 << 20) + 1), "stage");
        await staged.Must(HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal("queued", await demo.Status(id));
        Assert.Empty(Staged());
    }

    [Fact]
    public async Task Delete_during_uploads_ends_them_and_leaves_nothing()
    {
        using var demo = await _cloud.As("demo");
        var connections = new List<TcpClient>();
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await demo.CreateImage());
            connections.Add(await BeginUpload(demo, ids[^1], 3_000_000, 1_200_000));
        }
        foreach (var id in ids) await Eventually.Holds(async () => await demo.Status(id) == "saving");
        foreach (var id in ids)
        {
            using var deleted = await demo.DeleteAsync($"/image/v2/images/{id}");
            await deleted.Must(HttpStatusCode.NoContent);
        }
        foreach (var connection in connections)
        {
            using var reader = new StreamReader(connection.GetStream());
            Assert.Contains(" 410 ", await reader.ReadLineAsync());
            connection.Dispose();
        }
        await Eventually.Holds(() => Rows() == 0);
        Assert.Empty(Layers.Files(_cloud));
        Assert.Equal(0, (await demo.Get("/v2/info/usage")).GetProperty("usage").GetProperty("image_count_total").GetProperty("usage").GetInt64());
    }

    [Fact]
    public async Task Stop_does_not_wait_for_uploads()
    {
        using var demo = await _cloud.As("demo");
        var (saving, staging) = (await demo.CreateImage(), await demo.CreateImage());
        using var first = await BeginUpload(demo, saving, 3_000_000, 1_200_000);
        using var second = await BeginUpload(demo, staging, 3_000_000, 1_200_000, "stage");
        await Eventually.Holds(async () => await demo.Status(saving) == "saving" && await demo.Status(staging) == "uploading");
        var began = System.Diagnostics.Stopwatch.StartNew();
        await _cloud.Restart();
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(8), $"it took {began.Elapsed}");
        using var after = await _cloud.As("demo");
        Assert.Equal("queued", await after.Status(saving));
        Assert.Equal("queued", await after.Status(staging));
        Assert.Equal(0, Rows());
        Assert.Empty(Staged());
        Assert.Empty(await _cloud.Cloud.Rooms.Images.Audit(CancellationToken.None));
    }

    [Fact]
    public async Task Audit_names_what_is_not_so()
    {
        using var demo = await _cloud.As("demo");
        var (active, saving) = (await demo.CreateActive(Bytes(600)), await demo.CreateImage());
        Assert.Empty(await _cloud.Cloud.Rooms.Images.Audit(CancellationToken.None));
        await _cloud.Cloud.Parts.Database.Write(tx =>
        {
            tx.Execute($"UPDATE images SET layer_id = {Guid.NewGuid()} WHERE id = {active}");
            tx.Execute($"UPDATE images SET status = 'saving' WHERE id = {saving}");
            tx.Execute($"UPDATE layer_references SET holder_id = 'nobody' WHERE holder_id = {active}");
        });
        await File.WriteAllBytesAsync(Path.Combine(_cloud.StateDirectory, "staging", Guid.NewGuid().ToString()), Bytes(1));
        Assert.Equal(4, (await _cloud.Cloud.Rooms.Images.Audit(CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Restart_queues_what_was_being_uploaded_and_keeps_what_was_staged()
    {
        using var demo = await _cloud.As("demo");
        var (saving, importing, uploading, staged) = (await demo.CreateImage(), await demo.CreateImage(), await demo.CreateImage(), await demo.CreateImage());
        using (var answer = await demo.Upload(staged, Bytes(2048), "stage")) await answer.Must(HttpStatusCode.NoContent);
        var layer = Guid.NewGuid();
        await _cloud.Cloud.Parts.Database.Write(tx =>
        {
            // As a killed process leaves it.
            tx.Execute($"INSERT INTO layers (id, parent_id, format, virtual_size, origin, state, created_at) VALUES ({layer}, {(string?)null}, 'raw', 0, 'import', 'creating', 0)");
            tx.Execute($"INSERT INTO layer_references (kind, holder_id, layer_id) VALUES ('image', {saving}, {layer})");
            tx.Execute($"UPDATE images SET status = 'saving' WHERE id = {saving}");
            tx.Execute($"UPDATE images SET status = 'importing' WHERE id = {importing}");
            tx.Execute($"UPDATE images SET status = 'uploading' WHERE id = {uploading}");
        });
        await File.WriteAllBytesAsync(Path.Combine(_cloud.StateDirectory, "staging", $"{uploading}.part"), Bytes(100));
        await _cloud.Restart();
        using var after = await _cloud.As("demo");
        foreach (var id in new[] { saving, importing, uploading }) Assert.Equal("queued", await after.Status(id));
        Assert.Equal("uploading", await after.Status(staged));
        Assert.Equal(0, Rows());
        Assert.Equal(staged, Path.GetFileName(Staged().Single()));
        using var import = await after.Post($"/v2/images/{staged}/import", """{"method": {"name": "glance-direct"}}""");
        await import.Must(HttpStatusCode.Accepted);
        await Eventually.Holds(async () => await after.Status(staged) == "active");
    }

    [Fact]
    public async Task Staged_bytes_are_imported_by_a_task_that_can_be_read()
    {
        using var demo = await _cloud.As("demo");
        using var admin = await _cloud.As("admin");
        var id = await demo.CreateImage();
        using (var early = await demo.Post($"/v2/images/{id}/import", """{"method": {"name": "glance-direct"}}"""))
            Assert.Contains("needs to be staged", await early.Must(HttpStatusCode.Conflict));
        using (var staged = await demo.Upload(id, Bytes(70_000), "stage")) await staged.Must(HttpStatusCode.NoContent);
        var image = await demo.Get($"/v2/images/{id}");
        Assert.Equal("uploading", image.GetProperty("status").GetString());
        Assert.Equal(70_000, image.GetProperty("size").GetInt64());
        using (var import = await demo.Post($"/v2/images/{id}/import", """{"method": {"name": "glance-direct"}, "all_stores_must_succeed": true}"""))
            await import.Must(HttpStatusCode.Accepted);
        await Eventually.Holds(async () => await demo.Status(id) == "active");
        Assert.Equal(Bytes(70_000), await demo.GetByteArrayAsync($"/image/v2/images/{id}/file"));
        await Eventually.Holds(async () => (await demo.Get($"/v2/images/{id}/tasks")).GetProperty("tasks")[0].GetProperty("status").GetString() == "success");
        Assert.Empty(Staged());
        var task = (await demo.Get($"/v2/images/{id}/tasks")).GetProperty("tasks")[0];
        Assert.Equal("glance-direct", task.GetProperty("input").GetProperty("import_req").GetProperty("method").GetProperty("name").GetString());
        await demo.Get("/v2/tasks", HttpStatusCode.Forbidden);
        Assert.Equal(1, (await admin.Get("/v2/tasks?status=success")).GetProperty("tasks").GetArrayLength());
        Assert.Equal("api_image_import", (await admin.Get($"/v2/tasks/{task.GetProperty("id").GetString()}")).GetProperty("type").GetString());
        await admin.Get($"/v2/tasks/{Guid.NewGuid()}", HttpStatusCode.NotFound);
        using var again = await demo.Post($"/v2/images/{id}/import", """{"method": {"name": "glance-direct"}}""");
        await again.Must(HttpStatusCode.Conflict);
        using var copy = await admin.Post($"/v2/images/{id}/import", """{"method": {"name": "copy-image"}, "stores": ["local"]}""");
        Assert.Contains("already present at store", await copy.Must(HttpStatusCode.BadRequest));
        using var everywhere = await admin.Post($"/v2/images/{id}/import", """{"method": {"name": "copy-image"}, "all_stores": true}""");
        await everywhere.Must(HttpStatusCode.Accepted);
        var copied = await admin.Get($"/v2/images/{id}");
        Assert.Equal(("", ""), (copied.GetProperty("os_glance_importing_to_stores").GetString(), copied.GetProperty("os_glance_failed_import").GetString()));
    }

    [Fact]
    public async Task Import_that_fails_queues_the_image_and_says_why()
    {
        using var demo = await _cloud.As("demo");
        var id = await demo.CreateImage(diskFormat: "qcow2");
        using (var staged = await demo.Upload(id, Bytes(70_000), "stage")) await staged.Must(HttpStatusCode.NoContent);
        using (var import = await demo.Post($"/v2/images/{id}/import", """{"method": {"name": "glance-direct"}}""")) await import.Must(HttpStatusCode.Accepted);
        await Eventually.Holds(async () => (await demo.Get($"/v2/images/{id}/tasks")).GetProperty("tasks")[0].GetProperty("status").GetString() == "failure");
        Assert.Contains("disk_format is qcow2", (await demo.Get($"/v2/images/{id}/tasks")).GetProperty("tasks")[0].GetProperty("message").GetString());
        var image = await demo.Get($"/v2/images/{id}");
        Assert.Equal("queued", image.GetProperty("status").GetString());
        Assert.Equal("local", image.GetProperty("os_glance_failed_import").GetString());
        Assert.Empty(Staged());
        Assert.Equal(0, Rows());
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/x")]
    [InlineData("http://user:secret@example.org/x")]
    [InlineData("not a uri")]
    [InlineData("")]
    public async Task Web_download_of_what_is_no_web_address_is_400(string uri)
    {
        using var demo = await _cloud.As("demo");
        var id = await demo.CreateImage();
        using var answer = await demo.Post($"/v2/images/{id}/import", $$"""{"method": {"name": "web-download", "uri": "{{uri}}"} }""");
        Assert.Contains("does not pass filtering", await answer.Must(HttpStatusCode.BadRequest));
        Assert.Equal("queued", await demo.Status(id));
    }

    [Fact]
    public async Task Web_download_fetches_the_image()
    {
        using var demo = await _cloud.As("demo");
        var bytes = Bytes(90_000);
        await using var web = await TinyWeb.Serve(bytes);
        var id = await demo.CreateImage();
        using var answer = await demo.Post($"/v2/images/{id}/import", $$"""{"method": {"name": "web-download", "uri": "{{web.Url}}/image"} }""");
        await answer.Must(HttpStatusCode.Accepted);
        await Eventually.Holds(async () => await demo.Status(id) == "active");
        Assert.Equal(bytes, await demo.GetByteArrayAsync($"/image/v2/images/{id}/file"));
        var redirected = await demo.CreateImage();
        using var away = await demo.Post($"/v2/images/{redirected}/import", $$"""{"method": {"name": "web-download", "uri": "{{web.Url}}/redirect"} }""");
        await away.Must(HttpStatusCode.Accepted);
        await Eventually.Holds(async () => (await demo.Get($"/v2/images/{redirected}/tasks")).GetProperty("tasks")[0].GetProperty("status").GetString() == "failure");
        Assert.Equal("queued", await demo.Status(redirected));
    }

    private IEnumerable<string> Staged() => Directory.EnumerateFiles(Path.Combine(_cloud.StateDirectory, "staging"));
}
