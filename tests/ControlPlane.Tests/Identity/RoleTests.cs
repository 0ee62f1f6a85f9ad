using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Identity;

public sealed class RoleTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Group_role_inherited_from_the_domain_reaches_a_new_project()
    {
        using var admin = await cloud.As("admin");
        var user = await admin.MakeUser("heir");
        var group = await admin.Make("groups", "group", """{"group":{"name":"heirs"}}""");
        Assert.Equal(204, await admin.Status("PUT", $"groups/{group.Id()}/users/{user}"));
        Assert.Equal(204, await admin.Status("HEAD", $"groups/{group.Id()}/users/{user}"));
        var role = await admin.RoleId("reader");
        Assert.Equal(204, await admin.Status("PUT", $"OS-INHERIT/domains/default/groups/{group.Id()}/roles/{role}/inherited_to_projects"));
        var project = await admin.Make("projects", "project", """{"project":{"name":"heirloom"}}""");
        using var heir = await cloud.As("heir/heirloom");
        Assert.Contains(project.Id(), (await heir.Ask("GET", "auth/projects")).Body.GetProperty("projects").EnumerateArray().Select(p => p.Id()));
        var (_, effective) = await admin.Ask("GET", $"role_assignments?effective&user.id={user}&scope.project.id={project.Id()}&include_names");
        var one = Assert.Single(effective.GetProperty("role_assignments").EnumerateArray());
        Assert.Equal("heirloom", one.GetProperty("scope").GetProperty("project").GetProperty("name").GetString());
        Assert.Contains($"groups/{group.Id()}/users/{user}", one.GetProperty("links").GetProperty("membership").GetString());
        Assert.Equal(204, await admin.Status("DELETE", $"groups/{group.Id()}/users/{user}"));
        Assert.Equal(401, await heir.Status("GET", "auth/projects"));
    }

    [Fact]
    public async Task Implied_roles_show_and_admin_is_never_implied()
    {
        using var admin = await cloud.As("admin");
        var prior = await admin.Make("roles", "role", """{"role":{"name":"prior"}}""");
        var implied = await admin.Make("roles", "role", """{"role":{"name":"implied"}}""");
        var (status, body) = await admin.Ask("PUT", $"roles/{prior.Id()}/implies/{implied.Id()}");
        Assert.Equal(201, status);
        Assert.Equal("implied", body.GetProperty("role_inference").GetProperty("implies").GetProperty("name").GetString());
        Assert.Equal(204, await admin.Status("HEAD", $"roles/{prior.Id()}/implies/{implied.Id()}"));
        Assert.Equal(403, await admin.Status("PUT", $"roles/{prior.Id()}/implies/{await admin.RoleId("admin")}"));
        Assert.Equal(204, await admin.Status("DELETE", $"roles/{prior.Id()}/implies/{implied.Id()}"));
        Assert.Equal(404, await admin.Status("GET", $"roles/{prior.Id()}/implies/{implied.Id()}"));
    }

    [Fact]
    public async Task Immutable_role_stays()
    {
        using var admin = await cloud.As("admin");
        Assert.Equal(403, await admin.Status("DELETE", $"roles/{await admin.RoleId("member")}"));
        Assert.Equal(403, await admin.Status("PATCH", $"roles/{await admin.RoleId("member")}", """{"role":{"name":"x"}}"""));
    }

    [Fact]
    public async Task Member_cannot_give_himself_a_role()
    {
        using var admin = await cloud.As("admin");
        using var demo = await cloud.As("demo");
        Assert.Equal(403, await demo.Status("PUT",
            $"projects/{cloud.First.DemoProjectId}/users/{cloud.First.DemoUserId}/roles/{await admin.RoleId("admin")}"));
        Assert.Equal(403, await demo.Status("GET", "role_assignments"));
        Assert.Equal(403, await demo.Status("GET", "roles"));
    }

    [Fact]
    public async Task System_role_gives_system_tokens()
    {
        using var admin = await cloud.As("admin");
        var user = await admin.MakeUser("watcher");
        Assert.Equal(204, await admin.Status("PUT", $"system/users/{user}/roles/{await admin.RoleId("reader")}"));
        using var watcher = await cloud.As("watcher@system");
        Assert.Equal(200, await watcher.Status("GET", "users"));
        Assert.Equal(200, await watcher.Status("GET", "role_assignments?scope.system=all"));
        Assert.Equal(403, await watcher.Status("POST", "projects", """{"project":{"name":"no"}}"""));
        Assert.True((await watcher.Ask("GET", "auth/system")).Body.GetProperty("system")[0].GetProperty("all").GetBoolean());
    }

    [Fact]
    public async Task Assignment_filters_that_exclude_each_other_are_refused()
    {
        using var admin = await cloud.As("admin");
        foreach (var query in (string[])["user.id=a&group.id=b", "scope.domain.id=a&scope.project.id=b", "effective&group.id=a", "include_subtree"])
            Assert.Equal(400, await admin.Status("GET", $"role_assignments?{query}"));
        var (_, all) = await admin.Ask("GET", $"role_assignments?scope.project.id={cloud.First.DemoProjectId}&role.id={await admin.RoleId("member")}");
        Assert.Equal(cloud.First.DemoUserId, Assert.Single(all.GetProperty("role_assignments").EnumerateArray()).GetProperty("user").Id());
    }
}
