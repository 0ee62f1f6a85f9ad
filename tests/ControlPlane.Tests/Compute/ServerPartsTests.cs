using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>What hangs on a server: metadata, tags, volumes, ports, actions, console, images made of it.</summary>
public sealed class ServerPartsTests(ServerCloud cloud) : IClassFixture<ServerCloud>
{
    private async Task<string> Active(string name, string more = "")
    {
        var id = await cloud.Create(cloud.ImageBody(name, more));
        await cloud.Becomes(id, "ACTIVE");
        return id;
    }

    private async Task<string> NewVolume()
    {
        using var answer = await cloud.DemoHttp.PostAsync($"/volume/v3/{cloud.Cloud.First.DemoProjectId}/volumes", TestCloud.Body("""{"volume": {"size": 1}}"""));
        await answer.Must(System.Net.HttpStatusCode.Accepted);
        var id = (await TestCloud.Json(answer)).GetProperty("volume").GetProperty("id").GetString()!;
        await Eventually.Holds(async () => (await cloud.Volume(id)).GetProperty("status").GetString() == "available");
        return id;
    }

    [Fact]
    public async Task Metadata_and_tags_are_set_replaced_and_removed()
    {
        var id = await Active("parts");
        await cloud.Demo.Post($"servers/{id}/metadata", """{"metadata": {"a": "1", "b": "2"}}""", 200);
        await cloud.Demo.Put($"servers/{id}/metadata/a", """{"meta": {"a": "3"}}""", 200);
        await cloud.Demo.Delete($"servers/{id}/metadata/b", 204);
        Assert.Equal("""{"a":"3"}""", (await cloud.Demo.Get($"servers/{id}/metadata")).GetProperty("metadata").GetRawText());
        await cloud.Demo.Get($"servers/{id}/metadata/b", 404);
        await cloud.Demo.Put($"servers/{id}/tags/x", "", 201);
        await cloud.Demo.Put($"servers/{id}/tags/x", "", 204);
        await cloud.Demo.Get($"servers/{id}/tags/x", 204);
        await cloud.Demo.Put($"servers/{id}/tags", """{"tags": ["y", "z"]}""", 200);
        Assert.Equal(2, (await cloud.Show(id)).GetProperty("tags").GetArrayLength());
        await cloud.Demo.Delete($"servers/{id}/tags", 204);
        Assert.Equal(0, (await cloud.Show(id)).GetProperty("tags").GetArrayLength());
    }

    [Fact]
    public async Task Volume_is_attached_and_detached()
    {
        var (id, volume) = (await Active("att"), await NewVolume());
        var made = (await cloud.Demo.Post($"servers/{id}/os-volume_attachments", $$$"""{"volumeAttachment": {"volumeId": "{{{volume}}}"}}""", 200)).GetProperty("volumeAttachment");
        Assert.Equal("/dev/vdb", made.GetProperty("device").GetString());
        await Eventually.Holds(async () => (await cloud.Volume(volume)).GetProperty("status").GetString() == "in-use");
        var other = await Active("att2");
        await cloud.Demo.Post($"servers/{other}/os-volume_attachments", $$$"""{"volumeAttachment": {"volumeId": "{{{volume}}}"}}""", 400);
        await cloud.Demo.Delete($"servers/{id}/os-volume_attachments/{volume}", 202);
        await Eventually.Holds(async () => (await cloud.Volume(volume)).GetProperty("status").GetString() == "available");
        Assert.Equal(0, (await cloud.Demo.Get($"servers/{id}/os-volume_attachments")).GetProperty("volumeAttachments").GetArrayLength());
    }

