using System.Net;
using System.Text;
using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Compile;

/// <param name="Port">Whose inner end dnsmasq listens on.</param>
/// <param name="IsRouter">Guests may send by this interface: it is advertised as a router.</param>
sealed record DhcpInterface(
    PlannedPort Port, PlannedNetwork Network, IReadOnlyList<PlannedSubnet> Subnets, bool IsRouter);

/// <summary>
/// dnsmasq's files. It hands out nothing but what the plan says (static ranges), so it keeps no leases. The
/// configuration changes only with subnets; ports are in files that it reads again on SIGHUP.
/// </summary>
static class DnsmasqText
{
    public static DnsmasqFiles Compile(
        PlanIndex index, IReadOnlyList<DhcpInterface> interfaces, string name, LinuxDatapathOptions options)
    {
        var folder = Path.Combine(RunFolder(options), name);
        return new DnsmasqFiles(folder,
            Configuration(interfaces, folder, options),
            Hosts(index, interfaces),
            Options(index, interfaces),
            HostNames(index, interfaces));
    }

    public static string RunFolder(LinuxDatapathOptions options) => options.RunFolder ?? $"/run/cumulet-{options.Cloud}";

    static string Configuration(IReadOnlyList<DhcpInterface> interfaces, string folder, LinuxDatapathOptions options)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        Line($"pid-file={folder}/pid");
        Line("bind-dynamic");
        Line("except-interface=lo");
        Line("no-resolv");
        Line("no-hosts");
        Line("leasefile-ro");
        Line("dhcp-authoritative");
        Line("dhcp-no-override");
        Line($"dhcp-hostsfile={folder}/hosts");
        Line($"dhcp-optsfile={folder}/options");
        Line($"addn-hosts={folder}/names");
        Line($"dhcp-lease-max=65535");
        if (interfaces.All(one => one.IsRouter))
            Line("port=0");
        foreach (var server in options.DnsForwarders)
            Line($"server={server}");
        if (interfaces is [{ Network.DnsDomain: { Length: > 0 } domain }])
        {
            Line($"domain={domain}");
            Line($"local=/{domain}/");
            Line("expand-hosts");
        }
        foreach (var one in interfaces)
        {
            var device = Names.InnerEnd(one.Port.Number);
            Line($"interface={device}");
            foreach (var subnet in one.Subnets)
                Line(Range(subnet, options.LeaseSeconds));
            if (one.Subnets.Any(subnet => subnet.Cidr.IsV6()))
            {
                Line("enable-ra");
                Line($"ra-param={device},mtu:{one.Network.Mtu},60,{(one.IsRouter ? 1800 : 0)}");
            }
        }
        return text.ToString();
    }

    static string Range(PlannedSubnet subnet, int leaseSeconds)
    {
        var (tag, start, length) = (Tag(subnet), subnet.Cidr.BaseAddress, subnet.Cidr.PrefixLength);
        if (!subnet.Cidr.IsV6())
            return $"dhcp-range=set:{tag},{start},static,{Mask(length)},{leaseSeconds}s";
        return subnet.Ipv6Mode switch
        {
            Ipv6Mode.Slaac => $"dhcp-range=set:{tag},{start},ra-only,{length},{leaseSeconds}s",
            Ipv6Mode.Dhcpv6Stateless => $"dhcp-range=set:{tag},{start},ra-stateless,{length},{leaseSeconds}s",
            Ipv6Mode.Dhcpv6Stateful => $"dhcp-range=set:{tag},{start},static,{length},{leaseSeconds}s",
            _ => throw new InvalidOperationException($"subnet {subnet.Id} has no IPv6 mode"),
        };
    }

    static IPAddress Mask(int length)
    {
        var bits = length == 0 ? 0u : uint.MaxValue << (32 - length);
        return new IPAddress([(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]);
    }

    static string Tag(PlannedSubnet subnet) => $"s-{subnet.Id:N}";

    static IEnumerable<(PlannedPort Port, PlannedSubnet Subnet, IPAddress Address, string Host)> Leases(
        PlanIndex index, IReadOnlyList<DhcpInterface> interfaces)
    {
        foreach (var one in interfaces)
        {
            var subnets = one.Subnets.ToDictionary(subnet => subnet.Id);
            foreach (var port in index.PortsByNetwork[one.Network.Id].OrderBy(port => port.Number))
            {
                if (port.Device is not (PortDevice.Vm or PortDevice.Unbound))
                    continue;
                foreach (var fixedIp in port.FixedIps)
                    if (subnets.TryGetValue(fixedIp.SubnetId, out var subnet))
                        yield return (port, subnet, fixedIp.Address, HostName(port, fixedIp.Address));
            }
        }
    }

    static string Hosts(PlanIndex index, IReadOnlyList<DhcpInterface> interfaces)
    {
        var text = new StringBuilder();
        foreach (var (port, subnet, address, host) in Leases(index, interfaces))
            if (!address.IsV6() || subnet.Ipv6Mode == Ipv6Mode.Dhcpv6Stateful)
                text.Append($"{port.Mac},set:p{port.Number},{(address.IsV6() ? $"[{address}]" : address)},{host}\n");
        return text.ToString();
    }

    /// <summary>What DNS answers: every address on the network, whoever hands it out.</summary>
    static string HostNames(PlanIndex index, IReadOnlyList<DhcpInterface> interfaces)
    {
        var text = new StringBuilder();
        foreach (var one in interfaces.Where(one => !one.IsRouter))
            foreach (var port in index.PortsByNetwork[one.Network.Id].OrderBy(port => port.Number))
                if (port.Device is PortDevice.Vm or PortDevice.Unbound)
                    foreach (var fixedIp in port.FixedIps)
                        text.Append($"{fixedIp.Address} {HostName(port, fixedIp.Address)}\n");
        return text.ToString();
    }

    static string HostName(PlannedPort port, IPAddress address) =>
        port.Hostname ?? $"host-{address.ToString().Replace('.', '-').Replace(':', '-')}";

    static string Options(PlanIndex index, IReadOnlyList<DhcpInterface> interfaces)
    {
        var text = new StringBuilder();
        foreach (var one in interfaces)
        {
            foreach (var subnet in one.Subnets)
                foreach (var line in subnet.Cidr.IsV6() ? OptionsV6(one, subnet) : OptionsV4(one, subnet))
                    text.Append($"tag:{Tag(subnet)},{line}\n");
            foreach (var port in index.PortsByNetwork[one.Network.Id].OrderBy(port => port.Number))
                foreach (var option in port.ExtraDhcpOptions.Where(option => one.Subnets.Any(subnet => subnet.Cidr.IsV6() == (option.IpVersion == 6))))
                    text.Append($"tag:p{port.Number},{OptionName(option)},{option.Value}\n");
        }
        return text.ToString();
    }

    static string OptionName(ExtraDhcpOption option)
    {
        var prefix = option.IpVersion == 6 ? "option6:" : "option:";
        return option.IpVersion == 4 && option.Name.All(char.IsAsciiDigit) ? option.Name : prefix + option.Name;
    }

    static IEnumerable<string> OptionsV4(DhcpInterface one, PlannedSubnet subnet)
    {
        var own = one.Port.FixedIps.First(fixedIp => fixedIp.SubnetId == subnet.Id).Address;
        // Who understands 121 ignores 3, so the default route is in both. 249 is what older Windows asks for.
        List<string> routes = [$"{Prefixes.Metadata}/32,{own}"];
        routes.AddRange(subnet.HostRoutes.Select(route => $"{route.Destination},{route.NextHop}"));
        if (subnet.Gateway is { } gateway && subnet.HostRoutes.All(route => route.Destination.PrefixLength > 0))
            routes.Add($"0.0.0.0/0,{gateway}");
        // Without a value the option is not sent; dnsmasq would otherwise name itself.
        yield return subnet.Gateway is null ? "option:router" : $"option:router,{subnet.Gateway}";
        yield return $"option:classless-static-route,{string.Join(',', routes)}";
        yield return $"249,{string.Join(',', routes)}";
        yield return $"option:dns-server,{(subnet.DnsServers.Count == 0 ? own : string.Join(',', subnet.DnsServers))}";
        yield return $"option:mtu,{one.Network.Mtu}";
        if (one.Network.DnsDomain.Length > 0)
            yield return $"option:domain-name,{one.Network.DnsDomain}";
    }

    static IEnumerable<string> OptionsV6(DhcpInterface one, PlannedSubnet subnet)
    {
        if (subnet.DnsServers.Count > 0)
            yield return $"option6:dns-server,{string.Join(',', subnet.DnsServers.Select(server => $"[{server}]"))}";
        if (one.Network.DnsDomain.Length > 0)
            yield return $"option6:domain-search,{one.Network.DnsDomain}";
    }
}
