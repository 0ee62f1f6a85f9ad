using System.Net;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Agents;
using Cumulet.ControlPlane.Networking.FloatingIps;
using Cumulet.ControlPlane.Networking.Metering;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Routers;
using Cumulet.ControlPlane.Networking.SecurityGroups;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;
using Cumulet.Datapath;

namespace Cumulet.ControlPlane.Networking.Plan;

/// <summary>
/// Everything the rows say about networks, as the datapath's plan. It is always made whole: there is no way to forget a
/// part, and after a crash it is simply made again.
/// </summary>
internal sealed class RowsToPlan
{
    private readonly Tx _tx;
    private readonly string _host;
    private readonly IReadOnlyList<PortRecord> _ports;
    private readonly ILookup<string, SecurityGroupRuleRecord> _rules;
    private readonly HashSet<string> _stateless;
    private readonly PolicyQualities _qualities;
    private readonly HashSet<string> _routersTaken;
    private readonly IReadOnlyList<(MeteringLabelRecord Label, PlannedMeter Meter)> _meters;

    private RowsToPlan(Tx tx, string host)
    {
        _tx = tx;
        _host = host;
        _ports = PortStore.Query(tx, $" WHERE 1 = 1 ORDER BY p.number");
        _rules = tx.Query(Sql.Raw(SecurityGroupStore.RuleColumns), SecurityGroupStore.ReadRule).ToLookup(r => r.SecurityGroupId);
        _stateless = [.. tx.Query($"SELECT id FROM security_groups WHERE stateful = 0", row => row.Text())];
        _qualities = new PolicyQualities(tx);
        _meters = Meters();
        _routersTaken = AgentSchedule.Taken(tx, AgentSchedule.Routers);
    }

    public static NetworkPlan Compile(Tx tx, string host) => new RowsToPlan(tx, host).Compile();

    private NetworkPlan Compile() => new()
    {
        Networks = Networks(),
        Ports = [.. _ports.Where(p => p.DeviceOwner != DeviceOwners.FloatingIp).Select(Port)],
        Routers = [.. _tx.Query(Sql.Raw(RouterStore.Columns), RouterStore.Read).Select(r => new PlannedRouter
        {
            Id = Guid.Parse(r.Id),
            AdminUp = r.AdminStateUp && !_routersTaken.Contains(r.Id),
            Snat = r.EnableSnat,
            Routes = [.. r.Routes.Select(Route)],
            Meters = [.. _meters.Where(m => m.Label.Shared || m.Label.ProjectId == r.ProjectId).Select(m => m.Meter)],
        })],
        FloatingIps = [.. _tx.Query(new Sql().Add(Sql.Raw(FloatingIpStore.Columns)).Add($" WHERE f.router_id IS NOT NULL"), FloatingIpStore.Read)
            .Select(FloatingIp)],
        PortForwardings = [.. _tx.Query(new Sql().Add(Sql.Raw(PortForwardingStore.Columns)).Add($" WHERE f.router_id IS NOT NULL"), PortForwardingStore.Read).Select(w =>
            new PortForwarding(Guid.Parse(w.FloatingIpId), w.Protocol == "tcp" ? 6 : 17, w.ExternalPort, IPAddress.Parse(w.InternalIpAddress), w.InternalPort))],
        AddressSets = [.. GroupSets(), .. AddressGroupSets()],
    };

    private PlannedFloatingIp FloatingIp(FloatingIpRecord f) => new(
        Guid.Parse(f.Id), Guid.Parse(f.RouterId!), IPAddress.Parse(f.FloatingIpAddress), f.FixedIpAddress is { } inside ? IPAddress.Parse(inside) : null)
    {
        Quality = _qualities.Of(f.QosPolicyId),
    };

    private IReadOnlyList<PlannedNetwork> Networks()
    {
        var subnets = _tx.Query(Sql.Raw(SubnetStore.Columns), SubnetStore.Read).ToLookup(s => s.NetworkId);
        return [.. _tx.Query(Sql.Raw(NetworkStore.Columns), NetworkStore.Read).Select(n => new PlannedNetwork
        {
            Id = Guid.Parse(n.Id),
            Number = n.Number,
            Mtu = n.Mtu,
            External = n.External,
            DnsDomain = n.DnsDomain.Length > 0 ? n.DnsDomain.TrimEnd('.') : DnsNames.DefaultDomain,
            AdminUp = n.AdminStateUp,
            Subnets = [.. subnets[n.Id].Select(Subnet)],
        })];
    }

    private static PlannedSubnet Subnet(SubnetRecord s) => new()
    {
        Id = Guid.Parse(s.Id),
        Cidr = s.Cidr,
        Gateway = s.Gateway,
        Dhcp = s.EnableDhcp,
        DnsServers = [.. s.DnsNameservers.Select(IPAddress.Parse)],
        HostRoutes = [.. s.HostRoutes.Select(Route)],
        Ipv6Mode = (s.Ipv6RaMode ?? s.Ipv6AddressMode) switch
        {
            "slaac" => Ipv6Mode.Slaac,
            "dhcpv6-stateful" => Ipv6Mode.Dhcpv6Stateful,
            "dhcpv6-stateless" => Ipv6Mode.Dhcpv6Stateless,
            _ => null,
        },
    };

    private static StaticRoute Route(HostRoute route) => new(IPNetwork.Parse(route.Destination), IPAddress.Parse(route.NextHop));

