using System.Net;
using static Cumulet.ControlPlane.Tests.Images.ImageClient;

namespace Cumulet.ControlPlane.Tests.Images;

/// <summary>Who sees whose images, with projects that have nothing to do with each other.</summary>
public sealed class ImageSharingTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static async Task<bool> Lists(HttpClient client, string id, string query = "") =>
        (await client.Get($"/v2/images?limit=1000{query}")).GetProperty("images").EnumerateArray().Any(i => i.GetProperty("id").GetString() == id);

    private static async Task<HttpStatusCode> Shows(HttpClient client, string id)
    {
        using var answer = await client.GetAsync($"/image/v2/images/{id}");
        return answer.StatusCode;
    }

    [Theory]
    [InlineData("private", false, false)]
    [InlineData("shared", false, false)]
    [InlineData("community", true, false)]
    [InlineData("public", true, true)]
    public async Task Visibility_says_what_another_project_sees(string visibility, bool shown, bool listed)
    {
        using var admin = await cloud.As("admin");
        var (_, other) = await People.Add(cloud);
        var id = await admin.CreateActive(Bytes(600), more: $$""", "visibility": "{{visibility}}" """);
        Assert.Equal(shown ? HttpStatusCode.OK : HttpStatusCode.NotFound, await Shows(other, id));
        Assert.Equal(listed, await Lists(other, id));
        Assert.Equal(shown, await Lists(other, id, $"&visibility={visibility}"));
        using var file = await other.GetAsync($"/image/v2/images/{id}/file");
        await file.Must(shown ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        var refused = shown ? HttpStatusCode.Forbidden : HttpStatusCode.NotFound;
        using var changed = await other.Change(id, """[{"op": "replace", "path": "/name", "value": "mine"}]""");
        await changed.Must(refused);
        using var deleted = await other.DeleteAsync($"/image/v2/images/{id}");
        await deleted.Must(refused);
        using var uploaded = await other.Upload(id, Bytes(600));
        await uploaded.Must(refused);
        using var tagged = await other.PutAsync($"/image/v2/images/{id}/tags/t", null);
        await tagged.Must(refused);
        using var off = await other.PostAsync($"/image/v2/images/{id}/actions/deactivate", null);
        await off.Must(refused);
        other.Dispose();
    }

    [Fact]
    public async Task Member_sees_a_shared_image_lists_it_after_accepting_and_cannot_change_it()
    {
        var (_, owner) = await People.Add(cloud);
        var (memberId, member) = await People.Add(cloud);
        var (_, stranger) = await People.Add(cloud);
        var id = await owner.CreateActive(Bytes(700));
        Assert.Equal(HttpStatusCode.NotFound, await Shows(member, id));
        using (var added = await owner.Post($"/v2/images/{id}/members", $$"""{"member": "{{memberId}}"}"""))
        {
            await added.Must(HttpStatusCode.OK);
            var row = await TestCloud.Json(added);
            Assert.Equal(["created_at", "image_id", "member_id", "schema", "status", "updated_at"], row.EnumerateObject().Select(m => m.Name).Order());
            Assert.Equal("pending", row.GetProperty("status").GetString());
        }
        Assert.Equal(HttpStatusCode.OK, await Shows(member, id));
        Assert.False(await Lists(member, id));
        Assert.True(await Lists(member, id, "&member_status=pending"));
        Assert.True(await Lists(member, id, "&member_status=all&visibility=shared"));
        Assert.False(await Lists(stranger, id, "&member_status=all"));
        using (var accepted = await member.PutAsync($"/image/v2/images/{id}/members/{memberId}", TestCloud.Body("""{"status": "accepted"}""")))
            await accepted.Must(HttpStatusCode.OK);
        Assert.True(await Lists(member, id));
        Assert.Equal(Bytes(700), await member.GetByteArrayAsync($"/image/v2/images/{id}/file"));
        using (var changed = await member.Change(id, """[{"op": "add", "path": "/p", "value": "x"}]""")) await changed.Must(HttpStatusCode.Forbidden);
        using (var deleted = await member.DeleteAsync($"/image/v2/images/{id}")) await deleted.Must(HttpStatusCode.Forbidden);
        using (var removed = await owner.DeleteAsync($"/image/v2/images/{id}/members/{memberId}")) await removed.Must(HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.NotFound, await Shows(member, id));
        owner.Dispose();
        member.Dispose();
        stranger.Dispose();
    }

    [Fact]
    public async Task Members_are_the_owners_to_name_and_the_members_to_answer()
    {
        var (ownerId, owner) = await People.Add(cloud);
        var (memberId, member) = await People.Add(cloud);
        var (otherId, other) = await People.Add(cloud);
        var id = await owner.CreateImage();
        async Task Expect(Task<HttpResponseMessage> asked, HttpStatusCode status)
        {
            using var answer = await asked;
            await answer.Must(status);
        }
        var members = $"/v2/images/{id}/members";
        await Expect(owner.Post(members, $$"""{"member": "{{memberId}}"}"""), HttpStatusCode.OK);
        await Expect(owner.Post(members, $$"""{"member": "{{memberId}}"}"""), HttpStatusCode.Conflict);
        await Expect(owner.Post(members, $$"""{"member": "{{otherId}}"}"""), HttpStatusCode.OK);
        await Expect(owner.Post(members, """{"member": ""}"""), HttpStatusCode.BadRequest);
        await Expect(owner.Post(members, "{}"), HttpStatusCode.BadRequest);
        await Expect(owner.Post(members, "[]"), HttpStatusCode.BadRequest);
        await Expect(member.Post(members, """{"member": "third"}"""), HttpStatusCode.Forbidden);
        // A member knows of itself alone.
        Assert.Equal(2, (await owner.Get(members)).GetProperty("members").GetArrayLength());
        Assert.Equal(memberId, (await member.Get(members)).GetProperty("members").EnumerateArray().Single().GetProperty("member_id").GetString());
        await member.Get($"{members}/{memberId}");
        await member.Get($"{members}/{otherId}", HttpStatusCode.NotFound);
        await owner.Get($"{members}/nobody", HttpStatusCode.NotFound);
        var accepted = """{"status": "accepted"}""";
        await Expect(owner.PutAsync($"/image{members}/{memberId}", TestCloud.Body(accepted)), HttpStatusCode.Forbidden);
        await Expect(member.PutAsync($"/image{members}/{otherId}", TestCloud.Body(accepted)), HttpStatusCode.NotFound);
        await Expect(member.PutAsync($"/image{members}/{memberId}", TestCloud.Body("""{"status": "perhaps"}""")), HttpStatusCode.BadRequest);
        await Expect(member.PutAsync($"/image{members}/{memberId}", TestCloud.Body("{}")), HttpStatusCode.BadRequest);
        await Expect(member.PutAsync($"/image{members}/{memberId}", TestCloud.Body(accepted)), HttpStatusCode.OK);
        await Expect(member.DeleteAsync($"/image{members}/{memberId}"), HttpStatusCode.Forbidden);
        using (var changed = await owner.Change(id, """[{"op": "replace", "path": "/visibility", "value": "private"}]""")) await changed.Must(HttpStatusCode.OK);
        await Expect(owner.GetAsync($"/image{members}"), HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.NotFound, await Shows(member, id));
        Assert.NotEqual(ownerId, memberId);
        owner.Dispose();
        member.Dispose();
        other.Dispose();
    }

    [Fact]
    public async Task Reader_reads_and_does_not_download_or_write()
    {
        using var demo = await cloud.As("demo");
        using var reader = await People.AddToDemo(cloud, "reader");
        var id = await demo.CreateActive(Bytes(600));
        Assert.Equal(HttpStatusCode.OK, await Shows(reader, id));
        using var created = await reader.Post("/v2/images", "{}");
        await created.Must(HttpStatusCode.Forbidden);
        using var file = await reader.GetAsync($"/image/v2/images/{id}/file");
        await file.Must(HttpStatusCode.Forbidden);
        using var changed = await reader.Change(id, """[{"op": "add", "path": "/p", "value": "x"}]""");
        await changed.Must(HttpStatusCode.Forbidden);
        using var deleted = await reader.DeleteAsync($"/image/v2/images/{id}");
        await deleted.Must(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Administrator_sees_and_changes_all()
    {
        using var admin = await cloud.As("admin");
        var (_, owner) = await People.Add(cloud);
        var id = await owner.CreateImage(more: """, "visibility": "private" """);
        Assert.True(await Lists(admin, id));
        using var changed = await admin.Change(id, """[{"op": "replace", "path": "/visibility", "value": "public"}]""");
        await changed.Must(HttpStatusCode.OK);
        using var deleted = await admin.DeleteAsync($"/image/v2/images/{id}");
        await deleted.Must(HttpStatusCode.NoContent);
        owner.Dispose();
    }

    [Fact]
    public async Task Token_of_the_whole_system_is_no_key_to_images()
    {
        using var system = await cloud.As("admin@system");
        using var answer = await system.GetAsync("/image/v2/images");
        await answer.Must(HttpStatusCode.Forbidden);
    }
}
