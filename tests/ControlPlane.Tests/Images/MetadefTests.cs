using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Images;

public sealed class MetadefTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Root = "/v2/metadefs/namespaces";

    private static async Task<JsonElement> Made(Task<HttpResponseMessage> asked, HttpStatusCode expected = HttpStatusCode.Created)
    {
        using var answer = await asked;
        await answer.Must(expected);
        return answer.Content.Headers.ContentType?.MediaType == "application/json" ? await TestCloud.Json(answer) : default;
    }

    private static Task<HttpResponseMessage> Put(HttpClient client, string path, string json) => client.PutAsync($"/image{path}", TestCloud.Body(json));

    private static Task<HttpResponseMessage> Delete(HttpClient client, string path) => client.DeleteAsync($"/image{path}");

    [Fact]
    public async Task Namespace_is_made_with_all_its_contents_and_shown_again()
    {
        using var admin = await cloud.As("admin");
        var made = await Made(admin.Post(Root, """
            {"namespace": "OS::Compute::Libvirt", "display_name": "libvirt", "description": "d", "visibility": "public", "protected": true,
             "resource_type_associations": [{"name": "OS::Glance::Image", "prefix": "hw_"}, {"name": "OS::Nova::Flavor", "prefix": "hw:"}],
             "properties": {"boot_menu": {"title": "Boot Menu", "type": "string", "enum": ["true", "false"]} },
             "objects": [{"name": "limits", "required": ["a"], "properties": {"a": {"title": "A", "type": "integer", "minimum": 1} } }],
             "tags": [{"name": "t1"}]}
            """));
        Assert.Equal("/v2/metadefs/namespaces/OS::Compute::Libvirt", made.GetProperty("self").GetString());
        var shown = await admin.Get($"{Root}/OS::Compute::Libvirt");
        Assert.Equal("Boot Menu", shown.GetProperty("properties").GetProperty("boot_menu").GetProperty("title").GetString());
        Assert.Equal("limits", shown.GetProperty("objects")[0].GetProperty("name").GetString());
        Assert.Equal(2, shown.GetProperty("resource_type_associations").GetArrayLength());
        Assert.Equal("t1", shown.GetProperty("tags")[0].GetProperty("name").GetString());
        var prefixed = await admin.Get($"{Root}/OS::Compute::Libvirt?resource_type=OS::Glance::Image");
        Assert.True(prefixed.GetProperty("properties").TryGetProperty("hw_boot_menu", out _));
        Assert.Equal("hw_a", prefixed.GetProperty("objects")[0].GetProperty("required")[0].GetString());
        var property = await admin.Get($"{Root}/OS::Compute::Libvirt/properties/hw_boot_menu?resource_type=OS::Glance::Image");
        Assert.Equal("boot_menu", property.GetProperty("name").GetString());
        var listed = (await admin.Get($"{Root}?resource_types=OS::Nova::Flavor,OS::X")).GetProperty("namespaces").EnumerateArray()
            .Single(n => n.GetProperty("namespace").GetString() == "OS::Compute::Libvirt");
        Assert.Equal(2, listed.GetProperty("resource_type_associations").GetArrayLength());
        await Made(admin.Post(Root, """{"namespace": "OS::Compute::Libvirt"}"""), HttpStatusCode.Conflict);
        await Made(Delete(admin, $"{Root}/OS::Compute::Libvirt"), HttpStatusCode.Forbidden);
        await Made(Delete(admin, $"{Root}/OS::Compute::Libvirt/objects/limits"), HttpStatusCode.Forbidden);
        await Made(Put(admin, $"{Root}/OS::Compute::Libvirt", """{"namespace": "Renamed", "visibility": "public", "protected": false}"""), HttpStatusCode.OK);
        await admin.Get($"{Root}/OS::Compute::Libvirt", HttpStatusCode.NotFound);
        await Made(Delete(admin, $"{Root}/Renamed"), HttpStatusCode.NoContent);
        await admin.Get($"{Root}/Renamed", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Objects_properties_tags_and_associations_have_their_own_verbs()
    {
        using var admin = await cloud.As("admin");
        await Made(admin.Post(Root, """{"namespace": "own", "visibility": "public"}"""));
        var objectJson = """{"name": "o", "description": "d", "properties": {"p": {"title": "P", "type": "string"} } }""";
        Assert.Equal("/v2/metadefs/namespaces/own/objects/o", (await Made(admin.Post($"{Root}/own/objects", objectJson))).GetProperty("self").GetString());
        await Made(admin.Post($"{Root}/own/objects", objectJson), HttpStatusCode.Conflict);
        await Made(Put(admin, $"{Root}/own/objects/o", """{"name": "o2"}"""), HttpStatusCode.OK);
        Assert.Equal("o2", (await admin.Get($"{Root}/own/objects")).GetProperty("objects")[0].GetProperty("name").GetString());
        await Made(admin.Post($"{Root}/own/properties", """{"name": "p", "title": "P", "type": "integer", "maximum": 5}"""));
        Assert.Equal(5, (await admin.Get($"{Root}/own/properties/p")).GetProperty("maximum").GetInt32());
        Assert.False((await admin.Get($"{Root}/own/properties")).GetProperty("properties").GetProperty("p").TryGetProperty("name", out _));
        await Made(Put(admin, $"{Root}/own/properties/p", """{"name": "p", "title": "Q", "type": "integer"}"""), HttpStatusCode.OK);
        await Made(admin.PostAsync($"/image{Root}/own/tags/one", null));
        await Made(admin.PostAsync($"/image{Root}/own/tags/ONE", null), HttpStatusCode.Conflict);
        await Made(admin.Post($"{Root}/own/tags", """{"tags": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}"""));
        Assert.Equal(["a", "b", "c"], (await admin.Get($"{Root}/own/tags")).GetProperty("tags").EnumerateArray().Select(t => t.GetProperty("name").GetString()));
        Assert.Equal(["b"], (await admin.Get($"{Root}/own/tags?marker=a&limit=1")).GetProperty("tags").EnumerateArray().Select(t => t.GetProperty("name").GetString()));
        await Made(Put(admin, $"{Root}/own/tags/a", """{"name": "z"}"""), HttpStatusCode.OK);
        await Made(Delete(admin, $"{Root}/own/tags/z"), HttpStatusCode.NoContent);
        await Made(admin.Post($"{Root}/own/resource_types", """{"name": "OS::New::Kind", "prefix": "x_"}"""));
        Assert.Contains((await admin.Get("/v2/metadefs/resource_types")).GetProperty("resource_types").EnumerateArray(),
            t => t.GetProperty("name").GetString() == "OS::New::Kind");
        Assert.Equal("x_", (await admin.Get($"{Root}/own/resource_types")).GetProperty("resource_type_associations")[0].GetProperty("prefix").GetString());
        await Made(Delete(admin, $"{Root}/own/resource_types/OS::New::Kind"), HttpStatusCode.NoContent);
        await Made(Delete(admin, $"{Root}/own/resource_types/OS::New::Kind"), HttpStatusCode.NotFound);
        foreach (var kind in new[] { "objects", "properties", "tags" }) await Made(Delete(admin, $"{Root}/own/{kind}"), HttpStatusCode.NoContent);
        Assert.Empty((await admin.Get($"{Root}/own/objects")).GetProperty("objects").EnumerateArray());
        await admin.Get($"{Root}/own/objects/o2", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("""{"namespace": ""}""", 400)]
    [InlineData("""{"namespace": "x", "visibility": "shared"}""", 400)]
    [InlineData("""{"namespace": "x", "protected": "yes"}""", 400)]
    [InlineData("""{"namespace": "x", "color": "red"}""", 400)]
    [InlineData("""{"namespace": "x", "properties": {"p": {"type": "string"} } }""", 400)]
    [InlineData("""{"namespace": "x", "properties": {"p": {"title": "t", "type": "text"} } }""", 400)]
    [InlineData("""{"namespace": "x", "tags": [{"name": "a"}, {"name": "A"}]}""", 409)]
    [InlineData("""{"namespace": "x", "self": "/x"}""", 403)]
    public async Task Namespace_that_cannot_be_is_refused_whole(string body, int status)
    {
        using var admin = await cloud.As("admin");
        await Made(admin.Post(Root, body), (HttpStatusCode)status);
        await admin.Get($"{Root}/x", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Private_namespace_is_its_projects_and_writing_is_the_administrators()
    {
        using var admin = await cloud.As("admin");
        using var demo = await cloud.As("demo");
        await Made(admin.Post(Root, """{"namespace": "secret"}"""));
        await Made(admin.Post(Root, """{"namespace": "open", "visibility": "public"}"""));
        await demo.Get($"{Root}/secret", HttpStatusCode.NotFound);
        await demo.Get($"{Root}/secret/tags", HttpStatusCode.NotFound);
        await demo.Get($"{Root}/open");
        var names = (await demo.Get(Root)).GetProperty("namespaces").EnumerateArray().Select(n => n.GetProperty("namespace").GetString()).ToList();
        Assert.Contains("open", names);
        Assert.DoesNotContain("secret", names);
        await Made(demo.Post(Root, """{"namespace": "mine"}"""), HttpStatusCode.Forbidden);
        await Made(Delete(demo, $"{Root}/open"), HttpStatusCode.Forbidden);
        await Made(Delete(demo, $"{Root}/secret"), HttpStatusCode.NotFound);
        await Made(demo.Post($"{Root}/open/tags", """{"tags": []}"""), HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Schemas_are_served()
    {
        using var demo = await cloud.As("demo");
        foreach (var name in new[] { "namespace", "namespaces", "object", "objects", "property", "properties", "tag", "tags", "resource_type", "resource_types" })
            Assert.True((await demo.Get($"/v2/schemas/metadefs/{name}")).TryGetProperty("properties", out _), name);
    }
}
