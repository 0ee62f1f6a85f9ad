using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Conflicts;

/// <summary>The pairs with a fixed expected result: how each round begins, and who may win.</summary>
internal static class Pairs
{
    private const string Compute = "/compute/v2.1";
    private const string Network = "/network/v2.0";
    private const string Resize = """{"resize":{"flavorRef":"2"} }""";

    public static readonly IReadOnlyDictionary<string, Func<World, int, Task<Race>>> All = new Dictionary<string, Func<World, int, Task<Race>>>
    {
        ["one volume to two servers"] = async (w, _) =>
        {
            var (volume, a, b) = (await w.Volume(), await w.Server(), await w.Server());
            return new Race([Attach(w, a, volume), Attach(w, b, volume)], Race.OneWins);
        },
        ["delete while building"] = async (w, _) =>
        {
            var server = await w.Server(""","metadata":{"fake:delay":"20"}""", wait: false);
            return new Race([w.DeleteServer(server), w.DeleteServer(server)], s => s.Any(x => x == 204), told => Gone(w, server, told));
        },
        ["double delete"] = async (w, _) =>
        {
            var server = await w.Server();
            return new Race([w.DeleteServer(server), w.DeleteServer(server)],
                s => s.Any(x => x == 204) && s.All(x => x is 204 or 404 or 409), told => Gone(w, server, told));
        },
        ["two resizes"] = async (w, _) =>
        {
            var server = await w.Server();
            return new Race([w.Act(server, Resize), w.Act(server, """{"resize":{"flavorRef":"3"} }""")], Race.OneWins);
        },
        ["resize and delete"] = async (w, _) =>
        {
            var server = await w.Server();
            return new Race([w.Act(server, Resize), w.DeleteServer(server)], s => s[1] is 204 or 409);
        },
        ["attach and delete server"] = async (w, _) =>
        {
            var (volume, server) = (await w.Volume(), await w.Server());
            return new Race([Attach(w, server, volume), w.DeleteServer(server)], Race.AnyWay, told => VolumeIs(w, volume, told, "available", "in-use"));
        },
        ["detach and extend"] = async (w, _) =>
        {
            var (volume, server) = (await w.Volume(), await w.Server());
            await Attach(w, server, volume)();
            await w.Quiet();
            return new Race([w.Call("DELETE", $"{Compute}/servers/{server}/os-volume_attachments/{volume}"), Extend(w, volume)],
                s => s[0] < 300 || s[1] < 300, told => VolumeIs(w, volume, told, "available", "in-use"));
        },
        ["two extends to one size"] = async (w, _) =>
        {
            var volume = await w.Volume();
            return new Race([Extend(w, volume), Extend(w, volume)], Race.OneWins, told => VolumeIs(w, volume, told, "available"));
        },
        ["snapshot and delete volume"] = async (w, _) =>
        {
            var volume = await w.Volume();
            return new Race([w.Call("POST", $"/volume/v3/{w.Project}/snapshots", $$"""{"snapshot":{"volume_id":"{{volume}}"} }"""),
                w.Call("DELETE", $"{w.Volumes}/{volume}")], Race.OneWins);
        },
        ["delete volume and server from it"] = async (w, _) =>
        {
            var volume = await w.Volume();
            return new Race([w.Call("DELETE", $"{w.Volumes}/{volume}"), w.Call("POST", $"{Compute}/servers", $$"""
                {"server":{"name":"raced","flavorRef":"1","networks":"none","block_device_mapping_v2":[
                 {"uuid":"{{volume}}","source_type":"volume","destination_type":"volume","boot_index":0}]} }
                """)], Race.AnyWay);
        },
        ["one fixed IP on two ports"] = async (w, round) =>
        {
            var (network, subnet) = await Subnet(w, round);
            var port = w.Call("POST", $"{Network}/ports",
                $$"""{"port":{"network_id":"{{network}}","fixed_ips":[{"subnet_id":"{{subnet}}","ip_address":"10.77.{{round % 250}}.9"}]} }""");
            return new Race([port, port], Race.OneWins);
        },
        ["last free IP by 50 callers"] = async (w, round) =>
        {
            var (network, _) = await Subnet(w, round, $$""","enable_dhcp":false,"allocation_pools":[{"start":"10.77.{{round % 250}}.7","end":"10.77.{{round % 250}}.7"}]""");
            return new Race([.. Enumerable.Repeat(w.Call("POST", $"{Network}/ports", $$"""{"port":{"network_id":"{{network}}"} }"""), 50)], Race.OneWins);
        },
        ["one floating IP twice"] = async (w, _) =>
        {
            var found = await w.Must("GET", $"{Network}/networks?router:external=true");
            var network = found.GetProperty("networks")[0].GetProperty("id").GetString();
            var subnet = (await w.Must("GET", $"{Network}/subnets?network_id={network}", null, w.Admin)).GetProperty("subnets")[0];
            var last = subnet.GetProperty("allocation_pools")[0].GetProperty("end").GetString()!.Split('.').Select(byte.Parse).ToArray();
            foreach (var old in (await w.Must("GET", $"{Network}/floatingips", null, w.Admin)).GetProperty("floatingips").EnumerateArray())
                await w.Call("DELETE", $"{Network}/floatingips/{old.GetProperty("id").GetString()}", null, w.Admin)();
            // The router's gateway has one at random.
            var taken = (await w.Must("GET", $"{Network}/ports?network_id={network}", null, w.Admin)).GetProperty("ports").EnumerateArray()
                .SelectMany(p => p.GetProperty("fixed_ips").EnumerateArray()).Select(f => f.GetProperty("ip_address").GetString()).ToHashSet();
            var address = Enumerable.Range(0, last[3]).Select(i => $"{last[0]}.{last[1]}.{last[2]}.{last[3] - i}").First(a => !taken.Contains(a));
            var ask = w.Call("POST", $"{Network}/floatingips",
                $$"""{"floatingip":{"floating_network_id":"{{network}}","floating_ip_address":"{{address}}"} }""", w.Admin);
            return new Race([ask, ask], Race.OneWins);
        },
        ["router interface and subnet delete"] = async (w, round) =>
        {
            var (_, subnet) = await Subnet(w, round);
            var router = await w.Made("router", $"{Network}/routers", """{"router":{"name":"raced"} }""");
            return new Race([w.Call("PUT", $"{Network}/routers/{router}/add_router_interface", $$"""{"subnet_id":"{{subnet}}"}"""),
                w.Call("DELETE", $"{Network}/subnets/{subnet}")], Race.OneWins);
        },
        ["quota of one by 50 callers"] = async (w, _) =>
        {
            var used = (await w.Must("GET", w.Volumes)).GetProperty("volumes").GetArrayLength();
            await w.Must("PUT", $"/volume/v3/{w.Cloud.First.AdminProjectId}/os-quota-sets/{w.Project}", $$"""{"quota_set":{"volumes":{{used + 1}}} }""", w.Admin);
            return new Race([.. Enumerable.Repeat(w.Call("POST", w.Volumes, """{"volume":{"size":1} }"""), 50)], Race.OneWins);
        },
        ["image delete during boot"] = async (w, _) =>
        {
            using var demo = await w.As("demo");
            var image = await demo.CreateActive(ImageClient.Bytes(1 << 20), "short-lived");
            return new Race([w.Call("POST", $"{Compute}/servers", w.ServerBody().Replace(w.Image, image, StringComparison.Ordinal)),
                w.Call("DELETE", $"/image/v2/images/{image}")], s => s[1] < 300);
        },
        ["image upload twice"] = async (w, _) =>
        {
            var image = (await w.Must("POST", "/image/v2/images", """{"name":"raced","disk_format":"raw","container_format":"bare"}""")).GetProperty("id").GetString()!;
            return new Race([Upload(w, image), Upload(w, image)], Race.OneWins);
        },
        ["role revoke during create"] = async (w, round) =>
        {
            var (user, member, client) = await Member(w, w.Project, $"revoked-{round}");
            return new Race([w.Call("POST", $"{Compute}/servers", w.ServerBody(), client),
                w.Call("DELETE", $"/identity/v3/projects/{w.Project}/users/{user}/roles/{member}", null, w.Admin)], s => s[1] == 204,
                told => Refused(w, client, told));
        },
        ["project disable during create"] = async (w, round) =>
        {
            var project = await w.Made("project", "/identity/v3/projects", $$"""{"project":{"name":"closing-{{round}}"} }""", w.Admin);
            var (_, _, client) = await Member(w, project, $"closing-{round}", $"closing-{round}");
            return new Race([w.Call("POST", w.Volumes.Replace(w.Project, project, StringComparison.Ordinal), """{"volume":{"size":1} }""", client),
                w.Call("PATCH", $"/identity/v3/projects/{project}", """{"project":{"enabled":false} }""", w.Admin)], s => s[1] == 200,
                told => Refused(w, client, told));
        },
        ["token revoke and use"] = async (w, _) =>
        {
            var client = await w.As("demo");
            var token = client.DefaultRequestHeaders.GetValues("X-Auth-Token").Single();
            return new Race([() => Revoke(w, token), w.Call("GET", $"{Compute}/servers", null, client)], s => s[0] == 204 && s[1] is 200 or 401,
                told => Refused(w, client, told));
        },
        ["one security group rule twice"] = async (w, _) =>
        {
            var group = await w.Made("security_group", $"{Network}/security-groups", """{"security_group":{"name":"raced"} }""");
            var rule = w.Call("POST", $"{Network}/security-group-rules",
                $$"""{"security_group_rule":{"security_group_id":"{{group}}","direction":"ingress","protocol":"tcp","port_range_min":22,"port_range_max":22} }""");
            return new Race([rule, rule], Race.OneWins);
        },
        ["rebuild and console"] = async (w, _) =>
        {
            var server = await w.Server();
            return new Race([w.Act(server, $$"""{"rebuild":{"imageRef":"{{w.Image}}"} }"""), w.Act(server, """{"os-getConsoleOutput":{} }""")],
                s => s[0] == 202, told => ServerIs(w, server, told, "ACTIVE"));
        },
        ["live migration and delete"] = async (w, _) =>
        {
            var server = await w.Server();
            return new Race([w.Call("POST", $"{Compute}/servers/{server}/action", """{"os-migrateLive":{"host":null,"block_migration":"auto"} }""", w.Admin),
                w.DeleteServer(server)], s => s[1] is 204 or 409);
        },
        ["confirm and revert"] = async (w, _) =>
        {
            var server = await w.Server();
            await w.Act(server, Resize)();
            await w.Quiet();
            return new Race([w.Act(server, """{"confirmResize":null}"""), w.Act(server, """{"revertResize":null}""")], Race.OneWins,
                told => ServerIs(w, server, told, "ACTIVE"));
        },
        ["keypair delete during create"] = async (w, round) =>
        {
            await w.Must("POST", $"{Compute}/os-keypairs", Keypair($"short-lived-{round}"));
            return new Race([w.Call("POST", $"{Compute}/servers", w.ServerBody($$""","key_name":"short-lived-{{round}}" """)),
                w.Call("DELETE", $"{Compute}/os-keypairs/short-lived-{round}")], s => s[1] < 300 && s[0] is 202 or 400);
        },
        ["one name twice"] = (w, round) =>
        {
            var make = w.Call("POST", $"{Compute}/os-keypairs", Keypair($"only-{round}"));
            return Task.FromResult(new Race([make, make], Race.OneWins));
        },
        ["allocations of a stale generation"] = async (w, round) =>
        {
            var provider = Guid.NewGuid().ToString();
            await w.Must("POST", "/placement/resource_providers", $$"""{"name":"provider-{{round}}","uuid":"{{provider}}"}""", w.Admin);
            await w.Must("PUT", $"/placement/resource_providers/{provider}/inventories",
                """{"resource_provider_generation":0,"inventories":{"VCPU":{"total":8} } }""", w.Admin);
            var claim = w.Call("PUT", $"/placement/allocations/{Guid.NewGuid()}", $$"""
                {"allocations":{"{{provider}}":{"resources":{"VCPU":1} } },"project_id":"{{w.Project}}","user_id":"{{w.Project}}","consumer_generation":null,"consumer_type":"TEST"}
                """, w.Admin);
            return new Race([claim, claim], Race.OneWins);
        },
    };

