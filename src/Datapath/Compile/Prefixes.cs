using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Cumulet.Datapath.Compile;

/// <summary>Address arithmetic, and addresses as `ip` and `nft` print them.</summary>
static class Prefixes
{
    public static readonly IPAddress Metadata = IPAddress.Parse("169.254.169.254");

    public static bool IsV6(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    public static bool IsV6(this IPNetwork prefix) => prefix.BaseAddress.IsV6();

    public static int FullLength(this IPAddress address) => address.IsV6() ? 128 : 32;

    public static IPNetwork Host(IPAddress address) => new(address, address.FullLength());

    /// <summary>As the tools print it: the length is left out where it is full.</summary>
    public static string Text(IPNetwork prefix) =>
        prefix.PrefixLength == prefix.BaseAddress.FullLength() ? prefix.BaseAddress.ToString() : prefix.ToString();

    /// <summary>Without those that lie in others: interval sets refuse overlaps.</summary>
    public static List<IPNetwork> Minimal(IEnumerable<IPNetwork> prefixes)
    {
        var ordered = prefixes.Distinct().OrderBy(prefix => prefix.PrefixLength).ToList();
        if (ordered.Count < 2 || ordered[0].PrefixLength == ordered[^1].PrefixLength)
            return ordered;
        HashSet<IPNetwork> kept = [];
        var lengths = new SortedSet<int>();
        foreach (var prefix in ordered)
        {
            if (lengths.Any(length => length < prefix.PrefixLength && kept.Contains(Widen(prefix, length))))
                continue;
            kept.Add(prefix);
            lengths.Add(prefix.PrefixLength);
        }
        return [.. kept];
    }

    static IPNetwork Widen(IPNetwork prefix, int length)
    {
        var bytes = prefix.BaseAddress.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }

    /// <summary>The address a guest gives itself on its link: EUI-64 of the mac below fe80::/64.</summary>
    public static IPAddress LinkLocal(string mac)
    {
        var octets = mac.Split(':').Select(octet => byte.Parse(octet, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
        byte[] bytes = [0xfe, 0x80, 0, 0, 0, 0, 0, 0,
            (byte)(octets[0] ^ 2), octets[1], octets[2], 0xff, 0xfe, octets[3], octets[4], octets[5]];
        return new IPAddress(bytes);
    }

    /// <summary>The prefix's own bits as one number, for a raw payload comparison of that many bits.</summary>
    public static UInt128 LeadingBits(IPNetwork prefix) =>
        prefix.PrefixLength == 0
            ? 0
            : BinaryPrimitives.ReadUInt128BigEndian(prefix.BaseAddress.GetAddressBytes()) >> (128 - prefix.PrefixLength);
}
