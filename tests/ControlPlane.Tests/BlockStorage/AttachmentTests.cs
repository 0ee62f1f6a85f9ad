using System.Net;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

public sealed class AttachmentTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Attachment_goes_from_reserved_over_attaching_to_attached_and_frees_the_volume()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var volume = await client.Create();
        var server = Guid.NewGuid().ToString();
        var reserved = (await client.Expect(HttpStatusCode.OK, "POST", "attachments", $$"""{"attachment":{"volume_uuid":"{{volume}}","instance_uuid":"{{server}}"} }""")).GetProperty("attachment");
        var id = reserved.GetProperty("id").GetString()!;
        Assert.Equal("reserved", reserved.GetProperty("status").GetString());
        Assert.Equal("reserved", (await client.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("status").GetString());
        Assert.Contains("to reserve", await client.Refused(400, "POST", "attachments", $$"""{"attachment":{"volume_uuid":"{{volume}}"} }"""));
        await client.Refused(400, "POST", $"attachments/{id}/action", """{"os-complete":{}}""");
        var connected = await client.Expect(HttpStatusCode.OK, "PUT", $"attachments/{id}", """{"attachment":{"connector":{"host":"here","mountpoint":"/dev/vdc"}}}""");
        Assert.Equal("attaching", connected.GetProperty("attachment").GetProperty("status").GetString());
        await client.Expect(HttpStatusCode.NoContent, "POST", $"attachments/{id}/action", """{"os-complete":{}}""");
        var shown = (await client.Get($"volumes/{volume}")).GetProperty("volume");
        Assert.Equal("in-use", shown.GetProperty("status").GetString());
        Assert.Equal(server, shown.GetProperty("attachments")[0].GetProperty("server_id").GetString());
        Assert.Equal(id, (await client.Get($"attachments/detail?volume_id={volume}")).GetProperty("attachments")[0].GetProperty("id").GetString());
        await client.Expect(HttpStatusCode.OK, "DELETE", $"attachments/{id}");
        await client.Until($"volumes/{volume}", "volume", "available");
        await client.Refused(404, "GET", $"attachments/{id}");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
    }

    [Fact]
    public async Task Detached_by_force_a_volume_in_error_is_available_again()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        var volume = await admin.Create();
        await admin.Action(volume, "os-attach", $$"""{"instance_uuid":"{{Guid.NewGuid()}}","mountpoint":"/dev/vdb"}""");
        await admin.Action(volume, "os-reset_status", """{"status":"error"}""");
        var attachment = (await admin.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("attachments")[0].GetProperty("attachment_id").GetString();
        await admin.Action(volume, "os-force_detach", $$"""{"attachment_id":"{{attachment}}","connector":null}""");
        var freed = (await admin.Get($"volumes/{volume}")).GetProperty("volume");
        Assert.Equal(("available", 0), (freed.GetProperty("status").GetString(), freed.GetProperty("attachments").GetArrayLength()));
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
    }

    [Fact]
    public async Task Attachments_are_unknown_before_3_27()
    {
        using var client = await VolumeClient.As(cloud, "demo", "3.26");
        await client.Refused(404, "GET", "attachments");
    }

    [Fact]
    public async Task Of_fifty_attachments_at_once_one_wins()
    {
        using var client = await VolumeClient.As(cloud, "demo");
        var volume = await client.Create();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.Send("POST", "attachments",
            $$"""{"attachment":{"volume_uuid":"{{volume}}","instance_uuid":"{{Guid.NewGuid()}}"} }""")));
        var won = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal(HttpStatusCode.BadRequest, a.Status));
        await client.Expect(HttpStatusCode.OK, "DELETE", $"attachments/{won.Body.GetProperty("attachment").GetProperty("id").GetString()}");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
    }

    [Fact]
    public async Task What_a_server_holds_only_compute_takes_away()
    {
        using var client = await VolumeClient.As(cloud, "admin");
        var volume = await client.Create();
        var (server, attachment) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var room = new BlockStorageHandle(cloud.Cloud);
        await room.Reserve(volume, server, attachment);
        var conflict = $"Detach volume from instance {server} using the Compute API";
        Assert.Contains(conflict, await client.Refused(409, "DELETE", $"attachments/{attachment}"));
        Assert.Contains(conflict, await client.Refused(409, "POST", $"volumes/{volume}/action", """{"os-detach":{}}"""));
        Assert.Contains(conflict, await client.Refused(409, "POST", $"volumes/{volume}/action", """{"os-force_detach":{}}"""));
        Assert.Contains(conflict, await client.Refused(409, "POST", $"volumes/{volume}/action", """{"os-terminate_connection":{"connector":{}}}"""));
        Assert.Contains(conflict, await client.Refused(409, "POST", $"volumes/{volume}/action", """{"os-reset_status":{"status":"available","attach_status":"detached"}}"""));
        await client.Refused(400, "POST", $"volumes/{volume}/action", """{"os-force_delete":{}}""");
        await room.Remove(attachment);
        await client.Until($"volumes/{volume}", "volume", "available");
        await client.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
    }
}
