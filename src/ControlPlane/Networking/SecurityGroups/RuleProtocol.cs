using System.Globalization;

namespace Cumulet.ControlPlane.Networking.SecurityGroups;

/// <summary>Protocols by the names Neutron takes, and their numbers (IANA).</summary>
internal static class RuleProtocol
{
    private static readonly Dictionary<string, int> Numbers = new(StringComparer.Ordinal)
    {
        ["ah"] = 51, ["dccp"] = 33, ["egp"] = 8, ["esp"] = 50, ["gre"] = 47, ["hopopt"] = 0, ["icmp"] = 1, ["icmpv6"] = 58, ["igmp"] = 2,
        ["ip"] = 0, ["ipip"] = 4, ["ipv6-encap"] = 41, ["ipv6-frag"] = 44, ["ipv6-icmp"] = 58, ["ipv6-nonxt"] = 59, ["ipv6-opts"] = 60,
        ["ipv6-route"] = 43, ["ospf"] = 89, ["pgm"] = 113, ["rsvp"] = 46, ["sctp"] = 132, ["tcp"] = 6, ["udp"] = 17, ["udplite"] = 136, ["vrrp"] = 112,
    };

    public static IEnumerable<string> Names => Numbers.Keys.Order(StringComparer.Ordinal);

    private static readonly HashSet<int> WithPorts = [6, 17, 33, 132, 136];
    private static readonly HashSet<int> OnlyIpv6 = [41, 43, 44, 58, 59, 60];

    /// <summary>The number; null for <c>any</c>, false where the text is no protocol.</summary>
    public static bool TryNumber(string? text, out int? number)
    {
        number = null;
        if (text is null or "any") return true;
        if (Numbers.TryGetValue(text, out var known)) number = known;
        else if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given <= 255) number = given;
        return number is not null;
    }

    public static bool HasPorts(int number) => WithPorts.Contains(number);
    public static bool IsIcmp(int number) => number is 1 or 58;
    /// <summary>In an IPv6 rule, icmp means ICMPv6.</summary>
    public static int On(int number, string ethertype) => number == 1 && ethertype == "IPv6" ? 58 : number;
    public static bool IsOnlyIpv6(int number) => OnlyIpv6.Contains(number);
}
