using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.FloatingIps;

internal static class CreateFloatingIp
{
    public static FloatingIpRecord Run(Creation creation)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        QuotaStore.Claim(tx, creation.ProjectId, "floatingip");
        var networkId = creation.Text("floating_network_id");
        var network = NetworkStore.Find(tx, creation.Caller, networkId) ?? throw NetworkFault.NetworkNotFound(networkId);
        if (!network.External) throw Association.Bad($"Network {networkId} is not a valid external network");
        var port = InsertPort(creation, network);
        var floating = new FloatingIpRecord
        {
            Id = creation.NewId,
            ProjectId = creation.ProjectId,
            Description = creation.Text("description"),
            FloatingIpAddress = port.FixedIps[0].Address.ToString(),
            FloatingNetworkId = network.Id,
            FloatingPortId = port.Id,
            DnsName = PortBody.DnsName(creation.Text("dns_name")),
            DnsDomain = DnsNames.Domain("dns_domain", creation.Text("dns_domain")),
            QosPolicyId = Qos.QosUse.Asked(tx, creation.Caller, body, null, $"floatingip {creation.NewId}"),
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
        };
        if (body.GetText("port_id") is { } fixedPort)
            floating = Association.Make(tx, creation.Caller, floating, fixedPort, body.GetText("fixed_ip_address"));
        else if (body.GetText("fixed_ip_address") is not null)
            throw Association.Bad("fixed_ip_address cannot be specified without a port_id");
        FloatingIpStore.Insert(tx, floating);
        TagStore.Replace(tx, floating.Id, body.GetItems("tags").Select(t => t.GetString()!));
        return floating;
    }

    // No project owns the port: the floating IP itself is what is owned.
    private static PortRecord InsertPort(Creation creation, NetworkRecord network)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        var port = new PortRecord
        {
            Id = Guid.NewGuid().ToString(),
            Number = PortStore.NextNumber(tx),
            ProjectId = "",
            NetworkId = network.Id,
            Mac = PortStore.NewMac(tx, network.Id),
            DeviceId = creation.NewId,
            DeviceOwner = DeviceOwners.FloatingIp,
            Status = "N/A",
            PortSecurityEnabled = false,
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
        };
        PortStore.Insert(tx, port);
        Address(tx, port, SubnetStore.OfNetwork(tx, network.Id).Where(s => s.IpVersion == 4 && s.ServesOwner(DeviceOwners.FloatingIp)).ToList(),
            body.GetText("subnet_id"), body.GetText("floating_ip_address"));
        return PortStore.FindAny(tx, port.Id)!;
    }

    private static void Address(Tx tx, PortRecord port, List<SubnetRecord> subnets, string? subnetId, string? address)
    {
        var addressing = new PortToAddress(port.Id, port.NetworkId, port.Mac, port.DeviceOwner);
        if (address is not null || subnetId is not null)
        {
            var wanted = address is null ? null : IPAddress.Parse(address);
            if (wanted is not null && IpNumber.Version(wanted) != 4) throw Association.Bad($"Floating IP address {address} is not an IPv4 address");
            IpAllocator.Allocate(tx, addressing, [new FixedIpRequest(subnetId, wanted)]);
            return;
        }
        if (subnets.Count == 0) throw Association.Bad($"Network {port.NetworkId} does not contain any IPv4 subnet");
        if (!subnets.Exists(s => IpAllocator.TryAllocate(tx, addressing, s))) throw NetworkFault.IpAddressGenerationFailure(port.NetworkId);
    }
}
