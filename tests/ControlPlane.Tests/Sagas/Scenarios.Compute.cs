using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Servers.</summary>
internal static partial class Scenarios
{
    private const string Servers = "/compute/v2.1/servers";

    // The longest way: a port, a disk cloned from an image and a volume made on the way.
    private static async Task<Attempt> CreateServer(KillableCloud cloud, string name)
    {
        var body = await ServerBody(cloud, name);
        return new Attempt(
            () => cloud.Send("POST", Servers, body),
            () => ServerIs(cloud, name, "ACTIVE"),
            () => RemoveServer(cloud, name));
    }

    private static async Task<Attempt> DeleteServer(KillableCloud cloud, string name)
    {
        var id = await NewServer(cloud, name);
        return new Attempt(
            () => cloud.Send("DELETE", $"{Servers}/{id}"),
            async () =>
            {
                Require((await FindServers(cloud, name)).Count == 0, $"server {name} is still there");
                Require((await cloud.Send("GET", $"/network/v2.0/ports?device_id={id}")).GetProperty("ports").GetArrayLength() == 0, $"{name}'s port is still there");
            },
            () => RemoveServer(cloud, name));
    }

    /// <summary>An action that another one has to come before.</summary>
    private static async Task<Attempt> After(KillableCloud cloud, string name, string first, string action, string final)
    {
        var id = await NewServer(cloud, name);
        await cloud.Send("POST", $"{Servers}/{id}/action", first);
        await cloud.Quiet();
        return new Attempt(
            () => cloud.Send("POST", $"{Servers}/{id}/action", action),
            () => ServerIs(cloud, name, final),
            () => RemoveServer(cloud, name));
    }

    private static async Task<Attempt> OnServer(KillableCloud cloud, string name, string action, string final)
    {
        var id = await NewServer(cloud, name);
        return new Attempt(
            () => cloud.Send("POST", $"{Servers}/{id}/action", action),
            () => ServerIs(cloud, name, final),
            () => RemoveServer(cloud, name));
    }

    // Its host is down only while that is asked for: the others need it.
    private static async Task<Attempt> EvacuateServer(KillableCloud cloud, string name)
    {
        var id = await NewServer(cloud, name);
        var host = (await cloud.Send("GET", $"{Servers}/{id}")).GetProperty("server").GetProperty("OS-EXT-SRV-ATTR:host").GetString();
        var service = (await cloud.Send("GET", $"/compute/v2.1/os-services?host={host}&binary=nova-compute")).GetProperty("services")[0].GetProperty("id").GetString();
        Task Down(bool isDown) => cloud.Send("PUT", $"/compute/v2.1/os-services/{service}", $$"""{"forced_down":{{(isDown ? "true" : "false")}}}""");
        return new Attempt(
            async () =>
            {
                await cloud.OneHostDown.WaitAsync();
                try
                {
                    await Evacuate();
                }
                finally
                {
                    cloud.OneHostDown.Release();
                }
            },
            async () =>
            {
                await ServerIs(cloud, name, "ACTIVE");
                var now = (await FindServers(cloud, name))[0].GetProperty("OS-EXT-SRV-ATTR:host").GetString();
                Require(now != host, $"{name} is still on {host}");
            },
            async () =>
            {
                await Down(false);
                await RemoveServer(cloud, name);
            });

        // The host comes back also where the evacuation is refused.
        async Task Evacuate()
        {
            await Down(true);
            try
            {
                await cloud.Send("POST", $"{Servers}/{id}/action", """{"evacuate":{} }""");
            }
            finally
            {
                await Down(false);
            }
        }
    }

    private static async Task<string> NewServer(KillableCloud cloud, string name)
    {
        var server = await cloud.Send("POST", Servers, await ServerBody(cloud, name));
        await cloud.Quiet();
        await ServerIs(cloud, name, "ACTIVE");
        return server.GetProperty("server").GetProperty("id").GetString()!;
    }

    private static async Task<string> ServerBody(KillableCloud cloud, string name)
    {
        var image = await Image(cloud);
        var networks = (await cloud.Send("GET", "/network/v2.0/networks?name=private")).GetProperty("networks");
        return $$"""
            {"server":{"name":"{{name}}","flavorRef":"1","imageRef":"{{image}}","networks":[{"uuid":"{{networks[0].GetProperty("id").GetString()}}"}],
             "block_device_mapping_v2":[
              {"boot_index":0,"uuid":"{{image}}","source_type":"image","destination_type":"local","delete_on_termination":true},
              {"boot_index":-1,"source_type":"blank","destination_type":"volume","volume_size":1,"delete_on_termination":true}]} }
            """;
    }

    // Nova's filter takes what contains the name: x-2 finds x-20 too.
    private static async Task<List<JsonElement>> FindServers(KillableCloud cloud, string name) =>
        [.. (await cloud.Send("GET", $"{Servers}/detail?name={name}")).GetProperty("servers").EnumerateArray().Where(s => s.GetProperty("name").GetString() == name)];

    private static async Task ServerIs(KillableCloud cloud, string name, string status)
    {
        var servers = await FindServers(cloud, name);
        Require(servers.Count == 1 && servers[0].GetProperty("status").GetString() == status,
            $"{name} is not {status}: {string.Join(' ', servers.Select(s => $"{s.GetProperty("status")} {(s.TryGetProperty("fault", out var f) ? f.ToString() : "")}"))}");
    }

    private static async Task RemoveServer(KillableCloud cloud, string name)
    {
        foreach (var server in await FindServers(cloud, name))
            await cloud.Send("DELETE", $"{Servers}/{server.GetProperty("id").GetString()}", null, 404);
        await cloud.Quiet();
    }
}
