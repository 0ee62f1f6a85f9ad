using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Networking.Plan;
using Cumulet.ControlPlane.Networking.Servers;
using Cumulet.ControlPlane.Store;
using Cumulet.Datapath;

namespace Cumulet.ControlPlane.Tests.Networking;

/// <summary>The verbs that Compute calls in its own transactions, and the plan that follows from the rows.</summary>
public sealed class ServerPortTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Server = "5e3898d7-11be-483e-9732-b2f5eccd2b2e";

    private Database Database => cloud.Cloud.Parts.Database;

    private NetworkingRoom Room() => new(cloud.Cloud.Parts);

    private Caller Demo => new()
    {
        UserId = cloud.First.DemoUserId,
        UserName = "demo",
        UserDomainId = "default",
        ProjectId = cloud.First.DemoProjectId,
        Roles = System.Collections.Frozen.FrozenSet.ToFrozenSet(["member", "reader"]),
    };

    private static NewServerPort New(string network, string server, string? port = null) =>
        new() { ServerId = server, NetworkId = network, AvailabilityZone = "nova", HostName = "box", PortId = port };

    [Fact]
    public async Task Port_made_for_a_server_lives_and_goes_with_it()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var room = Room();
        var network = await demo.Network();
        await demo.Subnet(network, "10.80.0.0/24", """, "dns_nameservers": ["9.9.9.9"]""");
        var id = Guid.NewGuid().ToString();
        var server = Guid.NewGuid().ToString();
        var port = await Database.Write(tx => room.CreatePort(tx, Demo, New(network, server, id)));
        Assert.Equal(id, port.Id);
        Assert.Equal("9.9.9.9", Assert.Single(Assert.Single(port.FixedIps).Subnet.DnsServers));
        Assert.Equal("10.80.0.2", port.FixedIps[0].Subnet.DhcpServer);
        Assert.Equal("default", Assert.Single(port.SecurityGroups).Name);
        await Database.Write(tx => room.BindPort(tx, id, "test-host"));
        Assert.Equal("BUILD", (await demo.Get($"ports/{id}"))["port"].GetProperty("status").GetString());
        await Database.Write(tx => room.PortIsUp(tx, id, true));
        var shown = (await demo.Get($"ports/{id}"))["port"];
        Assert.Equal("ACTIVE", shown.GetProperty("status").GetString());
        Assert.Equal("compute:nova", shown.GetProperty("device_owner").GetString());
        Assert.Equal("box", shown.GetProperty("dns_name").GetString());
        Assert.Equal(server, room.ServerByAddress(network, IPAddress.Parse(port.FixedIps[0].Address)));
        Assert.Single(Database.Read(tx => room.PortsOf(tx, [server, Server]))[server]);
        await Database.Write(tx => room.ReleasePort(tx, id));
        await Database.Write(tx => room.ReleasePort(tx, id));
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Get($"ports/{id}")).Status);
    }

    [Fact]
    public async Task Port_brought_by_its_owner_is_given_back()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var room = Room();
        var network = await demo.Network();
        await demo.Subnet(network, "10.81.0.0/24");
        var id = NetworkClient.Id(await demo.Port(network));
        await Database.Write(tx => room.AdoptPort(tx, Demo, id, Server, "nova", "box", "data"));
        var taken = await Assert.ThrowsAsync<Fault>(() => Database.Write(tx => room.AdoptPort(tx, Demo, id, Guid.NewGuid().ToString(), "nova", "box", null)));
        Assert.Equal("PortInUse", taken.Type);
        await Database.Write(tx => room.ReleasePort(tx, id));
        var port = (await demo.Get($"ports/{id}"))["port"];
        Assert.Equal("", port.GetProperty("device_id").GetString());
        Assert.Equal("DOWN", port.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Refused_port_leaves_nothing_behind()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var room = Room();
        var network = await demo.Network();
        await demo.Subnet(network, "10.82.0.0/30", """, "enable_dhcp": false""");
        await demo.Port(network);
        var refused = await Assert.ThrowsAsync<Fault>(() => Database.Write(tx => room.CreatePort(tx, Demo, New(network, Server))));
        Assert.Equal("IpAddressGenerationFailure", refused.Type);
        Assert.Equal(1, (await demo.Get($"ports?network_id={network}"))["ports"].GetArrayLength());
    }

    [Fact]
    public async Task Members_get_no_server_port_on_the_external_network()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        var room = Room();
        var outside = await demo.Named("public");
        var refused = await Assert.ThrowsAsync<Fault>(() => Database.Write(tx => room.CreatePort(tx, Demo, New(outside, Server))));
        Assert.Equal(403, refused.Status);
        Assert.DoesNotContain(Database.Read(tx => room.NetworksFor(tx, Demo)), n => n.Id == outside);
    }

    [Fact]
    public async Task Plan_has_what_the_rows_say()
    {
        await using var own = await TestCloud.Start();
        using var demo = await NetworkClient.As(own, "demo");
        using var admin = await NetworkClient.As(own, "admin");
        var room = new NetworkingRoom(own.Cloud.Parts);
        var caller = Demo with { ProjectId = own.First.DemoProjectId };
        var outside = await demo.Named("public");
        var network = await demo.Network();
        var subnet = await demo.Subnet(network, "10.83.0.0/24");
        var router = NetworkClient.Id(await demo.Router($$""", "external_gateway_info": {"network_id": "{{outside}}"}"""));
        await demo.Put($"routers/{router}/add_router_interface", $$"""{"subnet_id": "{{subnet}}"}""");
        var port = await own.Cloud.Parts.Database.Write(tx =>
        {
            var made = room.CreatePort(tx, caller, New(network, Server));
            room.BindPort(tx, made.Id, "test-host");
            return made;
        });
        var floating = (await demo.Post("floatingips", $$"""{"floatingip": {"floating_network_id": "{{outside}}", "port_id": "{{port.Id}}"} }"""))["floatingip"];

        var plan = own.Cloud.Parts.Database.Read(tx => RowsToPlan.Compile(tx, "test-host"));
        Assert.Equal(3, plan.Networks.Count);
        Assert.True(plan.Networks.Single(n => n.Id == Guid.Parse(outside)).External);
        var vm = plan.Ports.Single(p => p.Device == PortDevice.Vm);
        Assert.Equal(Guid.Parse(port.Id), vm.Id);
        Assert.Equal("box", vm.Hostname);
        Assert.Equal(4, vm.Rules.Count);
        var members = plan.AddressSets.Single(s => s.Id == vm.Rules.First(r => r.RemoteSetId is not null).RemoteSetId);
        Assert.Equal(port.FixedIps[0].Address, members.Addresses[0].BaseAddress.ToString());
        Assert.Equal(2, plan.Ports.Count(p => p.Device == PortDevice.RouterGateway));
        Assert.Equal(2, plan.Ports.Count(p => p.Device == PortDevice.Dhcp));
        var planned = Assert.Single(plan.FloatingIps);
        Assert.Equal(floating.GetProperty("floating_ip_address").GetString(), planned.FloatingAddress.ToString());
        Assert.Equal(Guid.Parse(router), planned.RouterId);
        Assert.Empty(await room.AuditAddresses(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Applier_waits_for_a_round_that_began_after_the_commit()
    {
        using var demo = await NetworkClient.As(cloud, "demo");
        await using var datapath = new FakeDatapath();
        var applier = new PlanApplier(Database, datapath, "test-host", TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        applier.Start();
        for (var i = 0; i < 3; i++)
        {
            var network = Guid.Parse(await demo.Network());
            // As the room does after every commit.
            applier.Poke();
            await applier.Agreed(TestContext.Current.CancellationToken);
            Assert.Contains(datapath.Plan.Networks, n => n.Id == network);
        }
        await applier.Stop();
    }
}
