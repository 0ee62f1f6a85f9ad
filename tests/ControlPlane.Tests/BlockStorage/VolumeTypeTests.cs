using System.Net;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

public sealed class VolumeTypeTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static async Task<string> Make(VolumeClient admin, string name, string more = "")
    {
        var answer = await admin.Expect(HttpStatusCode.OK, "POST", "types", $$"""{"volume_type":{"name":"{{name}}"{{more}} } }""");
        return answer.GetProperty("volume_type").GetProperty("id").GetString()!;
    }

    [Fact]
    public async Task Private_type_is_seen_by_those_who_have_access()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        using var demo = await VolumeClient.As(cloud, "demo");
        var id = await Make(admin, "private", ",\"os-volume-type-access:is_public\":false");
        await demo.Refused(404, "GET", $"types/{id}");
        await demo.Refused(404, "POST", "volumes", """{"volume":{"size":1,"volume_type":"private"}}""");
        await admin.Expect(HttpStatusCode.Accepted, "POST", $"types/{id}/action", $$"""{"addProjectAccess":{"project":"{{cloud.First.DemoProjectId}}"} }""");
        await admin.Refused(409, "POST", $"types/{id}/action", $$"""{"addProjectAccess":{"project":"{{cloud.First.DemoProjectId}}"} }""");
        await demo.Get($"types/{id}");
        await demo.Refused(403, "DELETE", $"types/{id}");
        var volume = await demo.Create("\"size\":1,\"volume_type\":\"private\"");
        Assert.Contains("still in use", await admin.Refused(400, "DELETE", $"types/{id}"));
        await demo.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
        await demo.UntilGone($"volumes/{volume}");
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"types/{id}");
    }

    [Fact]
    public async Task Extra_specs_are_hidden_from_users_and_name_taken_twice_is_409()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        using var demo = await VolumeClient.As(cloud, "demo");
        var id = await Make(admin, "specs", ",\"extra_specs\":{\"acme:secret\":\"x\",\"multiattach\":\"<is> True\"}");
        await admin.Refused(409, "POST", "types", """{"volume_type":{"name":"specs"}}""");
        Assert.Equal("""{"multiattach":"<is> True"}""", (await demo.Get($"types/{id}/extra_specs")).GetProperty("extra_specs").GetRawText());
        await admin.Expect(HttpStatusCode.OK, "PUT", $"types/{id}/extra_specs/a", """{"a":"b"}""");
        await admin.Refused(400, "PUT", $"types/{id}/extra_specs/a", """{"b":"b"}""");
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"types/{id}/extra_specs/a");
        Assert.Contains("has no extra specs with key a", await admin.Refused(404, "DELETE", $"types/{id}/extra_specs/a"));
        var volume = await demo.Create($"\"size\":1,\"volume_type\":\"{id}\"");
        Assert.True((await demo.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("multiattach").GetBoolean());
        Assert.Contains("multiattach", await demo.Refused(400, "POST", "snapshots", $$"""{"snapshot":{"volume_id":"{{volume}}"} }"""));
        await admin.Refused(400, "POST", $"types/{id}/extra_specs", """{"extra_specs":{"c":"d"}}""");
        await demo.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("null", false)]
    public async Task Older_clients_ask_the_volume_itself_for_multiattach(string asked, bool multiattach)
    {
        using var demo = await VolumeClient.As(cloud, "demo");
        var volume = await demo.Create($"\"size\":1,\"multiattach\":{asked}");
        Assert.Equal(multiattach, (await demo.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("multiattach").GetBoolean());
        await demo.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
    }

    [Theory]
    [InlineData("volume_backend_name", "local", true)]
    [InlineData("capabilities:vendor_name", "Cumulet", true)]
    [InlineData("acme:tier", "gold", true)]
    [InlineData("storage_protocol", "<or> iSCSI <or> local", true)]
    [InlineData("storage_protocol", "iSCSI", false)]
    [InlineData("QoS_support", "<is> True", false)]
    [InlineData("tier", "gold", false)]
    public async Task Volume_is_made_where_the_backend_has_what_its_type_asks_for(string key, string value, bool fits)
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        var id = await Make(admin, $"for {key} {value}", $",\"extra_specs\":{{\"{key}\":\"{value}\"}}");
        using var demo = await VolumeClient.As(cloud, "demo");
        var volume = (await demo.Expect(HttpStatusCode.Accepted, "POST", "volumes", $$"""{"volume":{"size":1,"volume_type":"{{id}}"} }"""))
            .GetProperty("volume").GetProperty("id").GetString()!;
        await Images.Eventually.Holds(async () =>
            (await demo.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("status").GetString() == (fits ? "available" : "error"));
        var messages = (await demo.Get($"messages?resource_uuid={volume}")).GetProperty("messages").EnumerateArray().ToList();
        if (fits) Assert.Empty(messages);
        else Assert.StartsWith("schedule allocate volume:No storage could be allocated", Assert.Single(messages).GetProperty("user_message").GetString());
        await demo.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
    }

    [Fact]
    public async Task Encryption_of_a_type_is_kept_and_changed_while_it_has_no_volume()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        var id = await Make(admin, "encrypted");
        var encryption = (await admin.Expect(HttpStatusCode.OK, "POST", $"types/{id}/encryption",
            """{"encryption":{"provider":"luks","control_location":"front-end","cipher":"aes-xts-plain64","key_size":256}}""")).GetProperty("encryption");
        Assert.Equal(256, (await admin.Get($"types/{id}/encryption")).GetProperty("key_size").GetInt64());
        await admin.Expect(HttpStatusCode.OK, "PUT", $"types/{id}/encryption/provider", """{"encryption":{"key_size":512}}""");
        Assert.Equal(512, (await admin.Get($"types/{id}/encryption")).GetProperty("key_size").GetInt64());
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"types/{id}/encryption/{encryption.GetProperty("encryption_id").GetString()}");
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"types/{id}");
    }

    [Fact]
    public async Task Default_type_of_a_project_is_what_its_volumes_get()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        using var demo = await VolumeClient.As(cloud, "demo");
        var id = await Make(admin, "own-default");
        await admin.Expect(HttpStatusCode.OK, "PUT", $"default-types/{cloud.First.DemoProjectId}", """{"default_type":{"volume_type":"own-default"}}""");
        Assert.Equal("own-default", (await demo.Get("types/default")).GetProperty("volume_type").GetProperty("name").GetString());
        Assert.Contains("default volume type", await admin.Refused(400, "DELETE", $"types/{id}"));
        await admin.Expect(HttpStatusCode.NoContent, "DELETE", $"default-types/{cloud.First.DemoProjectId}");
        Assert.Equal("__DEFAULT__", (await demo.Get("types/default")).GetProperty("volume_type").GetProperty("name").GetString());
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"types/{id}");
    }

    [Fact]
    public async Task Qos_specs_are_associated_with_types()
    {
        using var admin = await VolumeClient.As(cloud, "admin");
        var type = await Make(admin, "with-qos");
        var qos = (await admin.Expect(HttpStatusCode.OK, "POST", "qos-specs", """{"qos_specs":{"name":"q","consumer":"front-end","read_iops_sec":"100"}}"""))
            .GetProperty("qos_specs").GetProperty("id").GetString()!;
        await admin.Refused(409, "POST", "qos-specs", """{"qos_specs":{"name":"q"}}""");
        await admin.Expect(HttpStatusCode.Accepted, "GET", $"qos-specs/{qos}/associate?vol_type_id={type}");
        Assert.Equal(type, (await admin.Get($"qos-specs/{qos}/associations")).GetProperty("qos_associations")[0].GetProperty("id").GetString());
        await admin.Refused(400, "DELETE", $"qos-specs/{qos}");
        await admin.Expect(HttpStatusCode.Accepted, "GET", $"qos-specs/{qos}/disassociate_all");
        await admin.Expect(HttpStatusCode.Accepted, "PUT", $"qos-specs/{qos}/delete_keys", """{"keys":["read_iops_sec"]}""");
        Assert.Equal("{}", (await admin.Get($"qos-specs/{qos}")).GetProperty("qos_specs").GetProperty("specs").GetRawText());
        await admin.Expect(HttpStatusCode.Accepted, "DELETE", $"qos-specs/{qos}");
    }
}
