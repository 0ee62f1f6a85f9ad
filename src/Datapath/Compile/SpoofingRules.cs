using System.Globalization;
using System.Net;
using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Compile;

/// <summary>
/// The bridge family's table: who a frame is from and to, and whether its sender may claim to be that.
///
/// Packets are marked with both their ports, because the inet family, where connection tracking works, sees only the
/// bridge: on the way in the low half of the mark becomes the source port's number, on the way out (just before
/// br_netfilter, at -1, calls the inet forward hook) the high half the destination's. A frame without a known source
/// or destination is dropped, so a device that is not in the rules yet is cut off rather than open.
///
/// Secured ports send only from their own macs and addresses (fixed ones and allowed pairs), in Ethernet, ARP, IP and
/// neighbour advertisements alike, and never answer DHCP or advertise routes; and they are sent only what is for them or for several. Ports are elements of sets, not rules, so
/// that adding one costs the same however many there are.
/// </summary>
static class SpoofingRules
{
    public const string TableName = "cumulet";

    public static NftTable Compile(PlanIndex index)
    {
        var table = new NftTable("bridge", TableName);
        AddSets(table);
        AddChains(table);
        foreach (var network in index.Plan.Networks.Where(network => network.External))
            AddDevice(table, Names.UplinkSwitchEnd(network.Number), PlanIndex.UplinkNumber);
        foreach (var port in index.Plan.Ports)
            if (SwitchCompiler.Device(port) is { } device)
            {
                AddDevice(table, device, port.Number,
                    [.. IsFiltered(port) ? [NotItsOwn(port)] : (IEnumerable<string>)[], .. QualityRules.Drops(port.Quality, RuleDirection.Ingress)]);
                if (IsFiltered(port))
                    AddSource(table, port);
                AddQuality(table, port);
            }
        return table;
    }

    /// <summary>What a port's guest sends is measured and marked before it is judged.</summary>
    static void AddQuality(NftTable table, PlannedPort port)
    {
        List<string> rules = [.. QualityRules.Drops(port.Quality, RuleDirection.Egress), .. QualityRules.Marks(port.Quality)];
        if (rules.Count == 0)
            return;
        table.Sets["sent"].Elements[Mark(port.Number)] = $"jump q{port.Number}";
        table.Chains[$"q{port.Number}"] = new("", rules);
    }

    /// <summary>The cloud's own ports are trusted whatever their rows say.</summary>
    public static bool IsFiltered(PlannedPort port) => port.Secured && port.Device == PortDevice.Vm;

    static void AddSets(NftTable table)
    {
        table.Sets["ports"] = new NftSet(true, "type ifname : mark;");
        table.Sets["destinations"] = new NftSet(true, "type ifname : verdict;");
        table.Sets["filtered"] = new NftSet(false, "type mark;");
        table.Sets["macs"] = new NftSet(false, "type mark . ether_addr;");
        // By name, not by mark: nft 1.0.6 cannot delete an element of an interval set that has a mark in it.
        table.Sets["source4"] = new NftSet(false, "type ifname . ether_addr . ipv4_addr; flags interval;");
        table.Sets["source6"] = new NftSet(false, "type ifname . ether_addr . ipv6_addr; flags interval;");
        table.Sets["advertisers"] = new NftSet(true, "type mark : verdict;");
        table.Sets["sent"] = new NftSet(true, "type mark : verdict;");
    }

