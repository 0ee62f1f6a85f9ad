using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;

namespace Cumulet.ControlPlane.Networking.Subnets;

/// <summary>What holds for every subnet, whether it is being made or changed. Pure: nothing here reads a row.</summary>
internal static class SubnetRules
{
    private const int MaxNameservers = 5;
    private const int MaxRoutes = 20;

    public static void Check(SubnetRecord subnet)
    {
        CheckDhcp(subnet);
        CheckGateway(subnet);
        CheckPools(subnet);
        if (subnet.DnsNameservers.Count > MaxNameservers)
            throw Fault.BadRequest($"Unable to complete operation for {subnet.Id}. The number of DNS nameservers exceeds the limit {MaxNameservers}.", "DNSNameServersExhausted");
        if (subnet.HostRoutes.Count > MaxRoutes)
            throw Fault.BadRequest($"Unable to complete operation for {subnet.Id}. The number of host routes exceeds the limit {MaxRoutes}.", "HostRoutesExhausted");
        foreach (var route in subnet.HostRoutes) CheckRoute(subnet, route);
        CheckIpv6(subnet);
    }

    private static void CheckRoute(SubnetRecord subnet, HostRoute route)
    {
        CheckVersion(subnet, "nexthop", route.NextHop);
        CheckVersion(subnet, "destination", route.Destination.Split('/')[0]);
    }

    private static void CheckVersion(SubnetRecord subnet, string name, string address)
    {
        if (IpNumber.Version(IPAddress.Parse(address)) != subnet.IpVersion)
            throw NetworkFault.InvalidInput($"'{name}' '{address}' does not match the ip_version '{subnet.IpVersion}'");
    }

    private static void CheckDhcp(SubnetRecord subnet)
    {
        if (subnet.Cidr.PrefixLength == 0) throw NetworkFault.InvalidInput("0 is not allowed as CIDR prefix length");
        if (!subnet.EnableDhcp) return;
        if (subnet.Cidr.PrefixLength > IpNumber.Bits(subnet.IpVersion) - 2)
            throw NetworkFault.InvalidInput("Subnet has a prefix length that is incompatible with DHCP service enabled");
        var address = subnet.Cidr.BaseAddress;
        if (IPAddress.IsLoopback(address)) throw NetworkFault.InvalidInput("Loopback IP subnet is not supported if enable_dhcp is True");
        if (IsMulticast(address)) throw NetworkFault.InvalidInput("Multicast IP subnet is not supported if enable_dhcp is True");
    }

    private static bool IsMulticast(IPAddress address) =>
        address.IsIPv6Multicast || (IpNumber.Version(address) == 4 && address.GetAddressBytes()[0] is >= 224 and < 240);

    private static void CheckGateway(SubnetRecord subnet)
    {
        if (subnet.Gateway is not { } gateway) return;
        CheckVersion(subnet, "gateway_ip", gateway.ToString());
        if (subnet.Cidr.Contains(gateway) && !subnet.IsUsable(gateway)) throw NetworkFault.InvalidInput("Gateway is not valid on subnet");
        var number = IpNumber.Of(gateway);
        if (subnet.Pools.FirstOrDefault(p => number >= p.First && number <= p.Last) is { } pool)
            throw Fault.Conflict($"Gateway ip {gateway} conflicts with allocation pool {Text(pool, subnet.IpVersion)}.", "GatewayConflictWithAllocationPools");
    }

    private static void CheckPools(SubnetRecord subnet)
    {
        AddressRange? before = null;
        foreach (var pool in subnet.Pools.OrderBy(p => p.First))
        {
            if (pool.First > pool.Last)
                throw Fault.BadRequest($"The allocation pool {Text(pool, subnet.IpVersion)} is not valid.", "InvalidAllocationPool");
            if (!subnet.IsUsable(IpNumber.ToAddress(pool.First, subnet.IpVersion)) || !subnet.IsUsable(IpNumber.ToAddress(pool.Last, subnet.IpVersion)))
                throw Fault.BadRequest($"The allocation pool {Text(pool, subnet.IpVersion)} spans beyond the subnet cidr {subnet.Cidr}.", "OutOfBoundsAllocationPool");
            if (before is not null && pool.First <= before.Last)
                throw Fault.Conflict(
                    $"Found overlapping allocation pools: {Text(before, subnet.IpVersion)}, {Text(pool, subnet.IpVersion)} for subnet {subnet.Cidr}.", "OverlappingAllocationPools");
            before = pool;
        }
    }

