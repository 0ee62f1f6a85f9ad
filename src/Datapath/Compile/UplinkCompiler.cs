using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Compile;

/// <summary>
/// The host's side of external networks: it is their gateway, so that the host reaches floating IPs. Routing further
/// and masquerading change what the host does for others, so both are off unless asked for.
/// </summary>
static class UplinkCompiler
{
    public static NamespaceState Compile(PlanIndex index, Names names, LinuxDatapathOptions options)
    {
        var state = new NamespaceState(Names.Host);
        var masquerade = new NftTable("ip", names.HostTable);
        List<string> rules = [];
        foreach (var network in index.Plan.Networks.Where(network => network.External).OrderBy(network => network.Number))
        {
            var device = names.Uplink(network.Number);
            var link = new Link(device, LinkKind.Peer) { Mtu = network.Mtu };
            foreach (var subnet in network.Subnets)
            {
                if (subnet.Gateway is null)
                    continue;
                link.Addresses.Add($"{subnet.Gateway}/{subnet.Cidr.PrefixLength}");
                if (!subnet.Cidr.IsV6())
                    rules.Add($"ip saddr {subnet.Cidr} oifname != \"{device}\" masquerade");
            }
            SwitchCompiler.Add(state, link);
        }
        if (state.Links.Count == 0 || !options.HostForwarding)
            return state;
        state.Sysctls["ipv4/ip_forward"] = "1";
        if (options.HostMasquerade)
        {
            masquerade.Chains["postrouting"] = new("type nat hook postrouting priority 100; policy accept;", rules);
            state.Tables.Add(masquerade);
        }
        return state;
    }
}
