using System.Text.Json;
using Cumulet.ControlPlane.Identity.Users;

namespace Cumulet.ControlPlane.Tests.Identity;

public sealed class UserTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task User_has_what_was_given_and_never_a_password()
    {
        using var admin = await cloud.As("admin");
        var user = await admin.Make("users", "user", """{"user":{"name":"james","email":"j@example.org","password":"secret words","description":"d","options":{"lock_password":true}}}""");
        Assert.Equal("j@example.org", user.GetProperty("email").GetString());
        Assert.Equal(JsonValueKind.Null, user.GetProperty("password_expires_at").ValueKind);
        Assert.False(user.TryGetProperty("password", out _));
        Assert.True(user.GetProperty("options").GetProperty("lock_password").GetBoolean());
        Assert.Equal(400, await admin.Status("POST", $"users/{user.Id()}/password", """{"user":{"original_password":"secret words","password":"x"}}"""));
        Assert.Equal(409, await admin.Status("POST", "users", """{"user":{"name":"james"}}"""));
        Assert.Equal(400, await admin.Status("PATCH", $"users/{user.Id()}", """{"user":{"domain_id":"other"}}"""));
    }

    [Theory]
    [InlineData("""{"user":{}}""", 400)]
    [InlineData("""{"user":{"name":""}}""", 400)]
    [InlineData("""{"user":{"name":"x","enabled":"yes"}}""", 400)]
    [InlineData("""{"user":{"name":"x","options":{"unknown":true}}}""", 400)]
    [InlineData("""{"user":{"name":"x","domain_id":"nowhere"}}""", 404)]
    [InlineData("""{}""", 400)]
    [InlineData("""[]""", 400)]
    public async Task Malformed_user_is_refused(string body, int status)
    {
        using var admin = await cloud.As("admin");
        Assert.Equal(status, await admin.Status("POST", "users", body));
    }

    [Fact]
    public async Task User_sees_himself_and_nobody_else()
    {
        using var demo = await cloud.As("demo");
        Assert.Equal(200, await demo.Status("GET", $"users/{cloud.First.DemoUserId}"));
        Assert.Equal(403, await demo.Status("GET", $"users/{cloud.First.AdminUserId}"));
        Assert.Equal(403, await demo.Status("PATCH", $"users/{cloud.First.DemoUserId}", """{"user":{"password":"new"}}"""));
        Assert.Equal(403, await demo.Status("GET", "users"));
        Assert.Equal(200, await demo.Status("GET", $"users/{cloud.First.DemoUserId}/projects"));
        Assert.Equal(200, await demo.Status("GET", $"users/{cloud.First.DemoUserId}/groups"));
        Assert.Equal(403, await demo.Status("GET", $"users/{cloud.First.AdminUserId}/projects"));
    }

    [Fact]
    public async Task Locked_after_wrong_passwords_and_history_is_kept()
    {
        await using var own = new TestCloud
        {
            Configure = o => o with
            {
                PasswordRules = o.PasswordRules.With("lockout_failure_attempts", "2").With("unique_last_password_count", "2").With("password_regex", "^.{3,}$"),
            },
        };
        await own.InitializeAsync();
        using var admin = await own.As("admin");
        var user = await admin.MakeUser("locked");
        string Change(string from, string to) => $$$"""{"user":{"original_password":"{{{from}}}","password":"{{{to}}}"} }""";
        Assert.Equal(400, await admin.Status("POST", $"users/{user}/password", Change(TestCloud.TestPassword, "ab")));
        Assert.Equal(400, await admin.Status("POST", $"users/{user}/password", Change(TestCloud.TestPassword, TestCloud.TestPassword)));
        Assert.Equal(204, await admin.Status("POST", $"users/{user}/password", Change(TestCloud.TestPassword, "second")));
        Assert.Equal(400, await admin.Status("POST", $"users/{user}/password", Change("second", TestCloud.TestPassword)));
        Assert.Equal(204, await admin.Status("POST", $"users/{user}/password", Change("second", "third")));
        Assert.Equal(204, await admin.Status("POST", $"users/{user}/password", Change("third", TestCloud.TestPassword)));
        Assert.Equal(401, (int)(await own.Login(user, "wrong")).StatusCode);
        Assert.Equal(401, (int)(await own.Login(user, "wrong")).StatusCode);
        Assert.Equal(401, (int)(await own.Login(user, TestCloud.TestPassword)).StatusCode);
    }

    [Theory]
    [InlineData("lockout_attempts", "2", "lockout_failure_attempts")]
    [InlineData("lockout_duration", "soon", "whole number")]
    [InlineData("lockout_duration", "0", "above 0")]
    [InlineData("password_regex", "(", "password_regex=(")]
    [InlineData("change_password_upon_first_use", "maybe", "true or false")]
    public void Password_rule_that_is_none_is_refused_with_the_mend(string name, string value, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => new PasswordRules().With(name, value)).Message);

    [Fact]
    public async Task Default_project_scopes_a_token_that_asks_for_none()
    {
        using var admin = await cloud.As("admin");
        var user = await admin.MakeUser("homely", cloud.First.DemoProjectId);
        await admin.Ask("PATCH", $"users/{user}", $$$"""{"user":{"default_project_id":"{{{cloud.First.DemoProjectId}}}"} }""");
        using var client = cloud.Anonymous();
        var (_, body) = await client.Ask("POST", "auth/tokens", $$$"""
            {"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"{{{user}}}","password":"{{{TestCloud.TestPassword}}}"} } } } }
            """);
        Assert.Equal(cloud.First.DemoProjectId, body.GetProperty("token").GetProperty("project").Id());
    }
}
