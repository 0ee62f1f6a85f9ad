using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Compile;

/// <summary>
/// A router: an interface per port, routes, address translation. 169.254.169.254 is an address of its loopback, so that
/// guests reach the metadata service by their default route; from the gateway it cannot be reached.
///
/// A floating IP translates both ways. Traffic between two ports behind the router that goes by a floating IP must come
/// back through the router, so its source is translated too: to the sender's floating IP, or else the gateway's address.
/// </summary>
static class RouterCompiler
{
    public static NamespaceState Compile(PlanIndex index, PlannedRouter router, Names names, LinuxDatapathOptions options)
    {
        var name = names.Router(router.Id);
        var ports = index.PortsByRouter[router.Id].OrderBy(port => port.Number).ToList();
        var gateway = ports.Find(port => port.Device == PortDevice.RouterGateway);
        var state = new NamespaceState(name)
        {
            Place = new DatapathNamespace.OfRouter(router.Id),
            Dnsmasq = RouterAdvertisements(index, ports, name, options),
        };
        var loopback = new Link("lo", LinkKind.Loopback);
        loopback.Addresses.Add($"{Prefixes.Metadata}/32");
        SwitchCompiler.Add(state, loopback);
        foreach (var port in ports)
            AddInterface(state, index, router, port);
        if (gateway is not null)
            AddGateway(state, index, router, gateway);
        AddRoutes(state, index, router, ports);
        state.Tables.Add(Filter(gateway, index.FloatingIpsByRouter[router.Id], router.Meters));
        state.Sysctls["ipv4/ip_forward"] = "1";
        state.Sysctls["ipv6/conf/all/forwarding"] = "1";
        state.Sysctls["ipv6/conf/default/accept_ra"] = "0";
        // Answer ARP for an address only on the interface that has it: subnets stay apart, lo's address stays ours.
        state.Sysctls["ipv4/conf/all/arp_ignore"] = "1";
        state.Sysctls["ipv4/conf/all/arp_announce"] = "2";
        state.Sysctls["ipv4/conf/all/rp_filter"] = "0";
        state.Sysctls["ipv4/conf/default/rp_filter"] = "0";
        return state;
    }

    static void AddInterface(NamespaceState state, PlanIndex index, PlannedRouter router, PlannedPort port)
    {
        var link = new Link(Names.InnerEnd(port.Number), LinkKind.Peer)
        {
            Mac = port.Mac,
            Mtu = index.Networks[port.NetworkId].Mtu,
            Up = port.AdminUp && router.AdminUp,
        };
        foreach (var fixedIp in port.FixedIps)
            link.Addresses.Add($"{fixedIp.Address}/{index.Subnet(fixedIp.SubnetId).Cidr.PrefixLength}");
        SwitchCompiler.Add(state, link);
    }

    static void AddGateway(NamespaceState state, PlanIndex index, PlannedRouter router, PlannedPort gateway)
    {
        var device = Names.InnerEnd(gateway.Number);
        var table = new NftTable("ip", SpoofingRules.TableName);
        var inward = table.Sets["floating_in"] = new NftSet(true, "type ipv4_addr : ipv4_addr;");
        var outward = table.Sets["floating_out"] = new NftSet(true, "type ipv4_addr : ipv4_addr;");
        foreach (var floating in index.FloatingIpsByRouter[router.Id])
        {
            state.Links[device].Addresses.Add($"{floating.FloatingAddress}/32");
            if (floating.FixedAddress is not { } inside)
                continue;
            inward.Elements[$"{floating.FloatingAddress}"] = $"{inside}";
            outward.Elements[$"{inside}"] = $"{floating.FloatingAddress}";
        }
        var address = gateway.FixedIps.Select(fixedIp => fixedIp.Address).FirstOrDefault(ip => !ip.IsV6());
        table.Chains["from_gateway"] = new("type filter hook prerouting priority -150; policy accept;",
            [$"iifname \"{device}\" meta mark set 0x00000001"]);
        table.Chains["prerouting"] = new("type nat hook prerouting priority -100; policy accept;",
            [.. Forwardings(index, router), "dnat to ip daddr map @floating_in"]);
        List<string> rules = [$"oifname \"{device}\" snat to ip saddr map @floating_out"];
        if (address is not null && router.Snat)
            rules.Add($"oifname \"{device}\" snat to {address}");
        rules.Add($"oifname != \"{device}\" meta mark != 0x00000001 ct status dnat snat to ip saddr map @floating_out");
        if (address is not null)
            rules.Add($"oifname != \"{device}\" meta mark != 0x00000001 ct status dnat snat to {address}");
        table.Chains["postrouting"] = new("type nat hook postrouting priority 100; policy accept;", rules);
        state.Tables.Add(table);
    }

