using System.Net;
using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Compile;

/// <summary>
/// The inet family's table in the switch: security groups.
///
/// br_netfilter calls its forward hook once for a bridged packet, after the mark has both ports in it (see
/// <see cref="SpoofingRules"/>). That one pass asks the sender's rules, then the receiver's, before the connection is
/// confirmed; so whatever is `established` was allowed by both. Connections are tracked per network (zone), since
/// different networks may use the same addresses. Anything that no rule accepts falls to the policy: drop.
///
/// A stateless port's rules are asked about every packet, established or not, and its neighbour's still only about the
/// first. Where all filtered ports of a network are stateless its packets are not tracked at all.
///
/// Whatever rules say, guests can ask for addresses and find their neighbours.
/// </summary>
static class SecurityGroupRules
{
    public static NftTable Compile(PlanIndex index)
    {
        var table = new NftTable("inet", SpoofingRules.TableName);
        table.Sets["zones"] = new NftSet(true, "typeof iifname : ct zone;");
        table.Sets["egress"] = new NftSet(true, "type mark : verdict;");
        table.Sets["ingress"] = new NftSet(true, "type mark : verdict;");
        List<PlannedPort> filtered = [.. index.Plan.Ports.Where(port => port.Device != PortDevice.Unbound && SpoofingRules.IsFiltered(port))];
        var tracked = filtered.Where(port => !port.Stateless).Select(port => port.NetworkId).ToHashSet();
        var anyStateless = filtered.Exists(port => port.Stateless);
        foreach (var network in index.Plan.Networks)
            table.Sets["zones"].Elements[$"\"{Names.Bridge(network.Number)}\""] = $"{network.Number}";
        if (anyStateless)
            AddStateless(table, [.. filtered.Where(port => port.Stateless)],
                filtered.Select(port => port.NetworkId).Where(id => !tracked.Contains(id)).Distinct().Select(id => index.Networks[id]));
        AddBaseChains(table, anyStateless);
        AddOpen(table, PlanIndex.UplinkNumber);
        HashSet<(Guid, Ethertype)> used = [];
        foreach (var port in index.Plan.Ports)
        {
            if (port.Device == PortDevice.Unbound)
                continue;
            if (SpoofingRules.IsFiltered(port))
                AddFiltered(table, port, used);
            else
                AddOpen(table, port.Number);
        }
        foreach (var (id, ethertype) in used)
            AddAddressSet(table, index.AddressSets[id], ethertype);
        return table;
    }

    static void AddStateless(NftTable table, List<PlannedPort> ports, IEnumerable<PlannedNetwork> untracked)
    {
        table.Sets["stateless-egress"] = new NftSet(false, "type mark;");
        table.Sets["stateless-ingress"] = new NftSet(false, "type mark;");
        table.Sets["untracked"] = new NftSet(false, "type ifname;");
        foreach (var port in ports)
        {
            table.Sets["stateless-egress"].Elements[SpoofingRules.Mark(port.Number)] = "";
            table.Sets["stateless-ingress"].Elements[SpoofingRules.Mark((long)port.Number << 16)] = "";
        }
        foreach (var network in untracked)
            table.Sets["untracked"].Elements[$"\"{Names.Bridge(network.Number)}\""] = "";
    }

    static void AddBaseChains(NftTable table, bool anyStateless)
    {
        // Without a stateless port anywhere the one question is enough; else each end's own is asked of what is established.
        // A zone set afterwards would undo the notrack.
        string[] untracked = anyStateless ? ["iifname @untracked notrack accept"] : [];
        string[] established = anyStateless
            ? ["ct state established,related meta mark & 0x0000ffff != @stateless-egress goto receive"]
            : ["ct state established,related accept"];
        string[] received = anyStateless ? ["ct state established,related meta mark & 0xffff0000 != @stateless-ingress accept"] : [];
        table.Chains["prerouting"] = new("type filter hook prerouting priority -300; policy accept;",
        [
            .. untracked,
            "ct zone set iifname map @zones",
        ]);
        table.Chains["forward"] = new("type filter hook forward priority 0; policy drop;",
        [
            .. established,
            "meta nfproto ipv4 udp sport 68 udp dport 67 goto receive",
            "meta nfproto ipv6 udp sport 546 udp dport 547 goto receive",
            "icmpv6 type { 131, 132, 133, 135, 136, 143 } goto receive",
            "meta mark & 0x0000ffff vmap @egress",
        ]);
        table.Chains["receive"] = new("",
        [
            .. received,
            "meta nfproto ipv4 udp sport 67 udp dport 68 accept",
            "meta nfproto ipv6 udp sport 547 udp dport 546 accept",
            "icmpv6 type { 130, 131, 132, 134, 135, 136, 143 } accept",
            "meta mark & 0xffff0000 vmap @ingress",
        ]);
    }