    private static Func<Task<int>> Attach(World w, string server, string volume) =>
        w.Call("POST", $"{Compute}/servers/{server}/os-volume_attachments", World.VolumeToAttach(volume));

    private static Func<Task<int>> Extend(World w, string volume) =>
        w.Call("POST", $"{w.Volumes}/{volume}/action", """{"os-extend":{"new_size":2} }""");

    private static string Keypair(string name) => $$"""{"keypair":{"name":"{{name}}","type":"ssh","public_key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q raced"} }""";

    private static async Task<(string Network, string Subnet)> Subnet(World w, int round, string more = "")
    {
        var network = await w.Made("network", $"{Network}/networks", """{"network":{"name":"raced"} }""");
        var subnet = await w.Made("subnet", $"{Network}/subnets",
            $$"""{"subnet":{"network_id":"{{network}}","ip_version":4,"cidr":"10.77.{{round % 250}}.0/24"{{more}}} }""");
        return (network, subnet);
    }

    private static Func<Task<int>> Upload(World w, string image) => async () =>
    {
        using var client = await w.As("demo");
        using var content = new ByteArrayContent(ImageClient.Bytes(256 << 10));
        content.Headers.ContentType = new("application/octet-stream");
        using var answer = await client.PutAsync($"/image/v2/images/{image}/file", content);
        return (int)answer.StatusCode;
    };

