using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Routers;

/// <summary>A router's way out: a port of its own on an external network.</summary>
internal static class RouterGateway
{
    public static Fault Bad(string message) => Fault.BadRequest($"Bad router request: {message}.", "BadRequest");

    /// <summary>Sets, moves or clears the gateway as the body says; gives the router with its port.</summary>
    public static RouterRecord Apply(Tx tx, Caller caller, RouterRecord router, JsonElement info, DateTimeOffset now)
    {
        var networkId = info.GetText("network_id");
        if (networkId is null) return Clear(tx, router);
        var network = NetworkStore.Find(tx, caller, networkId) ?? throw NetworkFault.NetworkNotFound(networkId);
        if (!network.External) throw Bad($"Network {networkId} is not an external network");
        var wanted = Addresses(info);
        if (router.ExternalNetworkId == networkId && router.GatewayPortId is not null) Readdress(tx, router, wanted);
        else router = Attach(tx, Clear(tx, router), network, wanted, now);
        return router with { EnableSnat = info.GetFlag("enable_snat") ?? true };
    }

    private static List<FixedIpRequest>? Addresses(JsonElement info) => info.Get("external_fixed_ips") is null
        ? null
        : [.. info.GetItems("external_fixed_ips").Select(f => new FixedIpRequest(
            f.GetText("subnet_id"), f.GetText("ip_address") is { } ip ? IPAddress.Parse(ip) : null)).Where(r => r is not { SubnetId: null, Address: null })];

    private static void Readdress(Tx tx, RouterRecord router, List<FixedIpRequest>? wanted)
    {
        if (wanted is not { Count: > 0 }) return;
        var port = PortStore.FindAny(tx, router.GatewayPortId!)!;
        IpAllocator.Replace(tx, new PortToAddress(port.Id, port.NetworkId, port.Mac, port.DeviceOwner), port.FixedIps, wanted);
    }

    private static RouterRecord Attach(Tx tx, RouterRecord router, NetworkRecord network, List<FixedIpRequest>? wanted, DateTimeOffset now)
    {
        var subnets = SubnetStore.OfNetwork(tx, network.Id);
        foreach (var inside in RouterStore.Interfaces(tx, router.Id).SelectMany(p => p.FixedIps))
            if (SubnetStore.FindAny(tx, inside.SubnetId) is { } mine && subnets.FirstOrDefault(s => IpNumber.Overlap(s.Cidr, mine.Cidr)) is { } outside)
                throw Bad($"Cidr {mine.Cidr} of subnet {mine.Id} overlaps with cidr {outside.Cidr} of subnet {outside.Id}");
        // The cloud's own: no project owns it, so that nobody's quota or list has it.
        var port = new PortRecord
        {
            Id = Guid.NewGuid().ToString(),
            Number = PortStore.NextNumber(tx),
            ProjectId = "",
            NetworkId = network.Id,
            Mac = PortStore.NewMac(tx, network.Id),
            DeviceId = router.Id,
            DeviceOwner = DeviceOwners.RouterGateway,
            Host = LocalHost.Name,
            Status = "ACTIVE",
            PortSecurityEnabled = false,
            CreatedAt = now,
            UpdatedAt = now,
        };
        PortStore.Insert(tx, port);
        // Rule (neutron/db/l3_db.py): a gateway on a network without subnets has no address, and gets one with the first.
        if (subnets.Count > 0 || wanted is { Count: > 0 })
            IpAllocator.Allocate(tx, new PortToAddress(port.Id, network.Id, port.Mac, port.DeviceOwner), wanted is { Count: 0 } ? null : wanted);
        return router with { GatewayPortId = port.Id, ExternalNetworkId = network.Id };
    }

    /// <summary>Floating IPs through it keep it.</summary>
    public static RouterRecord Clear(Tx tx, RouterRecord router)
    {
        if (router.GatewayPortId is not { } port) return router;
        if (tx.Exists($"SELECT 1 FROM floating_ips WHERE router_id = {router.Id}"))
            throw Fault.Conflict(
                $"Gateway cannot be updated for router {router.Id}, since a gateway to external network {router.ExternalNetworkId} is required by one or more floating IPs.",
                "RouterExternalGatewayInUseByFloatingIp");
        PortStore.Delete(tx, port);
        return router with { GatewayPortId = null, ExternalNetworkId = null, ExternalFixedIps = [] };
    }
}
