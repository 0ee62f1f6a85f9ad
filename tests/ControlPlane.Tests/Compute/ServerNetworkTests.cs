using System.Text.Json;
using Cumulet.ControlPlane.Compute.Metadata;
using Cumulet.ControlPlane.Tests.ComputeWide;
using Cumulet.ControlPlane.Tests.Images;
using Cumulet.ControlPlane.Tests.Networking;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>Which networks a new server is on, and how its devices find their tags.</summary>
public sealed class ServerNetworkTests
{
    private sealed class Place : IAsyncDisposable
    {
        public required ServerCloud Cloud { get; init; }
        public required NetworkClient Admin { get; init; }
        public required NetworkClient Demo { get; init; }

        public static async Task<Place> Open()
        {
            var cloud = new ServerCloud();
            await cloud.InitializeAsync();
            return new Place { Cloud = cloud, Admin = await NetworkClient.As(cloud.Cloud, "admin"), Demo = await NetworkClient.As(cloud.Cloud, "demo") };
        }

        /// <summary>The network that every project of a new cloud has is the administrator's alone.</summary>
        public async Task HideNetworks()
        {
            foreach (var network in (await Admin.Get("networks"))["networks"].EnumerateArray())
                await Admin.Put($"networks/{NetworkClient.Id(network)}", """{"network": {"shared": false}}""");
        }

        public string Body(string networks, string more = "") => ServerCloud.Body(
            $"\"name\": \"net\", \"imageRef\": \"{Cloud.Image}\", \"flavorRef\": \"1\", \"networks\": {networks} {more}");

        public async Task<string> Active(string networks)
        {
            var id = await Cloud.Create(Body(networks));
            await Cloud.Becomes(id, "ACTIVE");
            return id;
        }

        public async Task<List<JsonElement>> Ports(string server) => [.. (await Demo.Get($"ports?device_id={server}"))["ports"].EnumerateArray()];

        public async ValueTask DisposeAsync()
        {
            Admin.Dispose();
            Demo.Dispose();
            await Cloud.DisposeAsync();
        }
    }

    [Fact]
    public async Task Auto_takes_the_one_network_there_is_and_none_takes_none()
    {
        await using var place = await Place.Open();
        var port = Assert.Single(await place.Ports(await place.Active("\"auto\"")));
        Assert.Equal(await place.Demo.Named("private"), port.GetProperty("network_id").GetString());
        var none = await place.Active("\"none\"");
        Assert.Empty(await place.Ports(none));
        Assert.Equal("{}", (await place.Cloud.Show(none)).GetProperty("addresses").GetRawText());
        await place.Demo.Subnet(await place.Demo.Network(), "10.77.0.0/24");
        Assert.StartsWith("Multiple possible networks found", NovaClient.Message(await place.Cloud.Demo.Post("servers", place.Body("\"auto\""), 409)));
        var old = await place.Cloud.DemoAt("2.36");
        await old.Post("servers", place.Body("\"auto\""), 400);
        await place.Cloud.Demo.Post("servers", place.Body("\"some\""), 400);
    }

    [Fact]
    public async Task Auto_makes_a_network_for_a_project_without_one_and_only_one()
    {
        await using var place = await Place.Open();
        await place.HideNetworks();
        await place.Admin.WithoutDefaultPools();
        // Without a default pool of subnets there is nothing to make it of, and nothing is left over.
        var refused = NovaClient.Message(await place.Cloud.Demo.Post("servers", place.Body("\"auto\""), 400));
        Assert.StartsWith($"Unable to automatically allocate a network for project {place.Cloud.Cloud.First.DemoProjectId}", refused);
        Assert.Equal(0, (await place.Cloud.Demo.Get("servers")).GetProperty("servers").GetArrayLength());
        Assert.Empty((await place.Demo.Get("networks?router:external=false"))["networks"].EnumerateArray());

        await place.Admin.Post("subnetpools", """{"subnetpool": {"name": "p", "prefixes": ["10.200.0.0/16"], "default_prefixlen": 26, "is_default": true, "shared": true}}""");
        var made = await place.Cloud.Create(place.Body("\"auto\"", ", \"min_count\": 2, \"max_count\": 2"));
        await place.Cloud.Becomes(made, "ACTIVE");
        var servers = (await place.Cloud.Demo.Get("servers")).GetProperty("servers").EnumerateArray().Select(s => s.GetProperty("id").GetString()!).ToList();
        Assert.Equal(2, servers.Count);
        foreach (var server in servers)
        {
            await place.Cloud.Becomes(server, "ACTIVE");
            var port = Assert.Single(await place.Ports(server));
            Assert.StartsWith("10.200.", port.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString());
        }
        var network = Assert.Single((await place.Demo.Get("networks?router:external=false"))["networks"].EnumerateArray());
        Assert.Equal("auto_allocated_network", network.GetProperty("name").GetString());
        Assert.Equal(NetworkClient.Id(network), (await place.Demo.Get("auto-allocated-topology/None"))["auto_allocated_topology"].GetProperty("id").GetString());
        Assert.Single((await place.Demo.Get("routers"))["routers"].EnumerateArray());
    }

