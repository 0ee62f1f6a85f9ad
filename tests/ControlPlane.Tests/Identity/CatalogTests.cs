namespace Cumulet.ControlPlane.Tests.Identity;

public sealed class CatalogTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Endpoint_shows_in_the_catalog_until_it_is_disabled()
    {
        using var admin = await cloud.As("admin");
        var service = await admin.Make("services", "service", """{"service":{"type":"dns","name":"designate","description":"d"}}""");
        var endpoint = await admin.Make("endpoints", "endpoint",
            $$$"""{"endpoint":{"service_id":"{{{service.Id()}}}","interface":"public","url":"http://dns.example/%(tenant_id)s","region_id":"RegionOne"} }""");
        using var demo = await cloud.As("demo");
        async Task<string?> Url() => (await demo.Ask("GET", "auth/catalog")).Body.GetProperty("catalog").EnumerateArray()
            .Where(s => s.GetProperty("type").GetString() == "dns").SelectMany(s => s.GetProperty("endpoints").EnumerateArray())
            .Select(e => e.GetProperty("url").GetString()).SingleOrDefault();
        Assert.Equal($"http://dns.example/{cloud.First.DemoProjectId}", await Url());
        Assert.Equal(200, await admin.Status("PATCH", $"endpoints/{endpoint.Id()}", """{"endpoint":{"enabled":false}}"""));
        Assert.Null(await Url());
        Assert.Equal(204, await admin.Status("DELETE", $"services/{service.Id()}"));
        Assert.Equal(404, await admin.Status("GET", $"endpoints/{endpoint.Id()}"));
    }

    [Fact]
    public async Task Limits_stay_when_their_service_goes_and_can_be_removed()
    {
        using var admin = await cloud.As("admin");
        var service = await admin.Make("services", "service", """{"service":{"type":"dns","name":"goes"}}""");
        var made = await admin.Ask("POST", "registered_limits",
            $$$"""{"registered_limits":[{"service_id":"{{{service.Id()}}}","resource_name":"zones","default_limit":10}]}""");
        var limit = made.Body.GetProperty("registered_limits")[0].Id();
        Assert.Equal(204, await admin.Status("DELETE", $"services/{service.Id()}"));
        Assert.Equal(200, await admin.Status("GET", $"registered_limits/{limit}"));
        Assert.Equal(204, await admin.Status("DELETE", $"registered_limits/{limit}"));
    }

    [Theory]
    [InlineData("http://x/%(admin_token)s")]
    [InlineData("http://x/$(password)s")]
    [InlineData("http://x/{0.__class__}")]
    [InlineData("no-url")]
    public async Task Url_that_names_more_than_ids_is_refused(string url)
    {
        using var admin = await cloud.As("admin");
        var service = (await admin.Ask("GET", "services?type=identity")).Body.GetProperty("services")[0].Id();
        Assert.Equal(400, await admin.Status("POST", "endpoints",
            $$$"""{"endpoint":{"service_id":"{{{service}}}","interface":"public","url":"{{{url}}}"} }"""));
    }

    [Fact]
    public async Task Regions_keep_their_tree()
    {
        using var admin = await cloud.As("admin");
        Assert.Equal(201, await admin.Status("PUT", "regions/north", """{"region":{}}"""));
        Assert.Equal(409, await admin.Status("POST", "regions", """{"region":{"id":"north"}}"""));
        Assert.Equal(201, await admin.Status("POST", "regions", """{"region":{"id":"north-1","parent_region_id":"north"}}"""));
        Assert.Equal(400, await admin.Status("PATCH", "regions/north", """{"region":{"parent_region_id":"north-1"}}"""));
        Assert.Equal(404, await admin.Status("POST", "regions", """{"region":{"parent_region_id":"nowhere"}}"""));
        Assert.Equal(403, await admin.Status("DELETE", "regions/RegionOne"));
        Assert.Equal(204, await admin.Status("DELETE", "regions/north"));
    }

    [Fact]
    public async Task Endpoint_filter_narrows_a_projects_catalog()
    {
        using var admin = await cloud.As("admin");
        var project = await admin.Make("projects", "project", """{"project":{"name":"narrow"}}""");
        await admin.MakeUser("narrow", project.Id());
        var service = (await admin.Ask("GET", "services?type=image")).Body.GetProperty("services")[0].Id();
        var group = await admin.Make("OS-EP-FILTER/endpoint_groups", "endpoint_group",
            $$$"""{"endpoint_group":{"name":"images","filters":{"service_id":"{{{service}}}","interface":"public"} } }""");
        Assert.Equal(204, await admin.Status("PUT", $"OS-EP-FILTER/endpoint_groups/{group.Id()}/projects/{project.Id()}"));
        using var client = await cloud.As("narrow/narrow");
        var only = Assert.Single((await client.Ask("GET", "auth/catalog")).Body.GetProperty("catalog").EnumerateArray());
        Assert.Equal("image", only.GetProperty("type").GetString());
        Assert.Single(only.GetProperty("endpoints").EnumerateArray());
        Assert.Equal(204, await admin.Status("DELETE", $"OS-EP-FILTER/endpoint_groups/{group.Id()}"));
        Assert.True((await client.Ask("GET", "auth/catalog")).Body.GetProperty("catalog").GetArrayLength() > 1);
    }

    [Fact]
    public async Task Limits_need_a_registered_one_and_show_to_their_project()
    {
        using var admin = await cloud.As("admin");
        var service = (await admin.Ask("GET", "services?type=compute")).Body.GetProperty("services")[0].Id();
        var limit = $$$"""{"limits":[{"service_id":"{{{service}}}","project_id":"{{{cloud.First.DemoProjectId}}}","resource_name":"cores","resource_limit":5}]}""";
        Assert.Equal(403, await admin.Status("POST", "limits", limit));
        Assert.Equal(201, await admin.Status("POST", "registered_limits",
            $$$"""{"registered_limits":[{"service_id":"{{{service}}}","resource_name":"cores","default_limit":10}]}"""));
        Assert.Equal(201, await admin.Status("POST", "limits", limit));
        Assert.Equal(409, await admin.Status("POST", "limits", limit));
        using var demo = await cloud.As("demo");
        var own = Assert.Single((await demo.Ask("GET", "limits")).Body.GetProperty("limits").EnumerateArray());
        Assert.Equal(200, await demo.Status("GET", $"limits/{own.Id()}"));
        Assert.Equal(403, await demo.Status("PATCH", $"limits/{own.Id()}", """{"limit":{"resource_limit":50}}"""));
        Assert.Equal("flat", (await demo.Ask("GET", "limits/model")).Body.GetProperty("model").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Domain_config_hides_its_password()
    {
        using var admin = await cloud.As("admin");
        var domain = await admin.Make("domains", "domain", """{"domain":{"name":"configured"}}""");
        Assert.Equal(404, await admin.Status("GET", $"domains/{domain.Id()}/config"));
        Assert.Equal(201, await admin.Status("PUT", $"domains/{domain.Id()}/config", """{"config":{"ldap":{"url":"ldap://x","password":"hidden"}}}"""));
        Assert.DoesNotContain("hidden", (await admin.Ask("GET", $"domains/{domain.Id()}/config")).Body.GetRawText());
        Assert.Equal(404, await admin.Status("GET", $"domains/{domain.Id()}/config/ldap/password"));
        Assert.Equal(403, await admin.Status("PATCH", $"domains/{domain.Id()}/config", """{"config":{"debug":{"x":1}}}"""));
    }

    [Fact]
    public async Task Policy_of_an_endpoint_is_its_own_else_the_regions_else_the_services()
    {
        using var admin = await cloud.As("admin");
        async Task<string> Policy(string name) =>
            (await admin.Make("policies", "policy", $$$"""{"policy":{"blob":{"x":"{{{name}}}"},"type":"application/json"} }""")).Id();
        async Task<string?> Of(string endpoint)
        {
            var (status, body) = await admin.Ask("GET", $"endpoints/{endpoint}/OS-ENDPOINT-POLICY/policy");
            return status == 404 ? null : body.GetProperty("policy").Id();
        }
        async Task<List<string>> Endpoints(string policy) => [.. (await admin.Ask("GET", $"policies/{policy}/OS-ENDPOINT-POLICY/endpoints")).Body
            .GetProperty("endpoints").EnumerateArray().Select(e => e.Id()).Order()];

        await admin.Status("PUT", "regions/west", """{"region":{}}""");
        await admin.Status("POST", "regions", """{"region":{"id":"west-1","parent_region_id":"west"}}""");
        var service = (await admin.Make("services", "service", """{"service":{"type":"key-manager"}}""")).Id();
        var endpoint = (await admin.Make("endpoints", "endpoint",
            $$$"""{"endpoint":{"service_id":"{{{service}}}","interface":"public","url":"http://keys.example","region_id":"west-1"} }""")).Id();
        var other = (await admin.Make("endpoints", "endpoint",
            $$$"""{"endpoint":{"service_id":"{{{service}}}","interface":"public","url":"http://keys.example"} }""")).Id();
        var (wide, regional, own) = (await Policy("wide"), await Policy("regional"), await Policy("own"));
        Assert.Null(await Of(endpoint));

        Assert.Equal(204, await admin.Status("PUT", $"policies/{wide}/OS-ENDPOINT-POLICY/services/{service}"));
        Assert.Equal(wide, await Of(endpoint));
        Assert.Equal(((string[])[endpoint, other]).Order(), await Endpoints(wide));
        Assert.Equal(204, await admin.Status("PUT", $"policies/{regional}/OS-ENDPOINT-POLICY/services/{service}/regions/west"));
        Assert.Equal((regional, wide), (await Of(endpoint), await Of(other)));
        Assert.Equal([endpoint], await Endpoints(regional));
        Assert.Equal(204, await admin.Status("PUT", $"policies/{own}/OS-ENDPOINT-POLICY/endpoints/{endpoint}"));
        Assert.Equal(own, await Of(endpoint));

        Assert.Equal(204, await admin.Status("GET", $"policies/{own}/OS-ENDPOINT-POLICY/endpoints/{endpoint}"));
        Assert.Equal(404, await admin.Status("GET", $"policies/{wide}/OS-ENDPOINT-POLICY/endpoints/{endpoint}"));
        Assert.Equal(404, await admin.Status("PUT", $"policies/{own}/OS-ENDPOINT-POLICY/endpoints/none"));
        using var demo = await cloud.As("demo");
        Assert.Equal(403, await demo.Status("PUT", $"policies/{own}/OS-ENDPOINT-POLICY/endpoints/{endpoint}"));
        // The last that is given to a place holds there.
        Assert.Equal(204, await admin.Status("PUT", $"policies/{wide}/OS-ENDPOINT-POLICY/endpoints/{endpoint}"));
        Assert.Equal(wide, await Of(endpoint));
        Assert.Equal(204, await admin.Status("DELETE", $"policies/{wide}/OS-ENDPOINT-POLICY/endpoints/{endpoint}"));
        Assert.Equal(regional, await Of(endpoint));
        Assert.Equal(204, await admin.Status("DELETE", $"policies/{regional}"));
        Assert.Equal(wide, await Of(endpoint));
        Assert.Equal(204, await admin.Status("DELETE", $"services/{service}"));
        Assert.Empty(await Endpoints(wide));
    }
}
