namespace Cumulet.ControlPlane.Tests.Identity;

/// <summary>What ends a token before its time, seen by the next request.</summary>
public sealed class RevocationTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private async Task<(HttpClient Admin, string User, string Project, HttpClient Client)> Member(string name)
    {
        var admin = await cloud.As("admin");
        var project = await admin.Make("projects", "project", $$$"""{"project":{"name":"{{{name}}}"} }""");
        var user = await admin.MakeUser(name, project.Id());
        return (admin, user, project.Id(), await cloud.As($"{name}/{name}"));
    }

    [Fact]
    public async Task Disabled_user()
    {
        var (admin, user, _, client) = await Member("r-disabled");
        Assert.Equal(200, await client.Status("GET", "auth/catalog"));
        await admin.Ask("PATCH", $"users/{user}", """{"user":{"enabled":false}}""");
        Assert.Equal(401, await client.Status("GET", "auth/catalog"));
        await admin.Ask("PATCH", $"users/{user}", """{"user":{"enabled":true}}""");
        Assert.Equal(401, await client.Status("GET", "auth/catalog"));
    }

    [Fact]
    public async Task Deleted_user()
    {
        var (admin, user, _, client) = await Member("r-deleted");
        await admin.Ask("DELETE", $"users/{user}");
        Assert.Equal(401, await client.Status("GET", "auth/catalog"));
    }

    [Fact]
    public async Task Changed_password()
    {
        var (_, user, _, client) = await Member("r-password");
        Assert.Equal(401, await client.Status("POST", $"users/{user}/password", """{"user":{"original_password":"wrong","password":"next"}}"""));
        Assert.Equal(200, await client.Status("GET", "auth/catalog"));
        Assert.Equal(204, await client.Status("POST", $"users/{user}/password",
            $$$"""{"user":{"original_password":"{{{TestCloud.TestPassword}}}","password":"next"} }"""));
        Assert.Equal(401, await client.Status("GET", "auth/catalog"));
        Assert.Equal(201, (int)(await cloud.Login(user, "next")).StatusCode);
        Assert.Equal(401, (int)(await cloud.Login(user, TestCloud.TestPassword)).StatusCode);
    }

    [Fact]
    public async Task Disabled_project_does_not_come_back()
    {
        var (admin, _, project, client) = await Member("r-project");
        await admin.Ask("PATCH", $"projects/{project}", """{"project":{"enabled":false}}""");
        Assert.Equal(401, await client.Status("GET", "auth/catalog"));
        await admin.Ask("PATCH", $"projects/{project}", """{"project":{"enabled":true}}""");
        Assert.Equal(401, await client.Status("GET", "auth/catalog"));
    }

    [Fact]
    public async Task Last_role_taken_away()
    {
        var (admin, user, project, client) = await Member("r-role");
        Assert.Equal(204, await admin.Status("DELETE", $"projects/{project}/users/{user}/roles/{await admin.RoleId("member")}"));
        Assert.Equal(401, await client.Status("GET", "auth/catalog"));
        Assert.Equal(404, await admin.Status("DELETE", $"projects/{project}/users/{user}/roles/{await admin.RoleId("member")}"));
    }

    [Fact]
    public async Task Admin_role_taken_away_leaves_only_the_rest()
    {
        var (admin, user, project, client) = await Member("r-admin");
        var role = await admin.RoleId("admin");
        await admin.Ask("PUT", $"projects/{project}/users/{user}/roles/{role}");
        Assert.Equal(200, await client.Status("GET", "users"));
        await admin.Ask("DELETE", $"projects/{project}/users/{user}/roles/{role}");
        Assert.Equal(403, await client.Status("GET", "users"));
    }

    [Fact]
    public async Task Expired_by_the_clock()
    {
        var clock = new MovableClock();
        await using var own = new TestCloud { Clock = clock };
        await own.InitializeAsync();
        using var client = await own.As("demo");
        Assert.Equal(200, await client.Status("GET", "auth/catalog"));
        clock.Ahead = TimeSpan.FromMinutes(61);
        Assert.Equal(401, await client.Status("GET", "auth/catalog"));
    }

    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
