using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.SubnetPools;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Subnets;

internal static class CreateSubnet
{
    /// <summary>Who owns the network decides who may add to it.</summary>
    public static PolicyTarget Target(Creation creation)
    {
        var network = Network(creation);
        var target = PolicyTarget.OwnedBy(creation.ProjectId);
        target["network:project_id"] = network.ProjectId;
        target["network:tenant_id"] = network.ProjectId;
        return target;
    }

    private static NetworkRecord Network(Creation creation)
    {
        var id = creation.Text("network_id");
        return NetworkStore.Find(creation.Tx, creation.Caller, id) ?? throw NetworkFault.NetworkNotFound(id);
    }

    public static SubnetRecord Run(Creation creation)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        QuotaStore.Claim(tx, creation.ProjectId, "subnet");
        var network = Network(creation);
        var (cidr, pool) = Prefix(creation);
        var version = IpNumber.Version(cidr.BaseAddress);
        if (body.GetInt("ip_version") is { } asked && asked != version)
            throw NetworkFault.InvalidInput($"'cidr' '{cidr}' does not match the ip_version '{asked}'");
        var gateway = Gateway(creation, cidr);
        var subnet = new SubnetRecord
        {
            Id = creation.NewId,
            ProjectId = creation.ProjectId,
            NetworkId = network.Id,
            Name = creation.Text("name"),
            Description = creation.Text("description"),
            IpVersion = version,
            Cidr = cidr,
            Gateway = gateway,
            EnableDhcp = creation.Flag("enable_dhcp", true),
            Ipv6RaMode = body.GetText("ipv6_ra_mode"),
            Ipv6AddressMode = body.GetText("ipv6_address_mode"),
            DnsNameservers = SubnetRules.AskedNameservers(body),
            HostRoutes = SubnetRules.AskedRoutes(body, "host_routes"),
            ServiceTypes = [.. body.GetItems("service_types").Select(t => t.GetString()!).Distinct()],
            SubnetPoolId = pool,
            DnsPublishFixedIp = creation.Flag("dns_publish_fixed_ip", false),
            Pools = SubnetRules.AskedPools(body, version) ?? SubnetRules.DefaultPools(cidr, gateway),
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
            NetworkProjectId = network.ProjectId,
            NetworkExternal = network.External,
            NetworkShared = network.Shared,
        };
        SubnetRules.Check(subnet);
        Insert(tx, network, subnet, creation.Now);
        TagStore.Replace(tx, subnet.Id, body.GetItems("tags").Select(t => t.GetString()!));
        return subnet;
    }

    /// <summary>The row with all that follows from it: the network's revision, automatic addresses, the DHCP port.</summary>
    public static void Insert(Tx tx, NetworkRecord network, SubnetRecord subnet, DateTimeOffset now)
    {
        var neighbour = SubnetStore.OfNetwork(tx, network.Id).FirstOrDefault(s => IpNumber.Overlap(s.Cidr, subnet.Cidr));
        if (neighbour is not null)
            throw NetworkFault.InvalidInput($"Requested subnet with cidr: {subnet.Cidr} for network: {network.Id} overlaps with another subnet");
        if (subnet.IpVersion == 6 && network.Mtu < 1280)
            throw NetworkFault.InvalidInput($"mtu {network.Mtu} of network {network.Id} is too small for IPv6, which needs 1280");
        SubnetStore.Insert(tx, subnet);
        NetworkStore.Touch(tx, network.Id, now);
        if (subnet.IsAutomatic) AddressExistingPorts(tx, subnet);
        if (network.External) AddressGateways(tx, subnet);
        DhcpPorts.Follow(tx, network.Id, now);
    }

    // Rule (neutron/db/l3_db.py, subnets of external networks): a gateway that has no address of this version gets one.
    private static void AddressGateways(Tx tx, SubnetRecord subnet)
    {
        foreach (var port in PortStore.Query(tx, $" WHERE p.network_id = {subnet.NetworkId} AND p.device_owner = {DeviceOwners.RouterGateway}"))
            if (port.FixedIps.All(f => IpNumber.Version(f.Address) != subnet.IpVersion))
                IpAllocator.TryAllocate(tx, new PortToAddress(port.Id, port.NetworkId, port.Mac, port.DeviceOwner), subnet);
    }

    private static void AddressExistingPorts(Tx tx, SubnetRecord subnet)
    {
        foreach (var port in PortStore.Query(tx, $" WHERE p.network_id = {subnet.NetworkId}"))
            if (!port.IsRouterPort && port.DeviceOwner != DeviceOwners.Dhcp)
                IpAllocator.TakeAutomatic(tx, new PortToAddress(port.Id, port.NetworkId, port.Mac, port.DeviceOwner), subnet);
    }

    private static (IPNetwork Cidr, string? PoolId) Prefix(Creation creation)
    {
        var body = creation.Body;
        var pool = body.GetText("subnetpool_id");
        if (body.GetFlag("use_default_subnetpool") is true)
        {
            if (pool is not null) throw Bad("subnetpool_id and use_default_subnetpool cannot both be specified");
            pool = SubnetPoolStore.Default(creation.Tx, body.GetInt("ip_version") ?? 4)
                ?? throw Bad("No default subnetpool found for IPv" + (body.GetInt("ip_version") ?? 4));
        }
        if (pool is not null) return (SubnetPoolAllocation.Take(creation, pool), pool);
        if (body.GetText("cidr") is not { } cidr) throw Bad("a subnetpool must be specified in the absence of a cidr");
        if (body.Get("prefixlen") is not null) throw Bad("prefixlen can only be specified with a subnetpool");
        if (body.GetInt("ip_version") is null)
            throw NetworkFault.BadRequest("Failed to parse request. Required attribute 'ip_version' not specified");
        IpNumber.TryCidr(cidr, out var parsed, out _);
        return (parsed, null);
    }

    private static Fault Bad(string message) => Fault.BadRequest($"Bad subnets request: {message}.", "BadRequest");

    private static IPAddress? Gateway(Creation creation, IPNetwork cidr)
    {
        if (!creation.Body.Has("gateway_ip")) return SubnetRules.DefaultGateway(cidr);
        return creation.Body.GetText("gateway_ip") is { } asked ? IPAddress.Parse(asked) : null;
    }
}