    private static async Task<(string User, string Role, HttpClient Client)> Member(World w, string project, string name, string? projectName = null)
    {
        var user = await w.Made("user", "/identity/v3/users", $$"""{"user":{"name":"{{name}}","password":"{{TestCloud.TestPassword}}"} }""", w.Admin);
        var role = (await w.Must("GET", "/identity/v3/roles?name=member", null, w.Admin)).GetProperty("roles")[0].GetProperty("id").GetString()!;
        await w.Must("PUT", $"/identity/v3/projects/{project}/users/{user}/roles/{role}", null, w.Admin);
        return (user, role, await w.As($"{name}/{projectName ?? "demo"}"));
    }

    private static async Task<int> Revoke(World w, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/identity/v3/auth/tokens");
        request.Headers.Add("X-Subject-Token", token);
        using var answer = await w.Admin.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static async Task Refused(World w, HttpClient client, string told)
    {
        var status = (await w.Send("GET", $"{Compute}/servers", null, client)).Status;
        client.Dispose();
        Assert.True(status == 401, $"{told}: the token still works ({status})");
    }

    private static async Task Gone(World w, string server, string told) =>
        Assert.True((await w.Send("GET", $"{Compute}/servers/{server}")).Status == 404, $"{told}: the server is still there");

    private static async Task ServerIs(World w, string server, string told, params string[] statuses)
    {
        var status = (await w.Must("GET", $"{Compute}/servers/{server}")).GetProperty("server").GetProperty("status").GetString();
        Assert.True(statuses.Contains(status), $"{told}: the server is {status}");
    }

    private static async Task VolumeIs(World w, string volume, string told, params string[] statuses)
    {
        var status = (await w.Must("GET", $"{w.Volumes}/{volume}")).GetProperty("volume").GetProperty("status").GetString();
        Assert.True(statuses.Contains(status), $"{told}: the volume is {status}");
    }
}
