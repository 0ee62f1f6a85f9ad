using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Lists that are asked for again and again while others change what is in them.</summary>
public sealed class RepeatedListTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static async Task<List<(string Id, string Name)>> Networks(HttpClient client, string query = "")
    {
        using var answer = await client.GetAsync($"/network/v2.0/networks?fields=id&fields=name{query}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await TestCloud.Json(answer)).GetProperty("networks").EnumerateArray()
            .Select(n => (n.GetProperty("id").GetString()!, n.GetProperty("name").GetString()!))];
    }

    private static async Task<string> Network(HttpClient client, string name)
    {
        using var answer = await client.PostAsync("/network/v2.0/networks", TestCloud.Body($$$"""{"network": {"name": "{{{name}}}"} }"""));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await TestCloud.Json(answer)).GetProperty("network").GetProperty("id").GetString()!;
    }

    [Fact]
    public async Task Everyone_sees_their_own_change_in_the_next_list()
    {
        using var admin = await cloud.As("admin");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async worker =>
        {
            var id = await Network(admin, $"w{worker}");
            for (var i = 0; i < 30; i++)
            {
                using var answer = await admin.PutAsync($"/network/v2.0/networks/{id}", TestCloud.Body($$$"""{"network": {"name": "w{{{worker}}}-{{{i}}}"} }"""));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.Contains((id, $"w{worker}-{i}"), await Networks(admin));
            }
            using var gone = await admin.DeleteAsync($"/network/v2.0/networks/{id}");
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
            Assert.DoesNotContain(await Networks(admin), n => n.Id == id);
        }));
    }

    [Fact]
    public async Task Nobody_is_given_what_another_was_given_for_the_same_url()
    {
        using var admin = await cloud.As("admin");
        using var demo = await cloud.As("demo");
        var hidden = await Network(admin, "hidden");
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains(await Networks(admin), n => n.Id == hidden);
            Assert.DoesNotContain(await Networks(demo), n => n.Id == hidden);
        }
    }

    [Fact]
    public async Task Token_that_was_revoked_is_given_nothing_that_it_was_given_before()
    {
        var token = await cloud.Token("demo");
        using var demo = cloud.With(token);
        Assert.NotEmpty(await Networks(demo));
        using var revoke = new HttpRequestMessage(HttpMethod.Delete, "/identity/v3/auth/tokens");
        revoke.Headers.Add("X-Subject-Token", token);
        using var admin = await cloud.As("admin");
        using var revoked = await admin.SendAsync(revoke);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var answer = await demo.GetAsync("/network/v2.0/networks?fields=id&fields=name");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Answer_is_the_same_text_again_and_another_at_another_microversion()
    {
        using var admin = await cloud.As("admin");
        var first = await admin.GetStringAsync("/compute/v2.1/flavors/detail");
        Assert.Equal(first, await admin.GetStringAsync("/compute/v2.1/flavors/detail"));
        using var newer = await cloud.As("admin");
        newer.DefaultRequestHeaders.Add("OpenStack-API-Version", "compute 2.61");
        using var with = JsonDocument.Parse(await newer.GetStringAsync("/compute/v2.1/flavors/detail"));
        Assert.True(with.RootElement.GetProperty("flavors")[0].TryGetProperty("extra_specs", out _));
        Assert.DoesNotContain("extra_specs", await admin.GetStringAsync("/compute/v2.1/flavors/detail"), StringComparison.Ordinal);
    }
}