    static void AddOpen(NftTable table, int number)
    {
        table.Sets["egress"].Elements[SpoofingRules.Mark(number)] = "goto receive";
        table.Sets["ingress"].Elements[SpoofingRules.Mark((long)number << 16)] = "accept";
    }

    static void AddFiltered(NftTable table, PlannedPort port, HashSet<(Guid, Ethertype)> used)
    {
        List<string> first = port.Stateless ? [] : ["ct state invalid drop"];
        List<string> egress = [];
        List<string> ingress = [];
        foreach (var rule in port.Rules)
        {
            if (rule.RemoteSetId is { } set)
                used.Add((set, rule.Ethertype));
            if (rule.Direction == RuleDirection.Egress)
                egress.Add($"{Match(rule)} goto receive");
            else
                ingress.Add($"{Match(rule)} accept");
        }
        table.Sets["egress"].Elements[SpoofingRules.Mark(port.Number)] = $"goto e{port.Number}";
        table.Sets["ingress"].Elements[SpoofingRules.Mark((long)port.Number << 16)] = $"goto i{port.Number}";
        table.Chains[$"e{port.Number}"] = new("", [.. first, .. Ordered(egress)]);
        table.Chains[$"i{port.Number}"] = new("", [.. first, .. Ordered(ingress)]);
    }

    /// <summary>All rules of a chain accept, so their order is free: a fixed one keeps equal rules equal.</summary>
    static IEnumerable<string> Ordered(List<string> rules) => rules.Distinct().Order(StringComparer.Ordinal);

    static void AddAddressSet(NftTable table, AddressSet set, Ethertype ethertype)
    {
        var v6 = ethertype == Ethertype.Ipv6;
        var elements = new NftSet(false, $"type {(v6 ? "ipv6_addr" : "ipv4_addr")}; flags interval;");
        foreach (var prefix in Prefixes.Minimal(set.Addresses.Where(prefix => prefix.IsV6() == v6)))
            elements.Elements[Prefixes.Text(prefix)] = "";
        table.Sets[SetName(set.Id, ethertype)] = elements;
    }

    static string SetName(Guid id, Ethertype ethertype) => $"g-{id:D}-{(ethertype == Ethertype.Ipv4 ? 4 : 6)}";

    static string Match(SecurityRule rule)
    {
        var (family, name) = rule.Ethertype == Ethertype.Ipv4 ? ("ip", "ipv4") : ("ip6", "ipv6");
        var side = rule.Direction == RuleDirection.Egress ? "daddr" : "saddr";
        List<string> parts = [$"meta nfproto {name}"];
        if (rule.RemoteCidr is { PrefixLength: > 0 } cidr)
            parts.Add($"{family} {side} {Prefixes.Text(cidr)}");
        if (rule.RemoteSetId is { } set)
            parts.Add($"{family} {side} @{SetName(set, rule.Ethertype)}");
        parts.AddRange(MatchProtocol(rule));
        return string.Join(' ', parts);
    }

    static IEnumerable<string> MatchProtocol(SecurityRule rule)
    {
        if (rule.Protocol is not { } protocol)
            yield break;
        // `icmp` in a rule of IPv6 means that version's own.
        if (protocol is 1 or 58)
        {
            var icmp = rule.Ethertype == Ethertype.Ipv4 ? "icmp" : "icmpv6";
            yield return $"meta l4proto {(rule.Ethertype == Ethertype.Ipv4 ? 1 : 58)}";
            if (rule.RangeMin is { } type)
                yield return $"{icmp} type {type}";
            if (rule.RangeMax is { } code)
                yield return $"{icmp} code {code}";
            yield break;
        }
        yield return $"meta l4proto {protocol}";
        if (HasPorts(protocol) && (rule.RangeMin ?? rule.RangeMax) is not null)
        {
            var (first, last) = (rule.RangeMin ?? 0, rule.RangeMax ?? 65535);
            yield return first == last ? $"th dport {first}" : $"th dport {first}-{last}";
        }
    }

    /// <summary>tcp, udp, dccp, sctp, udplite.</summary>
    public static bool HasPorts(int protocol) => protocol is 6 or 17 or 33 or 132 or 136;
}