    [Fact]
    public async Task Volume_that_grows_in_a_server_is_told_by_its_actions()
    {
        var (id, volume) = (await Active("grows"), await NewVolume());
        await cloud.Demo.Post($"servers/{id}/os-volume_attachments", $$$"""{"volumeAttachment": {"volumeId": "{{{volume}}}"}}""", 200);
        await Eventually.Holds(async () => (await cloud.Volume(volume)).GetProperty("status").GetString() == "in-use");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/volume/v3/{cloud.Cloud.First.DemoProjectId}/volumes/{volume}/action")
        {
            Content = TestCloud.Body("""{"os-extend": {"new_size": 2}}"""),
        };
        request.Headers.Add("OpenStack-API-Version", "volume 3.42");
        using var answer = await cloud.DemoHttp.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
        await Eventually.Holds(async () => await cloud.Volume(volume) is var v
            && v.GetProperty("status").GetString() == "in-use" && v.GetProperty("size").GetInt32() == 2);
        var action = (await cloud.Demo.Get($"servers/{id}/os-instance-actions")).GetProperty("instanceActions").EnumerateArray()
            .Single(a => a.GetProperty("action").GetString() == "extend_volume");
        var shown = (await cloud.Demo.Get($"servers/{id}/os-instance-actions/{action.GetProperty("request_id").GetString()}")).GetProperty("instanceAction");
        var only = Assert.Single(shown.GetProperty("events").EnumerateArray());
        Assert.Equal(("compute_extend_volume", "Success"), (only.GetProperty("event").GetString(), only.GetProperty("result").GetString()));
    }

    [Fact]
    public async Task Volume_that_the_guest_refuses_stays_available_and_the_action_says_why()
    {
        var (id, volume) = (await Active("refuses", ", \"metadata\": {\"fake:fail\": \"attach-disk\"}"), await NewVolume());
        await cloud.Demo.Post($"servers/{id}/os-volume_attachments", $$$"""{"volumeAttachment": {"volumeId": "{{{volume}}}"}}""", 200);
        await Eventually.Holds(async () => (await cloud.Volume(volume)).GetProperty("status").GetString() == "available");
        var actions = (await cloud.Demo.Get($"servers/{id}/os-instance-actions")).GetProperty("instanceActions");
        Assert.Equal("attach_volume", actions[0].GetProperty("action").GetString());
        Assert.Equal("Error", actions[0].GetProperty("message").GetString());
        var shown = (await cloud.Admin.Get($"servers/{id}/os-instance-actions/{actions[0].GetProperty("request_id").GetString()}")).GetProperty("instanceAction");
        Assert.Contains("attach-disk", shown.GetProperty("events")[0].GetProperty("details").GetString());
    }

    [Fact]
    public async Task Port_is_made_with_the_server_and_goes_with_it()
    {
        var networks = (await TestCloud.Json(await cloud.DemoHttp.GetAsync("/network/v2.0/networks?name=private"))).GetProperty("networks");
        var network = networks[0].GetProperty("id").GetString();
        var id = await cloud.Create(ServerCloud.Body($$"""
            "name": "net", "imageRef": "{{cloud.Image}}", "flavorRef": "1", "networks": [{"uuid": "{{network}}"}]
            """));
        var server = await cloud.Becomes(id, "ACTIVE");
        Assert.True(server.GetProperty("addresses").GetProperty("private").GetArrayLength() > 0);
        Assert.Equal("default", server.GetProperty("security_groups")[0].GetProperty("name").GetString());
        var added = (await cloud.Demo.Post($"servers/{id}/os-interface", $$$"""{"interfaceAttachment": {"net_id": "{{{network}}}"}}""", 200)).GetProperty("interfaceAttachment");
        Assert.Equal(2, (await cloud.Demo.Get($"servers/{id}/os-interface")).GetProperty("interfaceAttachments").GetArrayLength());
        await cloud.Demo.Delete($"servers/{id}/os-interface/{added.GetProperty("port_id").GetString()}", 202);
        await Eventually.Holds(async () => (await cloud.Demo.Get($"servers/{id}/os-interface")).GetProperty("interfaceAttachments").GetArrayLength() == 1);
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
        var ports = (await TestCloud.Json(await cloud.DemoHttp.GetAsync($"/network/v2.0/ports?device_id={id}"))).GetProperty("ports");
        Assert.Equal(0, ports.GetArrayLength());
    }

