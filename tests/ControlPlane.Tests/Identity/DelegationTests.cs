using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Identity;

/// <summary>Application credentials and trusts: never more than was given, and gone when it is taken back.</summary>
public sealed class DelegationTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private async Task<(string User, string Project, HttpClient Client)> Owner(string name, string role = "member")
    {
        using var admin = await cloud.As("admin");
        var project = (await admin.Make("projects", "project", $$$"""{"project":{"name":"{{{name}}}"} }""")).Id();
        var user = await admin.MakeUser(name, project, role);
        return (user, project, await cloud.As($"{name}/{name}"));
    }

    private async Task<HttpResponseMessage> ByCredential(string id, string secret, string more = "")
    {
        using var client = cloud.Anonymous();
        return await client.PostAsync("/identity/v3/auth/tokens", TestCloud.Body($$$"""
            {"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"{{{id}}}","secret":"{{{secret}}}"{{{more}}}} } } }
            """));
    }

    private static Task<JsonElement> MakeCredential(HttpClient client, string user, string body) =>
        client.Make($"users/{user}/application_credentials", "application_credential", $$$"""{"application_credential":{{{body}}} }""");

    [Fact]
    public async Task Application_credential_gives_a_token_of_its_project_and_dies_with_its_row()
    {
        var (user, project, client) = await Owner("ac-life");
        var made = await MakeCredential(client, user, """{"name":"prog"}""");
        var answer = await ByCredential(made.Id(), made.GetProperty("secret").GetString()!);
        using var program = cloud.With(answer.TokenOf());
        var token = (await TestCloud.Json(answer)).GetProperty("token");
        Assert.Equal(project, token.GetProperty("project").Id());
        Assert.True(token.GetProperty("application_credential").GetProperty("restricted").GetBoolean());
        Assert.Equal(401, (int)(await ByCredential(made.Id(), "wrong")).StatusCode);
        var (_, shown) = await client.Ask("GET", $"users/{user}/application_credentials/{made.Id()}");
        Assert.False(shown.GetProperty("application_credential").TryGetProperty("secret", out _));
        Assert.Equal(200, await program.Status("GET", "auth/catalog"));
        Assert.Equal(204, await client.Status("DELETE", $"users/{user}/application_credentials/{made.Id()}"));
        Assert.Equal(401, await program.Status("GET", "auth/catalog"));
    }

    [Fact]
    public async Task Restricted_credential_makes_no_credentials_of_any_kind()
    {
        var (user, project, client) = await Owner("ac-restricted");
        var made = await MakeCredential(client, user, """{"name":"prog"}""");
        using var program = cloud.With((await ByCredential(made.Id(), made.GetProperty("secret").GetString()!)).TokenOf());
        Assert.Equal(403, await program.Status("POST", $"users/{user}/application_credentials", """{"application_credential":{"name":"more"}}"""));
        Assert.Equal(403, await program.Status("GET", $"users/{user}/application_credentials"));
        Assert.Equal(403, await program.Status("POST", $"users/{user}/credentials/OS-EC2", $$$"""{"tenant_id":"{{{project}}}"}"""));
        Assert.Equal(403, await program.Status("POST", "credentials", $$$"""{"credential":{"type":"cert","blob":"x","user_id":"{{{user}}}"} }"""));
        Assert.Equal(403, await program.Status("GET", "credentials"));
        Assert.Equal(403, await program.Status("GET", $"OS-TRUST/trusts?trustor_user_id={user}"));
        using var again = cloud.Anonymous();
        Assert.Equal(403, await again.Status("POST", "auth/tokens",
            $$$"""{"auth":{"identity":{"methods":["token"],"token":{"id":"{{{program.DefaultRequestHeaders.GetValues("X-Auth-Token").Single()}}}"} } } }"""));
    }

    [Fact]
    public async Task Named_user_beside_the_id_must_be_the_owner_and_no_scope_may_be_asked()
    {
        var (user, _, client) = await Owner("ac-named");
        var made = await MakeCredential(client, user, """{"name":"prog"}""");
        var secret = made.GetProperty("secret").GetString()!;
        Assert.Equal(401, (int)(await ByCredential(made.Id(), secret, $$$""","user":{"id":"{{{cloud.First.AdminUserId}}}"}""")).StatusCode);
        Assert.Equal(201, (int)(await ByCredential(made.Id(), secret, $$$""","user":{"id":"{{{user}}}"}""")).StatusCode);
    }

    [Fact]
    public async Task Roles_beyond_the_token_are_refused_and_lost_roles_are_lost()
    {
        var (user, project, client) = await Owner("ac-roles", "manager");
        using var admin = await cloud.As("admin");
        Assert.Equal(400, await client.Status("POST", $"users/{user}/application_credentials",
            """{"application_credential":{"name":"big","roles":[{"name":"admin"}]}}"""));
        var made = await MakeCredential(client, user, """{"name":"small","roles":[{"name":"reader"}]}""");
        Assert.Equal("reader", Assert.Single(made.GetProperty("roles").EnumerateArray()).GetProperty("name").GetString());
        using var program = cloud.With((await ByCredential(made.Id(), made.GetProperty("secret").GetString()!)).TokenOf());
        await admin.Ask("DELETE", $"projects/{project}/users/{user}/roles/{await admin.RoleId("manager")}");
        Assert.Equal(401, await program.Status("GET", "auth/catalog"));
    }

    [Fact]
    public async Task Access_rules_limit_what_may_be_asked()
    {
        var (user, _, client) = await Owner("ac-rules");
        var made = await MakeCredential(client, user,
            """{"name":"narrow","access_rules":[{"service":"identity","method":"GET","path":"/v3/auth/**"}]}""");
        using var program = cloud.With((await ByCredential(made.Id(), made.GetProperty("secret").GetString()!)).TokenOf());
        Assert.Equal(200, await program.Status("GET", "auth/projects"));
        Assert.Equal(401, await program.Status("GET", $"users/{user}"));
        var rule = made.GetProperty("access_rules")[0].Id();
        Assert.Equal(403, await client.Status("DELETE", $"users/{user}/access_rules/{rule}"));
        await client.Ask("DELETE", $"users/{user}/application_credentials/{made.Id()}");
        Assert.Equal(204, await client.Status("DELETE", $"users/{user}/access_rules/{rule}"));
    }

    [Fact]
    public async Task Others_credentials_are_out_of_reach_by_any_path()
    {
        var (user, _, client) = await Owner("ac-mine");
        var (other, _, intruder) = await Owner("ac-theirs");
        var made = await MakeCredential(client, user, """{"name":"prog"}""");
        Assert.Equal(403, await intruder.Status("GET", $"users/{user}/application_credentials/{made.Id()}"));
        Assert.Equal(403, await intruder.Status("DELETE", $"users/{other}/application_credentials/{made.Id()}"));
        Assert.Equal(403, await intruder.Status("POST", $"users/{user}/application_credentials", """{"application_credential":{"name":"x"}}"""));
        Assert.Equal(200, await client.Status("GET", $"users/{user}/application_credentials/{made.Id()}"));
    }

    private async Task<HttpResponseMessage> ByTrust(string user, string trust) =>
        await cloud.Login(user, TestCloud.TestPassword, $$$"""{"OS-TRUST:trust":{"id":"{{{trust}}}"} }""");

    [Fact]
    public async Task Trust_lends_a_role_to_the_trustee_alone_and_for_as_many_times_as_said()
    {
        var (trustor, project, client) = await Owner("t-from");
        var (trustee, _, _) = await Owner("t-to");
        var trust = await client.Make("OS-TRUST/trusts", "trust", $$$"""
            {"trust":{"trustor_user_id":"{{{trustor}}}","trustee_user_id":"{{{trustee}}}","project_id":"{{{project}}}","impersonation":true,
              "remaining_uses":1,"roles":[{"name":"member"}]} }
            """);
        Assert.Equal(401, (int)(await ByTrust(trustor, trust.Id())).StatusCode);
        var answer = await ByTrust(trustee, trust.Id());
        using var acting = cloud.With(answer.TokenOf());
        var token = (await TestCloud.Json(answer)).GetProperty("token");
        Assert.Equal(trustor, token.GetProperty("user").Id());
        Assert.Equal(trust.Id(), token.GetProperty("OS-TRUST:trust").Id());
        Assert.Equal(403, (int)(await ByTrust(trustee, trust.Id())).StatusCode);
        Assert.Equal(403, await acting.Status("POST", $"users/{trustor}/application_credentials", """{"application_credential":{"name":"x"}}"""));
        Assert.Equal(403, await acting.Status("POST", "OS-TRUST/trusts", $$$"""
            {"trust":{"trustor_user_id":"{{{trustor}}}","trustee_user_id":"{{{trustee}}}","project_id":"{{{project}}}","impersonation":true,"roles":[{"name":"member"}]} }
            """));
        Assert.Equal(403, await acting.Status("POST", $"users/{trustor}/credentials/OS-EC2", $$$"""{"tenant_id":"{{{project}}}"}"""));
    }

    [Theory]
    [InlineData("trustor disabled")]
    [InlineData("trustee disabled")]
    [InlineData("role gone")]
    [InlineData("trust deleted")]
    public async Task Trust_token_ends_with_what_it_stands_on(string what)
    {
        var name = "t-" + what.Replace(' ', '-');
        var (trustor, project, client) = await Owner(name + "-a");
        var (trustee, _, _) = await Owner(name + "-b");
        using var admin = await cloud.As("admin");
        var trust = await client.Make("OS-TRUST/trusts", "trust", $$$"""
            {"trust":{"trustor_user_id":"{{{trustor}}}","trustee_user_id":"{{{trustee}}}","project_id":"{{{project}}}","impersonation":false,"roles":[{"name":"member"}]} }
            """);
        using var acting = cloud.With((await ByTrust(trustee, trust.Id())).TokenOf());
        Assert.Equal(200, await acting.Status("GET", "auth/catalog"));
        switch (what)
        {
            case "trustor disabled": await admin.Ask("PATCH", $"users/{trustor}", """{"user":{"enabled":false}}"""); break;
            case "trustee disabled": await admin.Ask("PATCH", $"users/{trustee}", """{"user":{"enabled":false}}"""); break;
            case "role gone": await admin.Ask("DELETE", $"projects/{project}/users/{trustor}/roles/{await admin.RoleId("member")}"); break;
            default: await client.Ask("DELETE", $"OS-TRUST/trusts/{trust.Id()}"); break;
        }
        Assert.Equal(401, await acting.Status("GET", "auth/catalog"));
    }
}
