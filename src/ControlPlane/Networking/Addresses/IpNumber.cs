using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Cumulet.ControlPlane.Networking.Addresses;

/// <summary>
/// Addresses as numbers, for pools and ranges, and as the store's keys: 32 hexadecimal digits whose order as text is
/// their order as numbers.
/// </summary>
internal static class IpNumber
{
    public static UInt128 Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    public static IPAddress ToAddress(UInt128 number, int version)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(version == 4 ? bytes[12..] : bytes);
    }

    public static string Key(UInt128 number) => number.ToString("x32", CultureInfo.InvariantCulture);
    public static string Key(IPAddress address) => Key(Of(address));
    public static UInt128 FromKey(string key) => UInt128.Parse(key, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public static int Version(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 4 : 6;

    public static int Bits(int version) => version == 4 ? 32 : 128;

    /// <summary>First and last address of a prefix, the network's and the broadcast address included.</summary>
    public static (UInt128 First, UInt128 Last) Range(IPNetwork cidr)
    {
        var first = Of(cidr.BaseAddress);
        var hostBits = Bits(Version(cidr.BaseAddress)) - cidr.PrefixLength;
        var size = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
        return (first, first + size);
    }

    public static bool Overlap(IPNetwork a, IPNetwork b) =>
        a.BaseAddress.AddressFamily == b.BaseAddress.AddressFamily && (a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress));

    /// <summary>An address as clients write it; the odd forms of old (<c>10.1</c>, <c>0x7f.1</c>) are refused.</summary>
    public static bool TryAddress(string? text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text is null || text.Contains('%') || text.Contains('/')) return false;
        if (!IPAddress.TryParse(text, out var parsed)) return false;
        if (parsed.AddressFamily == AddressFamily.InterNetwork && !IsDottedQuad(text)) return false;
        address = parsed;
        return true;
    }

    private static bool IsDottedQuad(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4
            && parts.All(p => p.Length is > 0 and <= 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0'));
    }

    /// <summary>A prefix; bits beyond its length are cleared. <paramref name="exact"/> says whether none were set.</summary>
    public static bool TryCidr(string? text, out IPNetwork cidr, out bool exact)
    {
        (cidr, exact) = (default, false);
        if (text is null) return false;
        var slash = text.IndexOf('/');
        if (slash < 0 || !TryAddress(text[..slash], out var address)) return false;
        var bits = Bits(Version(address));
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > bits)
            return false;
        var number = Of(address);
        var hostBits = bits - length;
        var cleared = hostBits == 128 ? UInt128.Zero : number >> hostBits << hostBits;
        cidr = new IPNetwork(ToAddress(cleared, Version(address)), length);
        exact = cleared == number;
        return true;
    }

    /// <summary>RFC 4291: the address that a host with this MAC gives itself in a /64.</summary>
    public static IPAddress Eui64(IPNetwork prefix, string mac)
    {
        Span<byte> bytes = stackalloc byte[16];
        prefix.BaseAddress.TryWriteBytes(bytes, out _);
        var octets = mac.Split(':').Select(o => byte.Parse(o, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
        bytes[8] = (byte)(octets[0] ^ 2);
        (bytes[9], bytes[10], bytes[11], bytes[12]) = (octets[1], octets[2], 0xff, 0xfe);
        (bytes[13], bytes[14], bytes[15]) = (octets[3], octets[4], octets[5]);
        return new IPAddress(bytes);
    }
}
