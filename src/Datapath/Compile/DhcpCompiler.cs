using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Compile;

/// <summary>
/// A network's own namespace: dnsmasq and the metadata address on one interface. IPv6 subnets that a router joins are
/// advertised by the router, which is where guests must send to; this namespace advertises only those without one.
/// </summary>
static class DhcpCompiler
{
    public static NamespaceState Compile(PlanIndex index, PlannedPort port, Names names, LinuxDatapathOptions options)
    {
        var network = index.Networks[port.NetworkId];
        var routed = index.PortsByNetwork[network.Id].Where(other => other.Device == PortDevice.RouterInterface)
            .SelectMany(other => other.FixedIps).Select(fixedIp => fixedIp.SubnetId).ToHashSet();
        var subnets = network.Subnets
            .Where(subnet => port.FixedIps.Any(fixedIp => fixedIp.SubnetId == subnet.Id))
            .Where(subnet => subnet.Dhcp && (!subnet.Cidr.IsV6() || (subnet.Ipv6Mode is not null && !routed.Contains(subnet.Id))))
            .ToList();
        var name = names.Dhcp(network.Id);
        var state = new NamespaceState(name)
        {
            Place = new DatapathNamespace.OfNetwork(network.Id),
            Dnsmasq = subnets.Count == 0 ? null
                : DnsmasqText.Compile(index, [new DhcpInterface(port, network, subnets, IsRouter: false)], name, options),
        };
        var device = Names.InnerEnd(port.Number);
        var link = new Link(device, LinkKind.Peer) { Mac = port.Mac, Mtu = network.Mtu, Up = port.AdminUp, FullChecksums = true };
        foreach (var fixedIp in port.FixedIps)
            link.Addresses.Add($"{fixedIp.Address}/{index.Subnet(fixedIp.SubnetId).Cidr.PrefixLength}");
        link.Addresses.Add($"{Prefixes.Metadata}/32");
        SwitchCompiler.Add(state, new Link("lo", LinkKind.Loopback));
        SwitchCompiler.Add(state, link);
        // For dnsmasq's own questions to its forwarders.
        var gateway = subnets.Select(subnet => subnet.Gateway).FirstOrDefault(address => address is { } ip && !ip.IsV6());
        if (gateway is not null && port.AdminUp)
            state.Routes.Add(new Route(false, "default", $"{gateway}", device));
        state.Sysctls["ipv4/ip_forward"] = "0";
        state.Sysctls["ipv6/conf/all/forwarding"] = "0";
        state.Sysctls["ipv6/conf/default/accept_ra"] = "0";
        return state;
    }
}
