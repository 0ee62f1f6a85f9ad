using System.Net;
using Cumulet.Datapath.Compile;

namespace Cumulet.Datapath;

/// <summary>A tracked connection as it began. Of ICMP the ports are type and code of the first packet.</summary>
readonly record struct Flow(
    int Zone, IPAddress Source, IPAddress Destination, int Protocol, int SourcePort, int DestinationPort, int Type, int Code);

/// <summary>
/// Whether a plan would let a connection begin: what the compiled rules say about its first packet, in words of the
/// plan. Used to cut the connections that a change of rules forbids and no others.
/// </summary>
sealed class FlowJudge
{
    readonly PlanIndex _index;
    readonly Dictionary<int, PlannedNetwork> _zones;
    readonly Dictionary<(Guid, IPAddress), PlannedPort> _owners = [];
    readonly List<(PlannedPort Port, IPNetwork Prefix)> _pairs = [];

    public FlowJudge(NetworkPlan plan)
    {
        _index = new PlanIndex(plan);
        _zones = plan.Networks.ToDictionary(network => network.Number);
        foreach (var port in plan.Ports)
        {
            foreach (var fixedIp in port.FixedIps)
                _owners[(port.NetworkId, fixedIp.Address)] = port;
            foreach (var pair in port.AllowedAddressPairs)
                _pairs.Add((port, pair.Cidr));
        }
    }

    public bool Allows(Flow flow)
    {
        if (!_zones.TryGetValue(flow.Zone, out var network))
            return false;
        if (flow.Protocol == 17 && (flow.SourcePort, flow.DestinationPort) is (68, 67) or (67, 68) or (546, 547) or (547, 546))
            return true;
        return Passes(network, flow, RuleDirection.Egress, flow.Source, flow.Destination)
            && Passes(network, flow, RuleDirection.Ingress, flow.Destination, flow.Source);
    }

    bool Passes(PlannedNetwork network, Flow flow, RuleDirection direction, IPAddress own, IPAddress remote)
    {
        var claims = _pairs.Where(pair => pair.Port.NetworkId == network.Id && pair.Prefix.Contains(own)).Select(pair => pair.Port);
        List<PlannedPort> ports = [.. claims];
        if (_owners.TryGetValue((network.Id, own), out var owner))
            ports.Add(owner);
        if (ports.Count == 0)
            // Came through a router, unless it was an address of a port that is gone.
            return !network.Subnets.Any(subnet => subnet.Cidr.Contains(own)) || own.IsIPv6LinkLocal;
        return ports.Any(port => !SpoofingRules.IsFiltered(port)
            || port.Rules.Any(rule => rule.Direction == direction && Matches(rule, flow, remote)));
    }

    bool Matches(SecurityRule rule, Flow flow, IPAddress remote)
    {
        if (rule.Ethertype == Ethertype.Ipv6 != remote.IsV6())
            return false;
        if (rule.RemoteCidr is { } cidr && !cidr.Contains(remote))
            return false;
        if (rule.RemoteSetId is { } set && !_index.AddressSets[set].Addresses.Any(prefix => prefix.Contains(remote)))
            return false;
        if (rule.Protocol is not { } protocol)
            return true;
        if (protocol is 1 or 58)
            return flow.Protocol is 1 or 58
                && (rule.RangeMin is not { } type || type == flow.Type) && (rule.RangeMax is not { } code || code == flow.Code);
        if (protocol != flow.Protocol)
            return false;
        return !SecurityGroupRules.HasPorts(protocol)
            || (flow.DestinationPort >= (rule.RangeMin ?? 0) && flow.DestinationPort <= (rule.RangeMax ?? 65535));
    }
}
