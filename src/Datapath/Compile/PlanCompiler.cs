using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Compile;

/// <summary>
/// Plan → what shall be on the host. Pure: no file, no clock, no host is looked at, and the same plan gives the same
/// text, so the result can be compared with golden files and with what was applied last.
/// <code>
///  host ── x1-cloud ═ u1 ┐ switch: cum-cloud                    ┌ p7 ═ q7 ─ dhcp: cum-cloud-d-NETWORK (dnsmasq, metadata)
///                        b1 ── p3 ═ q3 ─ router: cum-cloud-r-…  b2 ── t9 (tap of a VM)
///                                        q4 ═ p4 ──────────────┘
/// </code>
/// </summary>
sealed class PlanCompiler(LinuxDatapathOptions options)
{
    readonly Names _names = new(Names.Check(options.Cloud));

    public DesiredState Compile(NetworkPlan plan)
    {
        var index = new PlanIndex(plan);
        SortedDictionary<string, NamespaceState> all = new(StringComparer.Ordinal);
        void Put(NamespaceState state) => all.Add(state.Name, state);
        Put(SwitchCompiler.Compile(index, _names));
        var uplink = UplinkCompiler.Compile(index, _names, options);
        if (uplink.Links.Count > 0)
            Put(uplink);
        foreach (var router in plan.Routers)
            Put(RouterCompiler.Compile(index, router, _names, options));
        foreach (var port in plan.Ports)
            if (port.Device == PortDevice.Dhcp)
                Put(DhcpCompiler.Compile(index, port, _names, options));
        return new DesiredState(all);
    }
}