    static void AddChains(NftTable table)
    {
        table.Chains["prerouting"] = new("type filter hook prerouting priority -300; policy accept;",
        [
            "meta mark set iifname map @ports",
            "meta mark vmap @sent",
            "meta mark @filtered goto source",
        ]);
        table.Chains["source"] = new("",
        [
            "meta mark . ether saddr != @macs drop",
            "ether type vmap { arp : goto source_arp, ip : goto source_ip, ip6 : goto source_ip6 }",
            "drop",
        ]);
        table.Chains["source_arp"] = new("",
        [
            "meta mark . arp saddr ether != @macs drop",
            "arp saddr ip 0.0.0.0 accept",
            "iifname . arp saddr ether . arp saddr ip @source4 accept",
            "drop",
        ]);
        table.Chains["source_ip"] = new("",
        [
            "ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept",
            "udp sport 67 udp dport 68 drop",
            "iifname . ether saddr . ip saddr @source4 accept",
            "drop",
        ]);
        table.Chains["source_ip6"] = new("",
        [
            "icmpv6 type { 134, 137 } drop",
            "udp sport 547 udp dport 546 drop",
            "icmpv6 type 136 meta mark vmap @advertisers",
            "icmpv6 type 136 drop",
            "ip6 saddr :: icmpv6 type { 133, 135, 143 } accept",
            "iifname . ether saddr . ip6 saddr @source6 accept",
            "drop",
        ]);
        table.Chains["forward"] = new("type filter hook forward priority -2; policy drop;",
        [
            "meta mark & 0x0000ffff == 0 drop",
            "oifname vmap @destinations",
        ]);
    }

    /// <param name="refusals">Go before everything sent to the device.</param>
    static void AddDevice(NftTable table, string device, int number, params IReadOnlyList<string> refusals)
    {
        table.Sets["ports"].Elements[$"\"{device}\""] = Mark(number);
        // The uplinks of all external networks share one number: they are judged alike.
        table.Sets["destinations"].Elements[$"\"{device}\""] = $"goto d{number}";
        var mark = $"meta mark set meta mark or {Mark((uint)number << 16)} accept";
        table.Chains[$"d{number}"] = new("", [.. refusals, mark]);
    }

    /// <summary>A bridge floods what it has not learned yet: nobody gets to read what is for another.</summary>
    static string NotItsOwn(PlannedPort port)
    {
        var macs = port.AllowedAddressPairs.Select(pair => pair.Mac).OfType<string>().Append(port.Mac).Distinct().Order(StringComparer.Ordinal);
        return $"ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 ether daddr != {{ {string.Join(", ", macs)} }} drop";
    }

    static void AddSource(NftTable table, PlannedPort port)
    {
        var mark = Mark(port.Number);
        table.Sets["filtered"].Elements[mark] = "";
        var claims = port.FixedIps.Select(fixedIp => (port.Mac, Prefix: Prefixes.Host(fixedIp.Address)))
            .Concat(port.AllowedAddressPairs.Select(pair => (Mac: pair.Mac ?? port.Mac, Prefix: pair.Cidr)))
            .ToLookup(claim => claim.Mac, claim => claim.Prefix);
        List<string> targets = [];
        foreach (var mac in claims.Select(group => group.Key).Append(port.Mac).Distinct())
        {
            table.Sets["macs"].Elements[$"{mark} . {mac}"] = "";
            foreach (var prefix in Prefixes.Minimal(claims[mac].Append(Prefixes.Host(Prefixes.LinkLocal(mac)))))
            {
                table.Sets[prefix.IsV6() ? "source6" : "source4"].Elements[$"\"{Names.Tap(port.Number)}\" . {mac} . {Prefixes.Text(prefix)}"] = "";
                if (prefix.IsV6())
                    targets.Add(AdvertisedTarget(prefix));
            }
        }
        table.Sets["advertisers"].Elements[mark] = $"goto n{port.Number}";
        table.Chains[$"n{port.Number}"] = new("", [.. targets.Distinct(), "drop"]);
    }

    /// <summary>The target of a neighbour advertisement starts 8 octets into it.</summary>
    static string AdvertisedTarget(IPNetwork prefix) =>
        prefix.PrefixLength == 0
            ? "accept"
            : $"@th,64,{prefix.PrefixLength} 0x{Prefixes.LeadingBits(prefix).ToString("x", CultureInfo.InvariantCulture)} accept";

    public static string Mark(long number) => $"0x{number.ToString("x8", CultureInfo.InvariantCulture)}";
}