    [Fact]
    public async Task Security_group_that_is_not_there_refuses_the_server()
    {
        await using var place = await Place.Open();
        var body = place.Body("\"auto\"", """, "security_groups": [{"name": "default"}, {"name": "nowhere"}]""");
        Assert.Equal("Unable to find security_group with name or id 'nowhere'", NovaClient.Message(await place.Cloud.Demo.Post("servers", body, 400)));
        Assert.Equal(0, (await place.Cloud.Demo.Get("servers")).GetProperty("servers").GetArrayLength());
    }

    [Fact]
    public async Task Interface_without_a_network_is_refused_where_the_project_has_none()
    {
        await using var place = await Place.Open();
        var server = await place.Active("\"none\"");
        await place.HideNetworks();
        Assert.StartsWith("No specific network was requested", NovaClient.Message(
            await place.Cloud.Demo.Post($"servers/{server}/os-interface", """{"interfaceAttachment": {}}""", 400)));
    }

    [Fact]
    public async Task Tags_of_ports_brought_and_made_are_told_to_the_guest_and_let_go_with_the_port()
    {
        await using var place = await Place.Open();
        var network = await place.Demo.Named("private");
        var brought = await place.Demo.Port(network);
        var server = await place.Active($$"""
            [{"port": "{{NetworkClient.Id(brought)}}", "tag": "brought"}, {"uuid": "{{network}}", "tag": "made"}, {"uuid": "{{network}}"}]
            """);
        var devices = Devices(place, server);
        Assert.Equal(["brought", "made"], devices.Select(d => d.GetProperty("tags")[0].GetString()!));
        Assert.Equal(brought.GetProperty("mac_address").GetString(), devices[0].GetProperty("mac").GetString());
        Assert.Equal(("nic", "pci", "none"), (devices[0].GetProperty("type").GetString(), devices[0].GetProperty("bus").GetString(), devices[0].GetProperty("address").GetString()));

        var later = await place.Demo.Port(network);
        await place.Cloud.Demo.Post($"servers/{server}/os-interface", $$$"""{"interfaceAttachment": {"port_id": "{{{NetworkClient.Id(later)}}}", "tag": "later"}}""", 200);
        Assert.Equal(["brought", "made", "later"], Devices(place, server).Select(d => d.GetProperty("tags")[0].GetString()!));
        await place.Cloud.Demo.Delete($"servers/{server}/os-interface/{NetworkClient.Id(brought)}", 202);
        await Eventually.Holds(async () => (await place.Ports(server)).Count == 3);
        // Clients wait for a detachment by the name of its event.
        var action = (await place.Cloud.Demo.Get($"servers/{server}/os-instance-actions")).GetProperty("instanceActions")
            .EnumerateArray().First(a => a.GetProperty("action").GetString() == "detach_interface").GetProperty("request_id").GetString();
        Assert.Equal("compute_detach_interface", (await place.Cloud.Admin.Get($"servers/{server}/os-instance-actions/{action}"))
            .GetProperty("instanceAction").GetProperty("events")[0].GetProperty("event").GetString());
        await place.Cloud.Demo.Post($"servers/{server}/os-interface", $$$"""{"interfaceAttachment": {"port_id": "{{{NetworkClient.Id(brought)}}}"}}""", 200);
        Assert.DoesNotContain("brought", Devices(place, server).Select(d => d.GetProperty("tags")[0].GetString()));
    }

    private static List<JsonElement> Devices(Place place, string server)
    {
        var data = place.Cloud.Cloud.Cloud.Rooms.Compute.GuestDataOf(server)!;
        var drive = data.Files().First(f => f.Path == "openstack/latest/meta_data.json");
        List<JsonElement> Read(ReadOnlyMemory<byte> json) => [.. JsonDocument.Parse(json).RootElement.GetProperty("devices").EnumerateArray()];
        var told = Read(MetadataTree.Find(data, "/openstack/latest/meta_data.json").Body);
        Assert.Equal(Read(drive.Content).Select(d => d.GetRawText()), told.Select(d => d.GetRawText()));
        return told;
    }
}
