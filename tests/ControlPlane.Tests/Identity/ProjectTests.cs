namespace Cumulet.ControlPlane.Tests.Identity;

public sealed class ProjectTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Project_of_a_name_that_is_taken_is_a_conflict()
    {
        using var admin = await cloud.As("admin");
        await admin.Make("projects", "project", """{"project":{"name":"taken"}}""");
        var (status, body) = await admin.Ask("POST", "projects", """{"project":{"name":"taken"}}""");
        Assert.Equal(409, status);
        Assert.Contains("the same name", body.Message());
    }

    [Fact]
    public async Task Tree_shows_parents_and_subtree_and_refuses_to_lose_its_trunk()
    {
        using var admin = await cloud.As("admin");
        var top = await admin.Make("projects", "project", """{"project":{"name":"top"}}""");
        var below = await admin.Make("projects", "project", $$"""{"project":{"name":"below","parent_id":"{{top.Id()}}"} }""");
        Assert.Equal("default", top.GetProperty("parent_id").GetString());
        var (_, shown) = await admin.Ask("GET", $"projects/{below.Id()}?parents_as_ids");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, shown.GetProperty("project").GetProperty("parents").GetProperty(top.Id()).GetProperty("default").ValueKind);
        (_, shown) = await admin.Ask("GET", $"projects/{top.Id()}?subtree_as_list");
        Assert.Equal(below.Id(), shown.GetProperty("project").GetProperty("subtree")[0].GetProperty("project").Id());
        Assert.Equal(403, await admin.Status("DELETE", $"projects/{top.Id()}"));
        Assert.Equal(403, await admin.Status("PATCH", $"projects/{top.Id()}", """{"project":{"enabled":false}}"""));
        Assert.Equal(204, await admin.Status("DELETE", $"projects/{below.Id()}"));
        Assert.Equal(204, await admin.Status("DELETE", $"projects/{top.Id()}"));
    }

    [Fact]
    public async Task Extra_members_and_tags_come_back_and_filter()
    {
        using var admin = await cloud.As("admin");
        var made = await admin.Make("projects", "project", """{"project":{"name":"extra","tags":["red","blue"],"cost_centre":{"id":7}}}""");
        var (_, shown) = await admin.Ask("GET", $"projects/{made.Id()}");
        Assert.Equal(7, shown.GetProperty("project").GetProperty("cost_centre").GetProperty("id").GetInt32());
        Assert.Equal(1, (await admin.Ask("GET", "projects?tags=red,blue")).Body.GetProperty("projects").GetArrayLength());
        Assert.Equal(0, (await admin.Ask("GET", "projects?tags=red,green")).Body.GetProperty("projects").GetArrayLength());
        Assert.Equal(1, (await admin.Ask("GET", "projects?tags-any=red,green")).Body.GetProperty("projects").GetArrayLength());
        Assert.Equal(204, await admin.Status("DELETE", $"projects/{made.Id()}/tags/red"));
        Assert.Equal(404, await admin.Status("GET", $"projects/{made.Id()}/tags/red"));
        Assert.Equal(1, (await admin.Ask("GET", "projects?name__startswith=ext&not-tags=red")).Body.GetProperty("projects").GetArrayLength());
    }

    [Fact]
    public async Task Others_projects_are_forbidden_to_a_member_and_his_own_is_shown()
    {
        using var demo = await cloud.As("demo");
        Assert.Equal(200, await demo.Status("GET", $"projects/{cloud.First.DemoProjectId}"));
        Assert.Equal(403, await demo.Status("GET", $"projects/{cloud.First.AdminProjectId}"));
        Assert.Equal(403, await demo.Status("GET", "projects/nowhere"));
        Assert.Equal(403, await demo.Status("GET", "projects"));
        Assert.Equal(403, await demo.Status("POST", "projects", """{"project":{"name":"mine"}}"""));
        Assert.Equal(200, await demo.Status("GET", "domains/default"));
        Assert.Equal(403, await demo.Status("GET", "domains/nowhere"));
        Assert.Equal(403, await demo.Status("PATCH", $"projects/{cloud.First.DemoProjectId}", """{"project":{"name":"mine"},"target":{"project":{"domain_id":"x"}}}"""));
        var (_, own) = await demo.Ask("GET", "auth/projects");
        Assert.Equal(cloud.First.DemoProjectId, Assert.Single(own.GetProperty("projects").EnumerateArray()).Id());
    }

    [Fact]
    public async Task Domain_goes_with_all_that_is_in_it_but_only_when_disabled()
    {
        using var admin = await cloud.As("admin");
        var domain = await admin.Make("domains", "domain", """{"domain":{"name":"doomed"}}""");
        var user = await admin.Make("users", "user", $$"""{"user":{"name":"inside","domain_id":"{{domain.Id()}}","password":"a good one"} }""");
        var project = await admin.Make("projects", "project", $$"""{"project":{"name":"inside","domain_id":"{{domain.Id()}}"} }""");
        Assert.Equal(409, await admin.Status("POST", "domains", """{"domain":{"name":"doomed"}}"""));
        Assert.Equal(403, await admin.Status("DELETE", $"domains/{domain.Id()}"));
        Assert.Equal(200, await admin.Status("PATCH", $"domains/{domain.Id()}", """{"domain":{"enabled":false}}"""));
        Assert.Equal(401, (int)(await cloud.Login(user.Id(), "a good one")).StatusCode);
        Assert.Equal(204, await admin.Status("DELETE", $"domains/{domain.Id()}"));
        Assert.Equal(404, await admin.Status("GET", $"users/{user.Id()}"));
        Assert.Equal(404, await admin.Status("GET", $"projects/{project.Id()}"));
    }

    [Fact]
    public async Task Domain_admin_token_sees_its_domain_only()
    {
        using var admin = await cloud.As("admin");
        var domain = await admin.Make("domains", "domain", """{"domain":{"name":"apart"}}""");
        var user = await admin.Make("users", "user", $$"""{"user":{"name":"keeper","domain_id":"{{domain.Id()}}","password":"a good one"} }""");
        Assert.Equal(204, await admin.Status("PUT", $"domains/{domain.Id()}/users/{user.Id()}/roles/{await admin.RoleId("manager")}"));
        using var keeper = cloud.With((await cloud.Login(user.Id(), "a good one", $$"""{"domain":{"id":"{{domain.Id()}}"} }""")).TokenOf());
        var (_, users) = await keeper.Ask("GET", "users");
        Assert.Equal(user.Id(), Assert.Single(users.GetProperty("users").EnumerateArray()).Id());
        Assert.Equal(201, await keeper.Status("POST", "projects", """{"project":{"name":"own"}}"""));
        Assert.Equal(403, await keeper.Status("POST", "projects", """{"project":{"name":"foreign","domain_id":"default"}}"""));
        Assert.Equal(403, await keeper.Status("GET", $"users/{cloud.First.AdminUserId}"));
        Assert.Equal(200, await keeper.Status("GET", $"domains/{domain.Id()}"));
        Assert.Equal(403, await keeper.Status("GET", "domains/default"));
    }
}