    [Fact]
    public async Task Image_of_a_server_is_active_and_boots_another_server()
    {
        var id = await Active("golden");
        var image = (await cloud.Demo.Post($"servers/{id}/action", """{"createImage": {"name": "snap", "metadata": {"k": "v", "image_type": "mine"}}}""", 202)).GetProperty("image_id").GetString()!;
        await Eventually.Holds(async () => await cloud.DemoHttp.Status(image) == "active");
        await cloud.Becomes(id, "ACTIVE");
        var second = await cloud.Create(ServerCloud.Body($"\"name\": \"copy\", \"imageRef\": \"{image}\", \"flavorRef\": \"1\", \"networks\": \"none\""));
        await cloud.Becomes(second, "ACTIVE");
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
        Assert.Equal("ACTIVE", (await cloud.Show(second)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Locked_server_is_not_touched_by_its_owner()
    {
        var id = await Active("locked");
        await cloud.Admin.Post($"servers/{id}/action", """{"lock": {"locked_reason": "because"}}""", 202);
        await cloud.Demo.Delete($"servers/{id}", 409);
        await cloud.Demo.Post($"servers/{id}/action", """{"unlock": null}""", 403);
        Assert.Equal("because", (await cloud.Show(id)).GetProperty("locked_reason").GetString());
        await cloud.Admin.Post($"servers/{id}/action", """{"unlock": null}""", 202);
        await cloud.Demo.Delete($"servers/{id}", 204);
    }

    [Fact]
    public async Task Another_projects_server_is_not_found_whatever_is_asked()
    {
        var id = await Active("mine");
        var own = await cloud.Cloud.As("admin");
        using var made = await own.PostAsync("/identity/v3/projects", TestCloud.Body("""{"project": {"name": "strangers", "domain_id": "default"}}"""));
        var project = (await TestCloud.Json(made)).GetProperty("project").GetProperty("id").GetString();
        using var user = await own.PostAsync("/identity/v3/users", TestCloud.Body($$"""{"user": {"name": "stranger", "domain_id": "default", "password": "{{TestCloud.TestPassword}}"} }"""));
        var userId = (await TestCloud.Json(user)).GetProperty("user").GetProperty("id").GetString();
        var roles = (await TestCloud.Json(await own.GetAsync("/identity/v3/roles?name=member"))).GetProperty("roles");
        using var granted = await own.PutAsync($"/identity/v3/projects/{project}/users/{userId}/roles/{roles[0].GetProperty("id").GetString()}", null);
        await granted.Must(System.Net.HttpStatusCode.NoContent);
        var stranger = await Cumulet.ControlPlane.Tests.ComputeWide.NovaClient.As(cloud.Cloud, "stranger/strangers", "2.100");
        foreach (var path in (string[])["", "/metadata", "/ips", "/os-interface", "/os-volume_attachments", "/os-instance-actions", "/tags"])
            await stranger.Get($"servers/{id}{path}", 404);
        await stranger.Delete($"servers/{id}", 404);
        await stranger.Post($"servers/{id}/action", """{"os-stop": null}""", 404);
    }

    [Fact]
    public async Task Console_output_is_what_the_guest_said()
    {
        var id = await Active("talks");
        Assert.Contains("LAST LINE", (await cloud.Demo.Post($"servers/{id}/action", """{"os-getConsoleOutput": {"length": 50}}""", 200)).GetProperty("output").GetString());
    }

    [Fact]
    public async Task Console_url_opens_a_page_whose_parts_are_all_there_and_no_other_sites_page()
    {
        var id = await Active("shows");
        var made = await cloud.Demo.Post($"servers/{id}/remote-consoles", """{"remote_console": {"protocol": "vnc", "type": "novnc"}}""", 200);
        var url = new Uri(made.GetProperty("remote_console").GetProperty("url").GetString()!);
        using var browser = cloud.Cloud.Anonymous();
        Assert.Contains("noVNC", await browser.GetStringAsync(url));
        await RequireModules(browser, new Uri(url, "vnc_lite.js"), []);
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "/console/novnc/../../cumulet.db"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await browser.SendAsync(elsewhere)).StatusCode);

        using var foreign = new System.Net.WebSockets.ClientWebSocket();
        foreign.Options.SetRequestHeader("Origin", "https://elsewhere.example");
        foreign.Options.CollectHttpResponseDetails = true;
        var socket = new UriBuilder(new Uri(url, "/" + System.Web.HttpUtility.ParseQueryString(url.Query)["path"])) { Scheme = "ws" };
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => foreign.ConnectAsync(socket.Uri, TestContext.Current.CancellationToken));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, foreign.HttpStatusCode);
    }

    [Fact]
    public async Task Console_socket_with_a_token_that_does_not_count_is_closed_at_once_and_says_nothing_that_could_be_taken_for_a_screen()
    {
        var address = new Uri(cloud.Cloud.Url);
        using var connection = new System.Net.Sockets.TcpClient();
        await connection.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /console/socket?token=bad HTTP/1.1\r\nHost: {address.Authority}\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n"), TestContext.Current.CancellationToken);
        // To its end: where the connection were kept, this would wait for more.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var answer = await new StreamReader(stream).ReadToEndAsync(patience.Token);
        Assert.StartsWith("HTTP/1.1 401 The token of this console does not count", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    private static async Task RequireModules(HttpClient browser, Uri module, HashSet<Uri> seen)
    {
        if (!seen.Add(module)) return;
        using var answer = await browser.GetAsync(module);
        Assert.Equal("text/javascript", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(200, (int)answer.StatusCode);
        var imports = System.Text.RegularExpressions.Regex.Matches(await answer.Content.ReadAsStringAsync(), @"^\s*(?:import|export)\b[^'""]*?from ['""]([^'""]+)['""]|^import ['""]([^'""]+)['""]", System.Text.RegularExpressions.RegexOptions.Multiline);
        foreach (var name in imports.Select(m => m.Groups[1].Value + m.Groups[2].Value)) await RequireModules(browser, new Uri(module, name), seen);
    }

    [Theory]
    [InlineData("active", null, "ACTIVE")]
    [InlineData("active", "rebooting_hard", "HARD_REBOOT")]
    [InlineData("building", "spawning", "BUILD")]
    [InlineData("stopped", null, "SHUTOFF")]
    [InlineData("error", "deleting", "ERROR")]
    public void Status_follows_vm_state_and_task_state(string vmState, string? task, string status) =>
        Assert.Equal(status, ServerState.Status(vmState, task));

    [Fact]
    public async Task Password_that_the_guest_has_told_is_shown_until_it_is_cleared()
    {
        var id = await Active("secretive");
        async Task<string?> Shown() => (await cloud.Demo.Get($"servers/{id}/os-server-password")).GetProperty("password").GetString();
        Assert.Equal("", await Shown());
        var database = cloud.Cloud.Cloud.Parts.Database;
        Assert.True(await database.Write(tx => ServerPassword.TrySet(tx, id, "sealed")));
        Assert.False(await database.Write(tx => ServerPassword.TrySet(tx, id, "other")));
        Assert.Equal("sealed", await Shown());
        await cloud.Demo.Delete($"servers/{id}/os-server-password", 204);
        Assert.Equal("", await Shown());
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
    }

    [Fact]
    public async Task Fixed_ip_is_added_and_removed_until_2_43()
    {
        var networks = (await TestCloud.Json(await cloud.DemoHttp.GetAsync("/network/v2.0/networks?name=private"))).GetProperty("networks");
        var network = networks[0].GetProperty("id").GetString();
        var id = await cloud.Create(ServerCloud.Body($$"""
            "name": "many", "imageRef": "{{cloud.Image}}", "flavorRef": "1", "networks": [{"uuid": "{{network}}"}]
            """));
        await cloud.Becomes(id, "ACTIVE");
        var old = await NovaClient.As(cloud.Cloud, "demo", "2.43");
        async Task<List<string>> Addresses() => [.. (await cloud.Demo.Get($"servers/{id}/ips")).GetProperty("addresses").GetProperty("private")
            .EnumerateArray().Where(a => a.GetProperty("version").GetInt32() == 4).Select(a => a.GetProperty("addr").GetString()!)];
        var before = await Addresses();
        await old.Post($"servers/{id}/action", $$$"""{"addFixedIp": {"networkId": "{{{network}}}"}}""", 202);
        var added = Assert.Single((await Addresses()).Except(before));
        await old.Post($"servers/{id}/action", $$$"""{"removeFixedIp": {"address": "{{{added}}}"}}""", 202);
        Assert.Equal(before, await Addresses());
        await old.Post($"servers/{id}/action", $$$"""{"removeFixedIp": {"address": "{{{added}}}"}}""", 400);
        await old.Post($"servers/{id}/action", $$$"""{"addFixedIp": {"networkId": "{{{Guid.NewGuid()}}}"}}""", 400);
        await cloud.Demo.Post($"servers/{id}/action", $$$"""{"addFixedIp": {"networkId": "{{{network}}}"}}""", 404);
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
    }

    [Fact]
    public async Task Floating_ip_is_tied_and_freed_until_2_43()
    {
        async Task<string> Id(string path, string collection) =>
            (await TestCloud.Json(await cloud.DemoHttp.GetAsync($"/network/v2.0/{path}"))).GetProperty(collection)[0].GetProperty("id").GetString()!;
        var id = await cloud.Create(ServerCloud.Body($$"""
            "name": "reached", "imageRef": "{{cloud.Image}}", "flavorRef": "1", "networks": [{"uuid": "{{await Id("networks?name=private", "networks")}}"}]
            """));
        await cloud.Becomes(id, "ACTIVE");
        using var made = await cloud.DemoHttp.PostAsync("/network/v2.0/floatingips",
            TestCloud.Body($$$"""{"floatingip": {"floating_network_id": "{{{await Id("networks?router:external=true", "networks")}}}"}}"""));
        var address = (await TestCloud.Json(made)).GetProperty("floatingip").GetProperty("floating_ip_address").GetString();
        var old = await NovaClient.As(cloud.Cloud, "demo", "2.43");
        async Task<bool> Shown() => (await cloud.Demo.Get($"servers/{id}/ips")).GetProperty("addresses").GetProperty("private")
            .EnumerateArray().Any(a => a.GetProperty("addr").GetString() == address);
        await old.Post($"servers/{id}/action", $$$"""{"removeFloatingIp": {"address": "{{{address}}}"}}""", 409);
        await old.Post($"servers/{id}/action", $$$"""{"addFloatingIp": {"address": "{{{address}}}", "fixed_address": "192.0.2.1"}}""", 400);
        await old.Post($"servers/{id}/action", $$$"""{"addFloatingIp": {"address": "{{{address}}}"}}""", 202);
        Assert.True(await Shown());
        await old.Post($"servers/{id}/action", $$$"""{"removeFloatingIp": {"address": "{{{address}}}"}}""", 202);
        Assert.False(await Shown());
        await old.Post($"servers/{id}/action", """{"addFloatingIp": {"address": "192.0.2.2"}}""", 404);
        await cloud.Demo.Post($"servers/{id}/action", $$$"""{"addFloatingIp": {"address": "{{{address}}}"}}""", 404);
        await cloud.Demo.Delete($"servers/{id}", 204);
        await cloud.Gone(id);
    }
}