    static void AddRoutes(NamespaceState state, PlanIndex index, PlannedRouter router, List<PlannedPort> ports)
    {
        // The first of one destination wins: what the router was told goes before its subnets' gateways.
        HashSet<(bool, string)> taken = [];
        void Put(Route route)
        {
            if (taken.Add((route.V6, route.Destination)))
                state.Routes.Add(route);
        }
        foreach (var route in router.Routes)
        {
            // A next hop in none of the router's subnets cannot be reached; the API refuses it, a row may still say so.
            var port = ports.Find(port => port.AdminUp && router.AdminUp
                && port.FixedIps.Any(fixedIp => index.Subnet(fixedIp.SubnetId).Cidr.Contains(route.NextHop)));
            if (port is not null)
                Put(new Route(route.NextHop.IsV6(),
                    route.Destination.PrefixLength == 0 ? "default" : Prefixes.Text(route.Destination),
                    $"{route.NextHop}", Names.InnerEnd(port.Number)));
        }
        foreach (var gateway in ports.Where(port => port.Device == PortDevice.RouterGateway && port.AdminUp && router.AdminUp))
            foreach (var via in gateway.FixedIps.Select(fixedIp => index.Subnet(fixedIp.SubnetId).Gateway))
                if (via is not null)
                    Put(new Route(via.IsV6(), "default", $"{via}", Names.InnerEnd(gateway.Number)));
    }

    static IEnumerable<string> Forwardings(PlanIndex index, PlannedRouter router) =>
        from floating in index.FloatingIpsByRouter[router.Id]
        from forwarding in index.ForwardingsByFloatingIp[floating.Id]
        let rule = $"ip daddr {floating.FloatingAddress} meta l4proto {forwarding.Protocol} th dport {forwarding.ExternalPort}"
            + $" dnat to {forwarding.InternalAddress}:{forwarding.InternalPort}"
        orderby rule
        select rule;

    static NftTable Filter(PlannedPort? gateway, IEnumerable<PlannedFloatingIp> floatingIps, IReadOnlyList<PlannedMeter> meters)
    {
        var table = new NftTable("inet", SpoofingRules.TableName);
        List<string> forward = ["ip daddr 169.254.0.0/16 drop", "ip saddr 169.254.0.0/16 drop"];
        table.Chains["forward"] = new("type filter hook forward priority 0; policy accept;", forward);
        if (gateway is not null)
        {
            var device = Names.InnerEnd(gateway.Number);
            MeterRules.Add(table, device, meters);
            // Between the translations: to and from the address inside.
            foreach (var floating in floatingIps.Where(floating => floating.FixedAddress is not null))
            {
                forward.AddRange(QualityRules.Drops(floating.Quality, RuleDirection.Egress).Select(drop => $"oifname \"{device}\" ip saddr {floating.FixedAddress} {drop}"));
                forward.AddRange(QualityRules.Drops(floating.Quality, RuleDirection.Ingress).Select(drop => $"iifname \"{device}\" ip daddr {floating.FixedAddress} {drop}"));
            }
            table.Chains["input"] = new("type filter hook input priority 0; policy accept;",
            [
                $"iifname \"{device}\" ct state established,related accept",
                $"iifname \"{device}\" meta l4proto {{ 6, 17 }} drop",
            ]);
        }
        return table;
    }

    static DnsmasqFiles? RouterAdvertisements(
        PlanIndex index, List<PlannedPort> ports, string name, LinuxDatapathOptions options)
    {
        List<DhcpInterface> interfaces = [];
        foreach (var port in ports.Where(port => port.Device == PortDevice.RouterInterface))
        {
            var subnets = port.FixedIps.Select(fixedIp => index.Subnet(fixedIp.SubnetId))
                .Where(subnet => subnet.Cidr.IsV6() && subnet.Ipv6Mode is not null).ToList();
            if (subnets.Count > 0)
                interfaces.Add(new DhcpInterface(port, index.Networks[port.NetworkId], subnets, IsRouter: true));
        }
        return interfaces.Count == 0 ? null : DnsmasqText.Compile(index, interfaces, name, options);
    }
}