    private static void CheckIpv6(SubnetRecord subnet)
    {
        var (ra, mode) = (subnet.Ipv6RaMode, subnet.Ipv6AddressMode);
        if (ra is null && mode is null) return;
        if (subnet.IpVersion == 4)
            throw NetworkFault.InvalidInput($"{(ra is not null ? "ipv6_ra_mode" : "ipv6_address_mode")} is not valid when ip_version is 4");
        if (!subnet.EnableDhcp)
            throw NetworkFault.InvalidInput("ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False");
        if (ra is not null && mode is not null && ra != mode)
            throw NetworkFault.InvalidInput(
                $"ipv6_ra_mode set to '{ra}' with ipv6_address_mode set to '{mode}' is not valid. If both attributes are set, they must be the same value");
        if ((mode ?? ra) is "slaac" or "dhcpv6-stateless" && subnet.Cidr.PrefixLength != 64)
            throw NetworkFault.InvalidInput(
                $"Invalid CIDR {subnet.Cidr} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64");
    }

    private static string Text(AddressRange pool, int version) =>
        pool.First == pool.Last ? IpNumber.ToAddress(pool.First, version).ToString() : $"{IpNumber.ToAddress(pool.First, version)}-{IpNumber.ToAddress(pool.Last, version)}";

    /// <summary>The first address after the network's own; null where the prefix has none to spare.</summary>
    public static IPAddress? DefaultGateway(IPNetwork cidr)
    {
        var (first, last) = IpNumber.Range(cidr);
        return last - first < 2 ? null : IpNumber.ToAddress(first + 1, IpNumber.Version(cidr.BaseAddress));
    }

    /// <summary>Everything that is neither the network's, the broadcast nor the gateway's address.</summary>
    public static IReadOnlyList<AddressRange> DefaultPools(IPNetwork cidr, IPAddress? gateway)
    {
        var version = IpNumber.Version(cidr.BaseAddress);
        var (first, last) = IpNumber.Range(cidr);
        if (last - first >= 2)
        {
            first++;
            if (version == 4) last--;
        }
        if (gateway is null || !cidr.Contains(gateway)) return [new AddressRange(first, last)];
        var hole = IpNumber.Of(gateway);
        var pools = new List<AddressRange>();
        if (hole > first) pools.Add(new AddressRange(first, UInt128.Min(hole - 1, last)));
        if (hole < last) pools.Add(new AddressRange(UInt128.Max(hole + 1, first), last));
        return pools;
    }

    public static IReadOnlyList<AddressRange>? AskedPools(JsonElement body, int version)
    {
        if (body.Get("allocation_pools") is null) return null;
        var pools = new List<AddressRange>();
        foreach (var item in body.GetItems("allocation_pools"))
        {
            var (start, end) = (IPAddress.Parse(item.GetText("start")!), IPAddress.Parse(item.GetText("end")!));
            if (IpNumber.Version(start) != version || IpNumber.Version(end) != version)
                throw Fault.BadRequest($"The allocation pool {start}-{end} is not valid.", "InvalidAllocationPool");
            pools.Add(new AddressRange(IpNumber.Of(start), IpNumber.Of(end)));
        }
        return pools;
    }

    public static IReadOnlyList<HostRoute> AskedRoutes(JsonElement body, string name) =>
        [.. body.GetItems(name).Select(r => new HostRoute(r.GetText("destination")!, IPAddress.Parse(r.GetText("nexthop")!).ToString()))];

    public static IReadOnlyList<string> AskedNameservers(JsonElement body) =>
        [.. body.GetItems("dns_nameservers").Select(n => IPAddress.Parse(n.GetString()!).ToString())];
}
