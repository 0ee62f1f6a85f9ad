using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Compile;

/// <summary>The switch: a bridge per network, and every port's device on it. It has no address of its own.</summary>
static class SwitchCompiler
{
    public static NamespaceState Compile(PlanIndex index, Names names)
    {
        var state = new NamespaceState(names.Switch);
        Add(state, new Link("lo", LinkKind.Loopback));
        foreach (var network in index.Plan.Networks)
            AddNetwork(state, network, names);
        foreach (var port in index.Plan.Ports)
            AddPort(state, index, port, names);
        state.Tables.Add(SpoofingRules.Compile(index));
        state.Tables.Add(SecurityGroupRules.Compile(index));
        // br_netfilter hands bridged packets to the inet tables only where these are on; some hosts turn them off.
        state.Sysctls["bridge/bridge-nf-call-iptables"] = "1";
        state.Sysctls["bridge/bridge-nf-call-ip6tables"] = "1";
        state.Sysctls["bridge/bridge-nf-call-arptables"] = "0";
        // A flow that was cut must not come back to life from its middle, seen the wrong way round.
        state.Sysctls["netfilter/nf_conntrack_tcp_loose"] = "0";
        // Bridges and taps speak to nobody, so they take no link-local addresses.
        state.Sysctls["ipv6/conf/default/addr_gen_mode"] = "1";
        // Nor addresses of the guests' networks, which routers announce on the very same wire.
        state.Sysctls["ipv6/conf/default/accept_ra"] = "0";
        return state;
    }

    static void AddNetwork(NamespaceState state, PlannedNetwork network, Names names)
    {
        var bridge = Names.Bridge(network.Number);
        Add(state, new Link(bridge, LinkKind.Bridge) { Mtu = network.Mtu, Up = network.AdminUp });
        if (network.External)
            Add(state, new Link(Names.UplinkSwitchEnd(network.Number), LinkKind.Veth)
            {
                Peer = (Names.Host, names.Uplink(network.Number)),
                Mtu = network.Mtu,
                Master = bridge,
            });
    }

    static void AddPort(NamespaceState state, PlanIndex index, PlannedPort port, Names names)
    {
        var network = index.Networks[port.NetworkId];
        Link? link = port.Device switch
        {
            PortDevice.Unbound => null,
            PortDevice.Vm => new Link(Names.Tap(port.Number), LinkKind.Tap),
            PortDevice.Dhcp => Pair(port, names.Dhcp(port.NetworkId)),
            PortDevice.RouterInterface or PortDevice.RouterGateway => Pair(port, names.Router(port.RouterId!.Value)),
            _ => throw new InvalidOperationException($"port device {port.Device}"),
        };
        if (link is not null)
            Add(state, link with { Mtu = network.Mtu, Master = Names.Bridge(network.Number), Up = port.AdminUp });
    }

    static Link Pair(PlannedPort port, string place) =>
        new(Names.SwitchEnd(port.Number), LinkKind.Veth) { Peer = (place, Names.InnerEnd(port.Number)) };

    /// <summary>Name of the port's device in the switch; null where it has none.</summary>
    public static string? Device(PlannedPort port) => port.Device switch
    {
        PortDevice.Unbound => null,
        PortDevice.Vm => Names.Tap(port.Number),
        _ => Names.SwitchEnd(port.Number),
    };

    public static void Add(NamespaceState state, Link link) => state.Links.Add(link.Name, link);
}
