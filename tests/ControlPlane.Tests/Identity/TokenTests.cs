using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Identity;

public sealed class TokenTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Password_with_project_by_name_gives_roles_and_catalog()
    {
        using var client = await cloud.As("demo");
        client.DefaultRequestHeaders.Add("X-Subject-Token", client.DefaultRequestHeaders.GetValues("X-Auth-Token"));
        var token = (await TestCloud.Json(await client.GetAsync("/identity/v3/auth/tokens"))).GetProperty("token");
        Assert.Equal(cloud.First.DemoUserId, token.GetProperty("user").GetProperty("id").GetString());
        Assert.Equal(cloud.First.DemoProjectId, token.GetProperty("project").GetProperty("id").GetString());
        Assert.Equal(["member", "reader"], token.GetProperty("roles").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        var volume = token.GetProperty("catalog").EnumerateArray().Single(s => s.GetProperty("type").GetString() == "volumev3");
        Assert.All(volume.GetProperty("endpoints").EnumerateArray(), e =>
            Assert.Equal($"{cloud.Url}/volume/v3/{cloud.First.DemoProjectId}", e.GetProperty("url").GetString()));
    }

    [Fact]
    public async Task Wrong_password_and_unknown_user_answer_alike()
    {
        var wrong = await Issue(Auth("demo", "wrong"));
        var unknown = await Issue(Auth("nobody", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal(await wrong.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Deleted_token_counts_nowhere_any_more()
    {
        var token = await cloud.Token("demo");
        using var client = cloud.With(token);
        client.DefaultRequestHeaders.Add("X-Subject-Token", token);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(new(HttpMethod.Head, "/identity/v3/auth/tokens"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("/identity/v3/auth/tokens")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/identity/v3/auth/catalog")).StatusCode);
    }

    [Fact]
    public async Task Revoked_token_stays_revoked_and_others_live_over_a_restart()
    {
        await using var own = await TestCloud.Start();
        var (kept, gone) = (await own.Token("demo"), await own.Token("demo"));
        using (var client = own.With(gone))
        {
            client.DefaultRequestHeaders.Add("X-Subject-Token", gone);
            await client.DeleteAsync("/identity/v3/auth/tokens");
        }
        await own.Restart();
        Assert.Equal(HttpStatusCode.OK, (await own.With(kept).GetAsync("/identity/v3/auth/catalog")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await own.With(gone).GetAsync("/identity/v3/auth/catalog")).StatusCode);
    }

    [Fact]
    public async Task Any_changed_character_makes_a_token_void()
    {
        var token = await cloud.Token("demo");
        foreach (var at in (int[])[0, token.Length / 2, token.Length - 1])
        {
            var changed = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
            Assert.Equal(HttpStatusCode.Unauthorized, (await cloud.With(changed).GetAsync("/identity/v3/auth/catalog")).StatusCode);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await cloud.With(token + "=").GetAsync("/identity/v3/auth/catalog")).StatusCode);
    }

    [Fact]
    public async Task Token_from_a_token_keeps_expiry_and_chain()
    {
        var parent = await Show(await cloud.Token("admin"));
        var answer = await Issue($$$$"""
            {"auth":{"identity":{"methods":["token"],"token":{"id":"{{{{await cloud.Token("admin")}}}}"} },"scope":{"system":{"all":true} } } }
            """);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var child = (await TestCloud.Json(answer)).GetProperty("token");
        Assert.True(child.GetProperty("system").GetProperty("all").GetBoolean());
        Assert.Equal(2, child.GetProperty("audit_ids").GetArrayLength());
        Assert.Equal(1, parent.GetProperty("audit_ids").GetArrayLength());
        Assert.Equal(["token", "password"], child.GetProperty("methods").EnumerateArray().Select(m => m.GetString()));
    }

    [Theory]
    [InlineData("""{"project":{"id":"nope"}}""", 401)]
    [InlineData("""{"project":{"name":"admin","domain":{"id":"default"}}}""", 401)]
    [InlineData("""{"project":{"name":"demo"}}""", 400)]
    [InlineData("""{"domain":{"id":"default"}}""", 401)]
    [InlineData("""{"system":{"all":true}}""", 401)]
    [InlineData("\"unscoped\"", 201)]
    public async Task Scope_without_a_role_is_refused(string scope, int status)
    {
        var body = Auth("demo", cloud.First.DemoPassword).TrimEnd()[..^2] + $$""","scope":{{scope}} } }""";
        Assert.Equal(status, (int)(await Issue(body)).StatusCode);
    }

    [Fact]
    public async Task Over_long_and_empty_passwords_are_refused()
    {
        Assert.Equal(401, (int)(await Issue(Auth("demo", new string('x', 5000)))).StatusCode);
        Assert.Equal(401, (int)(await Issue(Auth("demo", ""))).StatusCode);
        Assert.Equal(413, (int)(await Issue(Auth("demo", new string('x', 1 << 20)))).StatusCode);
    }

    [Fact]
    public async Task Discovery_needs_no_token()
    {
        using var client = cloud.Anonymous();
        var all = await client.GetAsync("/identity");
        Assert.Equal(300, (int)all.StatusCode);
        Assert.Equal($"{cloud.Url}/identity/v3/", (await TestCloud.Json(all)).GetProperty("versions").GetProperty("values")[0]
            .GetProperty("links")[0].GetProperty("href").GetString());
        Assert.Equal(200, (int)(await client.GetAsync("/identity/v3/")).StatusCode);
    }

    [Fact]
    public async Task Identity_headers_from_outside_change_nothing()
    {
        using var client = cloud.Anonymous();
        client.DefaultRequestHeaders.Add("X-User-Id", cloud.First.AdminUserId);
        client.DefaultRequestHeaders.Add("X-Roles", "admin");
        client.DefaultRequestHeaders.Add("X-Identity-Status", "Confirmed");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/identity/v3/auth/catalog")).StatusCode);
    }

    private static string Auth(string user, string password) => $$$$"""
        {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"{{{{user}}}}","domain":{"id":"default"},"password":"{{{{password}}}}"} } } }}
        """;

    private async Task<HttpResponseMessage> Issue(string body)
    {
        using var client = cloud.Anonymous();
        return await client.PostAsync("/identity/v3/auth/tokens", TestCloud.Body(body));
    }

    private async Task<JsonElement> Show(string token)
    {
        using var client = cloud.With(token);
        client.DefaultRequestHeaders.Add("X-Subject-Token", token);
        return (await TestCloud.Json(await client.GetAsync("/identity/v3/auth/tokens"))).GetProperty("token");
    }
}