    private PlannedPort Port(PortRecord p)
    {
        var device = Device(p);
        return new PlannedPort
        {
            Id = Guid.Parse(p.Id),
            Number = p.Number,
            NetworkId = Guid.Parse(p.NetworkId),
            Mac = p.Mac,
            Device = device,
            FixedIps = [.. p.FixedIps.Select(f => new FixedIp(Guid.Parse(f.SubnetId), f.Address))],
            AllowedAddressPairs = [.. p.AllowedAddressPairs.Select(a => new AllowedAddressPair(Cidr(a.Ip), a.Mac))],
            Secured = p.PortSecurityEnabled,
            RouterId = device is PortDevice.RouterInterface or PortDevice.RouterGateway ? Guid.Parse(p.DeviceId) : null,
            Hostname = p.DnsName.Length > 0 ? p.DnsName : null,
            ExtraDhcpOptions = [.. p.DhcpOptions.Select(o => new ExtraDhcpOption(o.Name, o.Value, o.IpVersion))],
            AdminUp = p.AdminStateUp,
            // The network's own policy is for guests, not for the cloud's devices.
            Quality = device == PortDevice.Vm ? _qualities.Of(p.QosPolicyId ?? p.NetworkQosPolicyId) : Quality.None,
            Rules = device == PortDevice.Vm && p.PortSecurityEnabled ? [.. p.SecurityGroupIds.SelectMany(g => _rules[g]).Select(Rule).Distinct()] : [],
            // Rule: groups of both kinds on one port are the caller's mistake; that port is filtered with state.
            Stateless = p.SecurityGroupIds.Count > 0 && p.SecurityGroupIds.All(_stateless.Contains),
        };
    }

    private List<(MeteringLabelRecord, PlannedMeter)> Meters()
    {
        var rules = _tx.Query(Sql.Raw(MeteringRuleResource.Columns), MeteringRuleResource.Read).ToLookup(r => r.LabelId);
        return [.. _tx.Query(Sql.Raw(MeteringLabelResource.Declared.List.Select + " ORDER BY l.id"), MeteringLabelResource.Declared.Read)
            .Select(label => (label, new PlannedMeter(Guid.Parse(label.Id), [.. rules[label.Id].Select(Meter)])))];
    }

    // Rule: what is called remote is the address inside, in Neutron's own driver too.
    private static MeterRule Meter(MeteringRuleRecord r)
    {
        var egress = r.Direction == "egress";
        var (source, destination) = r.Remote is null ? (r.Source, r.Destination) : egress ? (r.Remote, null) : (null, r.Remote);
        return new MeterRule(egress ? RuleDirection.Egress : RuleDirection.Ingress, Prefix(source), Prefix(destination), r.Excluded);
    }

    private static IPNetwork? Prefix(string? text) => text is null ? null : MeteringRuleResource.Network(text);

    // A server's port is carried where the server is; all others on this host.
    private PortDevice Device(PortRecord p) => p.DeviceOwner switch
    {
        DeviceOwners.Dhcp => PortDevice.Dhcp,
        DeviceOwners.RouterInterface => PortDevice.RouterInterface,
        DeviceOwners.RouterGateway => PortDevice.RouterGateway,
        _ when p.IsOfServer && p.Host == _host => PortDevice.Vm,
        _ => PortDevice.Unbound,
    };

    private static SecurityRule Rule(SecurityGroupRuleRecord r)
    {
        RuleProtocol.TryNumber(r.Protocol, out var protocol);
        return new SecurityRule(
            r.Direction == "ingress" ? RuleDirection.Ingress : RuleDirection.Egress,
            r.Ethertype == "IPv4" ? Ethertype.Ipv4 : Ethertype.Ipv6,
            protocol is { } number ? RuleProtocol.On(number, r.Ethertype) : null,
            r.PortRangeMin, r.PortRangeMax,
            r.RemoteIpPrefix is { } prefix ? Cidr(prefix) : null,
            (r.RemoteGroupId ?? r.RemoteAddressGroupId) is { } set ? Guid.Parse(set) : null);
    }

    private static IPNetwork Cidr(string text)
    {
        if (IpNumber.TryCidr(text, out var cidr, out _)) return cidr;
        var address = IPAddress.Parse(text);
        return new IPNetwork(address, IpNumber.Bits(IpNumber.Version(address)));
    }

    // Of every group that a rule names: the addresses of its members.
    private IEnumerable<AddressSet> GroupSets()
    {
        var named = _rules.SelectMany(g => g).Select(r => r.RemoteGroupId).OfType<string>().ToHashSet();
        var members = _ports.SelectMany(p => p.SecurityGroupIds.Where(named.Contains).Select(g => (Group: g, Port: p))).ToLookup(m => m.Group, m => m.Port);
        return named.Order(StringComparer.Ordinal).Select(group => new AddressSet(Guid.Parse(group),
            [.. members[group].SelectMany(p => p.FixedIps.Select(f => Cidr(f.Address.ToString())).Concat(p.AllowedAddressPairs.Select(a => Cidr(a.Ip)))).Distinct()]));
    }

    private IEnumerable<AddressSet> AddressGroupSets() => _tx.Query($"SELECT id, addresses FROM address_groups ORDER BY id",
        row => new AddressSet(Guid.Parse(row.Text()), [.. Words.Split(row.Text()).Select(IPNetwork.Parse)]));
}
